import { expect, test } from 'vitest';
import { type Arrival, Attributions, type Departure } from './attribute.ts';
import { idsInHead, idsInMessages, idsInSql, type TraceId } from './trace-ids.ts';

const head = (...fields: readonly string[]): TraceId[] =>
  idsInHead(Buffer.from(`GET / HTTP/1.1\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`));

const arrival = (id: number, start: number, end: number | null, more: Partial<Arrival> = {}): Arrival => ({
  id,
  start,
  answered: end,
  end,
  ids: [],
  ...more,
});
const departure = (id: number, start: number, end: number, more: Partial<Departure> = {}): Departure => ({
  id,
  start,
  end,
  ids: [],
  group: null,
  polled: false,
  ...more,
});

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const traceparent = (id: string): string => `traceparent: 00-${id}-b7ad6b7169203331-01`;

test('the only request in progress is the cause, though nothing is certain by time alone', () => {
  const call = departure(2, 20, 30);
  const [only, ...others] = new Attributions([arrival(1, 10, 50)], [call]).of(call);
  expect(only).toMatchObject({ arrival: 1, basis: 'time', id: null });
  expect(only?.confidence).toBeGreaterThan(0.9);
  expect(only?.confidence).toBeLessThan(1);
  expect(others).toEqual([]);
});

test('the confidence falls with the number of requests in progress, and with too many nothing is said', () => {
  const call = departure(99, 100, 110);
  const among = (count: number): number[] =>
    new Attributions(
      Array.from({ length: count }, (_, index) => arrival(index + 1, index, 200)),
      [call],
    )
      .of(call)
      .map(({ confidence }) => confidence);
  const sure = [1, 2, 3, 4].map((count) => among(count)[0] ?? 0);
  expect(sure).toEqual(sure.toSorted((a, b) => b - a));
  expect(sure[1]).toBeLessThan(0.5);
  expect(among(3)).toHaveLength(3);
  expect(among(5)).toEqual([]);
});

test('a call outside of every request has no cause', () => {
  const before = departure(2, 5, 8);
  const after = departure(3, 60, 70);
  const attributions = new Attributions([arrival(1, 10, 50)], [before, after]);
  expect(attributions.of(before)).toEqual([]);
  expect(attributions.of(after)).toEqual([]);
});

test('a stream that answers for hours takes little from the request that a call is of', () => {
  const call = departure(9, 1_000, 1_010);
  const stream = arrival(1, 0, null, { answered: 1 });
  const [first] = new Attributions([stream, arrival(2, 900, 1_100)], [call]).of(call);
  expect(first).toMatchObject({ arrival: 2 });
  expect(first?.confidence).toBeGreaterThan(0.75);
});

test('a request that ends before the call is less probable', () => {
  const call = departure(9, 100, 150);
  const [first] = new Attributions([arrival(1, 10, 120), arrival(2, 20, 200)], [call]).of(call);
  expect(first).toMatchObject({ arrival: 2 });
});

test.each([
  ['traceparent', traceparent(TRACE), traceparent(TRACE)],
  ['b3', `b3: ${TRACE}-e457b5a2e4d86bd1-1`, `X-B3-TraceId: ${TRACE}`],
  ['datadog', 'x-datadog-trace-id: 9532127138774266268', 'x-datadog-trace-id: 9532127138774266268'],
  ['datadog', traceparent(TRACE), 'x-datadog-trace-id: 9532127138774266268'],
  ['request-id', 'X-Request-ID: 7f3a-99', 'x-request-id: 7f3a-99'],
])('%s tells the cause among many, whatever the time says', (basis, brought, sent) => {
  const many = Array.from({ length: 20 }, (_, index) => arrival(index + 1, index, 1_000));
  const meant = arrival(50, 30, 1_000, { ids: head(brought) });
  const call = departure(60, 100, 110, { ids: head('Host: x', sent) });
  expect(new Attributions([...many, meant], [call]).of(call)).toMatchObject([{ arrival: 50, basis, confidence: 1 }]);
});

test('what goes on after the response is linked by its identity', () => {
  const call = departure(2, 500, 510, { ids: head(traceparent(TRACE)) });
  const found = new Attributions([arrival(1, 10, 50, { ids: head(traceparent(TRACE)) })], [call]).of(call);
  expect(found).toMatchObject([{ arrival: 1, confidence: 1 }]);
});

test('of two requests of one trace, the call is of the one in progress, or of either', () => {
  const ids = head(traceparent(TRACE));
  const [first, second] = [arrival(1, 10, 50, { ids }), arrival(2, 60, 100, { ids })];
  const call = departure(9, 70, 80, { ids });
  expect(new Attributions([first, second], [call]).of(call)).toMatchObject([{ arrival: 2, confidence: 1 }]);
  const both = new Attributions([first, { ...second, start: 20 }], [call]);
  expect(both.of({ ...call, start: 30 })).toMatchObject([
    { arrival: 2, confidence: 0.5 },
    { arrival: 1, confidence: 0.5 },
  ]);
});

test('a request that brought another trace is hardly the cause', () => {
  const call = departure(9, 70, 80, { ids: head(traceparent('1'.repeat(32))) });
  const brought = arrival(1, 10, 100, { ids: head(traceparent(TRACE)) });
  expect(new Attributions([brought, arrival(2, 20, 100)], [call]).of(call)).toMatchObject([{ arrival: 2 }]);
});

test('calls of a trace that the application began belong together', () => {
  const ids = head(traceparent(TRACE));
  const [first, last] = [departure(8, 30, 40, { ids }), departure(9, 70, 80, { ids })];
  const attributions = new Attributions([arrival(1, 10, 50), arrival(2, 20, 100)], [first, last]);
  // Alone, the first could be of either; the last can not.
  expect(attributions.of(first).map(({ arrival: id }) => id)).toEqual([2]);
});

test('a transaction belongs to one request, and one identity in it speaks for all', () => {
  const plain = departure(8, 30, 40, { group: 'tx' });
  const tagged = departure(9, 45, 48, { group: 'tx', ids: idsInSql(`select 1 /*traceparent='00-${TRACE}-b7ad6b7169203331-01'*/`) });
  const arrivals = [arrival(1, 10, 90), arrival(2, 20, 100, { ids: head(traceparent(TRACE)) })];
  const attributions = new Attributions(arrivals, [plain, tagged]);
  expect(attributions.of(tagged)).toMatchObject([{ arrival: 2, basis: 'sql-comment', confidence: 1 }]);
  expect(attributions.of(plain)).toMatchObject([{ arrival: 2, basis: 'transaction', confidence: 1 }]);
});

test('an id that everybody carries tells nothing', () => {
  const ids = head('X-Request-Id: constant');
  const crowd = (millis: number): Arrival[] =>
    Array.from({ length: 500 }, (_, index) => arrival(index + 1, index, index + millis, { ids }));
  const call = departure(900, 600, 610, { ids });
  expect(new Attributions(crowd(10_000), [call]).of(call)).toEqual([]);
  expect(new Attributions([...crowd(1), arrival(700, 550, 700, { ids })], [call]).of(call)).toMatchObject([
    { arrival: 700, confidence: 1 },
  ]);
});

test('whoever asks in another order than that of time is answered the same', () => {
  const arrivals = [arrival(1, 0, 100), arrival(2, 40, 60), arrival(3, 50, 200)];
  const departures = [departure(10, 10, 12), departure(11, 55, 56), departure(12, 150, 160)];
  const forward = new Attributions(arrivals, departures);
  const expected = departures.map((each) => forward.of(each));
  const backward = new Attributions(arrivals, departures);
  expect(departures.toReversed().map((each) => backward.of(each))).toEqual(expected.toReversed());
  expect(expected.map((each) => each.length)).toEqual([1, 3, 1]);
});

test('messages that are sent together have causes of their own, and what is polled has one by its identity only', () => {
  const other = '1'.repeat(32);
  const arrivals = [TRACE, other, '2'.repeat(32)].map((id, at) => arrival(at + 1, at, 100, { ids: head(traceparent(id)) }));
  const ids = idsInMessages([other, TRACE].map((id) => [['traceparent', `00-${id}-b7ad6b7169203331-01`]]));
  const sent = departure(8, 30, 40, { ids });
  const polled = departure(9, 30, 40, { ids, polled: true });
  const unknown = departure(10, 30, 40, { polled: true });
  const attributions = new Attributions(arrivals, [sent, polled, unknown]);
  const both = [
    { arrival: 2, basis: 'traceparent', confidence: 1 },
    { arrival: 1, basis: 'traceparent', confidence: 1 },
  ];
  expect(attributions.of(sent)).toMatchObject(both);
  expect(attributions.of(polled)).toMatchObject(both);
  expect(attributions.of(unknown)).toEqual([]);
});
