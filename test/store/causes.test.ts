import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caused } from '../../proxy-core/rrpair/caused.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import type { Store } from '../../proxy-core/store/store.ts';
import { answer, request as kafkaRequest } from '../../proxy-core/wire/kafka/testing/messages.ts';
import { batch } from '../../proxy-core/wire/kafka/testing/records.ts';
import { properties, publish, text } from '../../proxy-core/wire/mqtt/testing/packets.ts';
import { batchOf, connectionInfo, query, START, type TestPair, temporaryDirectory } from './pairs.ts';

let store: Store;
let folder: ReturnType<typeof temporaryDirectory>;
beforeEach(async () => {
  folder = temporaryDirectory();
  store = await openStore(folder.path);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const into = connectionInfo({ id: 1, direction: 'in' });
const out = connectionInfo({ id: 2, direction: 'out', upstreamHost: 'api.test' });
const database = connectionInfo({ id: 3, direction: 'out', protocol: 'postgresql', upstreamHost: 'db', upstreamPort: 5432 });

/** Times in ms from the start. */
const pair = (id: number, startMs: number, durationMs: number, more: Partial<TestPair> = {}): TestPair => ({
  id,
  startedAtMicros: START + startMs * 1_000,
  latency: durationMs * 1_000,
  duration: durationMs * 1_000,
  connection: into,
  ...more,
});
const statement = (id: number, startMs: number, sql: string): TestPair =>
  pair(id, startMs, 1, { connection: database, summary: { command: 'Query', location: sql, status: 'OK' } });

async function caused(pairs: readonly TestPair[], id: number): Promise<Caused> {
  store.write(batchOf(pairs));
  await store.flush();
  return store.caused(id);
}

const idsOf = (links: Caused['calls'] | Caused['causes']): number[] => links.map((link) => link.pair.id);

test('calls of its time are those of a request, those of other sources and times are not', async () => {
  const other = connectionInfo({ id: 9, direction: 'out', source: 'elsewhere' });
  const pairs = [
    pair(1, 0, 2, { connection: out }),
    pair(2, 10, 40),
    pair(3, 15, 5, { connection: out }),
    pair(4, 16, 5, { connection: other }),
    statement(5, 30, 'SELECT 1'),
    pair(6, 60, 5, { connection: out }),
  ];
  const request = await caused(pairs, 2);
  expect(idsOf(request.calls)).toEqual([3, 5]);
  expect(request).toMatchObject({ concurrent: 0, unlinked: 0, moreCalls: 0, complete: true, causes: [] });
  expect(idsOf((await store.caused(5)).causes)).toEqual([2]);
  expect(await store.caused(6)).toMatchObject({ causes: [], concurrent: 0 });
  expect((await store.list(query('caused-by:2'), 0, 10)).rows.map(({ id }) => id)).toEqual([3, 5]);
  expect((await store.list(query('causes:3'), 0, 10)).rows.map(({ id }) => id)).toEqual([2]);
  expect((await store.list(query('caused-by:77'), 0, 10)).total).toBe(0);
});

test.each<['kafka' | 'amqp' | 'mqtt' | 'nats', string, string]>([
  ['kafka', 'Fetch', 'Produce'],
  ['amqp', 'Deliver', 'Publish'],
  ['mqtt', 'Deliver', 'Publish'],
  ['nats', 'Deliver', 'Request'],
])(
  'what a consumer of %s does by itself or gets is no call of a request that is there at the time',
  async (protocol, own, call) => {
    const broker = connectionInfo({ id: 4, direction: 'out', protocol, upstreamHost: 'broker' });
    const sent = (id: number, command: string): TestPair =>
      pair(id, id, 1, { connection: broker, summary: { command, location: 'orders', status: 'OK' } });
    const request = await caused([pair(1, 0, 40), sent(2, own), sent(3, call)], 1);
    expect(idsOf(request.calls)).toEqual([3]);
    expect(request.unlinked).toBe(0);
    expect((await store.caused(2)).causes).toEqual([]);
  },
);

test('records that are produced and fetched carry the identity of their request in their headers', async () => {
  const broker = connectionInfo({ id: 4, direction: 'out', protocol: 'kafka', upstreamHost: 'kafka' });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const records = batch([
    { key: null, value: 'of a request that is not here', headers: { traceparent: `00-${'1'.repeat(32)}-b7ad6b7169203331-01` } },
    { key: null, value: 'x', headers: { traceparent } },
  ]);
  const members = { topics: [{ topic: 'orders', partitions: [{ records }] }] };
  const kafka = (id: number, startMs: number, command: string, more: Partial<TestPair>): TestPair =>
    pair(id, startMs, 10, { connection: broker, summary: { command, location: 'orders', status: 'OK' }, ...more });
  const pairs = [
    ...Array.from({ length: 10 }, (_, index) => pair(index + 1, index, 200)),
    // A poll that has waited since before the request.
    kafka(20, 15, 'Fetch', {
      latency: 80_000,
      duration: 81_000,
      requestBody: kafkaRequest(1, 11, 5),
      responseBody: answer(1, 11, 5, members),
    }),
    pair(21, 20, 100, { requestHeaders: [`traceparent: ${traceparent}`] }),
    kafka(22, 30, 'Produce', { requestBody: kafkaRequest(0, 9, 6, members) }),
    kafka(23, 31, 'Fetch', { requestBody: kafkaRequest(1, 11, 7), responseBody: answer(1, 11, 7) }),
  ];
  const request = await caused(pairs, 21);
  expect(request.calls.map(({ pair: { id }, confidence }) => [id, confidence])).toEqual([
    [20, 1],
    [22, 1],
  ]);
  expect(request.calls[1]?.evidence).toBe(`A message in it carries traceparent ${traceparent}, as the request does.`);
  expect(idsOf((await store.caused(20)).causes)).toEqual([21]);
  expect(idsOf((await store.caused(22)).causes)).toEqual([21]);
  expect((await store.caused(23)).causes).toEqual([]);
});

test('messages of MQTT that are published and delivered carry it in their user properties, which their version tells', async () => {
  const broker = connectionInfo({ id: 4, direction: 'out', protocol: 'mqtt', upstreamHost: 'broker' });
  const message = publish(0, 0, 'orders', 'x', properties(0x26, text('X-Request-Id'), text('7f3a99-1')));
  const mqtt = (id: number, command: string, more: Partial<TestPair>): TestPair =>
    pair(id, 500, 1, { connection: broker, summary: { command, location: 'orders', status: 'OK' }, ...more });
  const pairs = [
    pair(1, 0, 20, { requestHeaders: ['x-request-id: 7f3a99-1'] }),
    mqtt(2, 'Publish', { requestBody: message, extra: { context: { version: 5 } } }),
    mqtt(3, 'Deliver', { responseBody: message, extra: { context: { version: 5 } } }),
    mqtt(4, 'Publish', { requestBody: message }),
  ];
  const { calls } = await caused(pairs, 1);
  expect(calls.map(({ pair: { id }, confidence }) => [id, confidence])).toEqual([
    [2, 1],
    [3, 1],
  ]);
  expect(idsOf((await store.caused(3)).causes)).toEqual([1]);
  expect((await store.caused(4)).causes).toEqual([]);
});

test('a request whose row comes after those of its calls, and one that is open, are found', async () => {
  const pairs = [
    pair(2, 5, 5, { connection: out }),
    pair(3, 500, 5, { connection: out }),
    pair(1, 0, 20),
    pair(4, 490, -1, { open: true }),
  ];
  const first = await caused(pairs, 1);
  expect(idsOf(first.calls)).toEqual([2]);
  expect(idsOf((await store.caused(4)).calls)).toEqual([3]);
  expect(idsOf((await store.caused(3)).causes)).toEqual([4]);
});

test('an identity links among many at once, and behind the response', async () => {
  const crowd = Array.from({ length: 30 }, (_, index) => pair(index + 1, index, 1_000));
  const carries = { requestHeaders: ['X-Request-Id: 7f3a-99c1'] };
  const pairs = [
    ...crowd,
    pair(40, 30, 100, carries),
    pair(41, 40, 5, { connection: out, ...carries }),
    pair(42, 45, 5, { connection: out }),
    pair(43, 600, 5, { connection: out, ...carries }),
  ];
  const request = await caused(pairs, 40);
  expect(idsOf(request.calls)).toEqual([41, 43]);
  expect(request.calls[0]).toMatchObject({ basis: 'request-id', confidence: 1 });
  expect(request).toMatchObject({ concurrent: 30, unlinked: 1 });
  expect(await store.caused(42)).toMatchObject({ causes: [], concurrent: 31 });
});

test('an id that the response names counts as the request’s', async () => {
  const pairs = [
    pair(1, 0, 50, { responseHeaders: ['X-Request-Id: made-here-1'] }),
    pair(2, 1, 50),
    pair(3, 10, 5, { connection: out, requestHeaders: ['x-request-id: made-here-1'] }),
  ];
  expect(idsOf((await caused(pairs, 3)).causes)).toEqual([1]);
});

test('statements of a pool’s connection are linked one by one, those of a transaction together', async () => {
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const pairs = [
    pair(1, 0, 100),
    statement(2, 5, 'SELECT 1'),
    pair(3, 10, 100, { requestHeaders: [`traceparent: ${trace}`] }),
    statement(4, 20, 'BEGIN'),
    statement(5, 22, `INSERT INTO t VALUES (1) /*traceparent='${trace}'*/`),
    statement(6, 24, 'COMMIT'),
    statement(7, 105, 'SELECT 2'),
  ];
  const request = await caused(pairs, 3);
  expect(request.calls.map((call) => [call.pair.id, call.basis])).toEqual([
    [4, 'transaction'],
    [5, 'sql-comment'],
    [6, 'transaction'],
    [7, 'time'],
  ]);
  expect(idsOf((await store.caused(1)).calls)).toEqual([2]);
  expect((await store.caused(6)).causes).toMatchObject([{ pair: { id: 3 }, basis: 'transaction' }]);
});

test('what does not exist is refused', async () => {
  await expect(store.caused(5)).rejects.toMatchObject({ code: 'pair-not-found' });
});

test('the map counts pairs by who calls whom, replays aside', async () => {
  store.write(
    batchOf([
      pair(1, 0, 10),
      pair(2, 1, 5, { connection: out, status: 500, host: 'api.test' }),
      statement(3, 2, 'SELECT 1'),
      pair(4, 3, 5, { connection: connectionInfo({ id: 5, source: 'replay', entry: 'replay' }) }),
    ]),
  );
  await store.flush();
  const { nodes, edges, counted } = await store.map(query(''));
  expect(nodes.map(({ kind }) => kind).toSorted()).toEqual(['clients', 'database', 'host', 'service']);
  expect(edges.map(({ pairs, errors }) => `${pairs} ${errors}`).toSorted()).toEqual(['1 0', '1 0', '1 1']);
  expect(counted).toBe(4);
  expect((await store.map(query('protocol:postgresql'))).edges).toHaveLength(1);
});
