import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectionInfo } from '../../test/store/pairs.ts';
import { limits } from '../limits.ts';
import type { ConnectionInfo } from '../rrpair/pair.ts';
import { type PairEntry, type PartEntry, readBatch } from '../store/batch.ts';
import type { BatchSink } from '../store/store.ts';
import { nowMicros } from './clock.ts';
import { createRecorder, type Recorder, type RecorderOptions } from './recorder.ts';

class Sink implements BatchSink {
  nextPairId = 7;
  pendingBytes = 0;
  spareMemory = (): undefined => undefined;
  readonly entries: (PairEntry | PartEntry)[] = [];
  readonly sizes: number[] = [];

  write(batch: Uint8Array<ArrayBuffer>): void {
    this.sizes.push(batch.length);
    this.entries.push(...readBatch(batch));
  }

  get pairs(): PairEntry[] {
    return this.entries.filter((entry) => entry.kind === 'pair');
  }

  get parts(): PartEntry[] {
    return this.entries.filter((entry) => entry.kind === 'part');
  }
}

const recorders: Recorder[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  for (const recorder of recorders.splice(0)) recorder.close();
  vi.useRealTimers();
});

function start(options: RecorderOptions = {}): { sink: Sink; recorder: Recorder } {
  const sink = new Sink();
  const recorder = createRecorder(sink, options);
  recorders.push(recorder);
  return { sink, recorder };
}

function connection(direction: 'in' | 'out' = 'in'): ConnectionInfo {
  return connectionInfo({ direction });
}

/** One complete exchange. */
function exchange(recorder: Recorder, requestBody = Buffer.alloc(0), responseBody = Buffer.alloc(0)): void {
  const at = nowMicros();
  const handle = recorder.observe(connection()).exchangeStarted(at);
  handle.requestHead(Buffer.from('GET / HTTP/1.1\r\n\r\n'), at);
  if (requestBody.length > 0) handle.requestBody(requestBody, requestBody.length, at);
  handle.requestEnded(at + 10);
  handle.responseStarted(at + 100);
  handle.responseHead(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), false, at + 100);
  if (responseBody.length > 0) handle.responseBody(responseBody, responseBody.length, at + 100);
  handle.responseEnded(at + 250);
}

describe('a finished exchange', () => {
  test('is one record with ids from the sink on, its bytes, and offsets from its first byte', () => {
    const { sink, recorder } = start();
    exchange(recorder, Buffer.from('ask'), Buffer.from('tell'));
    exchange(recorder);
    recorder.flush();
    const [first, second] = sink.pairs;
    expect([first?.id, second?.id]).toEqual([7, 8]);
    expect(first).toMatchObject({
      state: 'done',
      requestEnd: 10,
      responseStart: 100,
      responseEnd: 250,
      requestWireBytes: 3,
      responseWireBytes: 4,
      requestTruncated: false,
      requestInParts: false,
      requestCrc32: 0,
      bodyShed: false,
      replayOf: 0,
    });
    expect(String(first?.requestHead)).toBe('GET / HTTP/1.1\r\n\r\n');
    expect(String(first?.requestBody)).toBe('ask');
    expect(String(first?.responseBody)).toBe('tell');
    expect(first?.extra.length).toBe(0);
    expect(JSON.parse(String(first?.connection))).toEqual(connection());
    expect(recorder.stats()).toEqual({ pairs: 0, bodies: 0, pairsIn: 2, pairsOut: 0 });
  });

  test('reaches the sink within batchMillis without being asked', () => {
    const { sink, recorder } = start();
    exchange(recorder);
    expect(sink.pairs).toHaveLength(0);
    vi.advanceTimersByTime(limits.batchMillis);
    expect(sink.pairs).toHaveLength(1);
  });

  test('leaves at once with others when a batch is full', () => {
    const { sink, recorder } = start();
    for (let i = 0; i < 100; i++) exchange(recorder, Buffer.alloc(60_000));
    expect(sink.sizes.length).toBeGreaterThan(20);
    expect(Math.max(...sink.sizes)).toBeLessThanOrEqual(limits.batchBytes);
  });

  test('has the latency of its final response, not of an interim one', () => {
    const { sink, recorder } = start();
    const at = nowMicros();
    const handle = recorder.observe(connection()).exchangeStarted(at);
    handle.responseStarted(at + 5);
    handle.responseHead(Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'), true, at + 5);
    handle.requestEnded(at + 300);
    handle.responseHead(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), false, at + 400);
    handle.responseEnded(at + 450);
    recorder.flush();
    expect(sink.pairs[0]).toMatchObject({ requestEnd: 300, responseStart: 400, responseEnd: 450 });
  });

  test('keeps latency right while the wall clock jumps', () => {
    const { sink, recorder } = start();
    const before = Date.now();
    const at = nowMicros();
    const handle = recorder.observe(connection()).exchangeStarted(at);
    vi.setSystemTime(before + 3_600_000);
    handle.responseStarted(at + 500);
    handle.responseEnded(at + 700);
    vi.advanceTimersByTime(limits.batchMillis);
    exchange(recorder);
    recorder.flush();
    const [first, second] = sink.pairs;
    expect(first).toMatchObject({ responseStart: 500, responseEnd: 700 });
    expect(Math.abs((first?.startedAtMicros ?? 0) / 1000 - before)).toBeLessThan(100);
    // Later pairs have the new time.
    expect((second?.startedAtMicros ?? 0) / 1000 - before).toBeGreaterThan(3_599_000);
  });

  test('encodes a connection again when its TLS facts came later', () => {
    const { sink, recorder } = start();
    const info = connection();
    const observer = recorder.observe(info);
    observer.exchangeStarted(nowMicros()).responseEnded(nowMicros());
    info.tlsMicros = 99;
    observer.exchangeStarted(nowMicros()).responseEnded(nowMicros());
    recorder.flush();
    expect(sink.pairs.map((pair) => (JSON.parse(String(pair.connection)) as ConnectionInfo).tlsMicros)).toEqual([0, 99]);
  });

  test('tells its id as it starts and names the pair that it repeats', () => {
    const { sink, recorder } = start();
    const ids: number[] = [];
    const observer = recorder.observe(connection('out'), { replayOf: 3, onPair: (id) => ids.push(id) });
    const handle = observer.exchangeStarted(nowMicros());
    expect(ids).toEqual([7]);
    expect(observer.openExchanges).toBe(1);
    handle.responseEnded(nowMicros());
    expect(observer.openExchanges).toBe(0);
    recorder.flush();
    expect(sink.pairs[0]?.replayOf).toBe(3);
    expect(recorder.stats().pairsOut).toBe(1);
  });
});

describe('an exchange that takes its time', () => {
  test('is shown as open and written again when it is done', () => {
    const { sink, recorder } = start();
    const at = nowMicros();
    const handle = recorder.observe(connection()).exchangeStarted(at);
    handle.requestHead(Buffer.from('GET /slow HTTP/1.1\r\n\r\n'), at);
    handle.requestBody(Buffer.from('whole'), 5, at);
    handle.requestEnded(at);
    vi.advanceTimersByTime(limits.openPairMillis + 2 * limits.batchMillis);
    expect(sink.pairs).toMatchObject([{ id: 7, state: 'open', responseStart: -1 }]);
    expect(String(sink.pairs[0]?.requestBody)).toBe('whole');
    handle.responseEnded(nowMicros());
    recorder.flush();
    expect(sink.pairs).toMatchObject([{ state: 'open' }, { id: 7, state: 'done' }]);
    expect(recorder.stats().pairsIn).toBe(1);
  });

  test('lets a growing body go ahead, and is written again while it changes, about once a second', () => {
    const { sink, recorder } = start();
    const at = nowMicros();
    const handle = recorder.observe(connection()).exchangeStarted(at);
    handle.responseStarted(at);
    for (let i = 0; i < 50; i++) {
      handle.responseBody(Buffer.from(`event ${i}\n`), 8, nowMicros());
      vi.advanceTimersByTime(100);
    }
    handle.responseEnded(nowMicros());
    recorder.flush();
    expect(sink.pairs.length).toBeGreaterThan(4);
    expect(sink.pairs.length).toBeLessThan(9);
    const body = Buffer.concat(sink.parts.map((part) => part.bytes));
    expect(String(body)).toBe(Array.from({ length: 50 }, (_, i) => `event ${i}\n`).join(''));
    expect(sink.pairs.at(-1)).toMatchObject({ state: 'done', responseInParts: true, responseTruncated: false, responseCrc32: 0 });
    expect(sink.pairs.at(-1)?.responseBody.length).toBe(0);
  });

  test('does not keep the memory of a small view alive', () => {
    const { sink, recorder } = start();
    const slab = Buffer.from(new ArrayBuffer(65_536));
    const handle = recorder.observe(connection()).exchangeStarted(nowMicros());
    handle.requestHead(slab.subarray(0, 20).fill('x'), nowMicros());
    handle.requestEnded(nowMicros());
    vi.advanceTimersByTime(limits.openPairMillis + 2 * limits.batchMillis);
    // What is overwritten now was copied before.
    slab.fill(0);
    handle.responseEnded(nowMicros());
    recorder.flush();
    expect(String(sink.pairs.at(-1)?.requestHead)).toBe('x'.repeat(20));
  });
});

describe('a large body', () => {
  test('goes ahead in parts, and only the kept limit is kept of it', () => {
    const kept = 200_000;
    const { sink, recorder } = start({ bodyKeptBytes: kept });
    const body = Buffer.alloc(1_000_000, 'sidetap ');
    const handle = recorder.observe(connection()).exchangeStarted(nowMicros());
    for (let at = 0; at < body.length; at += 10_000) handle.responseBody(body.subarray(at, at + 10_000), 9_990, nowMicros());
    handle.responseEnded(nowMicros());
    recorder.flush();
    const stored = Buffer.concat(sink.parts.map((part) => part.bytes));
    expect(stored.equals(body.subarray(0, kept))).toBe(true);
    expect(sink.pairs[0]).toMatchObject({
      responseWireBytes: 1_000_000,
      responsePayloadBytes: 999_000,
      responseTruncated: true,
      responseInParts: true,
      responseCrc32: crc32(body),
      bodyShed: false,
    });
  });

  test('below the size of a part is truncated within the record', () => {
    const { sink, recorder } = start({ bodyKeptBytes: 10 });
    exchange(recorder, Buffer.from('0123456789'), Buffer.from('0123456789abc'));
    recorder.flush();
    expect(sink.pairs[0]).toMatchObject({ requestTruncated: false, responseTruncated: true, responseInParts: false });
    expect(String(sink.pairs[0]?.responseBody)).toBe('0123456789');
    expect(sink.pairs[0]?.responseCrc32).toBe(crc32('0123456789abc'));
  });

  test('of exactly the kept limit is whole', () => {
    const { sink, recorder } = start({ bodyKeptBytes: 100_000 });
    exchange(recorder, Buffer.alloc(0), Buffer.alloc(100_000, 1));
    recorder.flush();
    expect(sink.pairs[0]).toMatchObject({ responseTruncated: false, responseCrc32: 0, responseInParts: true });
    expect(Buffer.concat(sink.parts.map((part) => part.bytes)).length).toBe(100_000);
  });

  test('or thousands of them at once hold no more than the limit', () => {
    const { sink, recorder } = start();
    const handles = Array.from({ length: 2_000 }, () => recorder.observe(connection()).exchangeStarted(nowMicros()));
    // 2,000 × 40 KB would be 80 MB, and none of the bodies is large enough for a part of its own.
    for (const handle of handles) handle.responseBody(Buffer.alloc(40_000), 40_000, nowMicros());
    const sent = sink.parts.reduce((sum, part) => sum + part.bytes.length, 0);
    expect(80_000_000 - sent).toBeLessThan(limits.recorderHeldBytes + 2 * limits.batchBytes);
    for (const handle of handles) handle.responseEnded(nowMicros());
    recorder.flush();
    expect(sink.pairs).toHaveLength(2_000);
    expect(sink.pairs.every((pair) => !pair.responseTruncated)).toBe(true);
  });
});

describe('a store that cannot keep up', () => {
  test('costs bodies first, counted once a pair', () => {
    const { sink, recorder } = start();
    sink.pendingBytes = limits.recorderSoftBytes + 1;
    exchange(recorder, Buffer.from('ask'), Buffer.from('tell'));
    recorder.flush();
    expect(sink.pairs[0]).toMatchObject({
      bodyShed: true,
      requestTruncated: true,
      responseTruncated: true,
      requestWireBytes: 3,
      requestCrc32: crc32('ask'),
      responseCrc32: crc32('tell'),
    });
    expect(sink.pairs[0]?.requestBody.length).toBe(0);
    expect(String(sink.pairs[0]?.requestHead)).toContain('GET /');
    expect(recorder.stats()).toMatchObject({ bodies: 1, pairs: 0, pairsIn: 1 });
  });

  test('costs the rest of a body of which something went ahead', () => {
    const { sink, recorder } = start();
    const body = Buffer.alloc(300_000, 'x');
    const handle = recorder.observe(connection()).exchangeStarted(nowMicros());
    handle.responseBody(body.subarray(0, 100_000), 100_000, nowMicros());
    sink.pendingBytes = limits.recorderSoftBytes + 1;
    handle.responseBody(body.subarray(100_000, 200_000), 100_000, nowMicros());
    sink.pendingBytes = 0;
    handle.responseBody(body.subarray(200_000), 100_000, nowMicros());
    handle.responseEnded(nowMicros());
    recorder.flush();
    expect(Buffer.concat(sink.parts.map((part) => part.bytes)).length).toBe(100_000);
    expect(sink.pairs[0]).toMatchObject({
      bodyShed: true,
      responseTruncated: true,
      responseWireBytes: 300_000,
      responseCrc32: crc32(body),
    });
  });

  test('costs whole pairs last, counted, but closes the rows that are shown', () => {
    const { sink, recorder } = start();
    const shown = recorder.observe(connection()).exchangeStarted(nowMicros());
    vi.advanceTimersByTime(limits.openPairMillis + 2 * limits.batchMillis);
    expect(sink.pairs).toHaveLength(1);
    sink.pendingBytes = limits.recorderHardBytes + 1;
    for (let i = 0; i < 5; i++) exchange(recorder, Buffer.from('x'));
    shown.responseEnded(nowMicros());
    recorder.flush();
    expect(sink.pairs).toMatchObject([{ state: 'open' }, { id: 7, state: 'done' }]);
    expect(recorder.stats()).toEqual({ pairs: 5, bodies: 5, pairsIn: 1, pairsOut: 0 });
    sink.pendingBytes = 0;
    exchange(recorder);
    recorder.flush();
    expect(sink.pairs).toHaveLength(3);
  });
});

describe('a connection that is not decoded', () => {
  test('is one row with its bytes each way', () => {
    const { sink, recorder } = start();
    const at = nowMicros();
    const row = recorder.connectionRow(connection('out'), { command: 'CONNECTION', location: 'db:5432' }, at);
    row.bytes('client', 10, at + 5);
    row.bytes('server', 1_000, at + 50);
    vi.advanceTimersByTime(limits.openPairMillis + 2 * limits.batchMillis);
    expect(JSON.parse(String(sink.pairs[0]?.extra))).toEqual({
      summary: { command: 'CONNECTION', location: 'db:5432', status: 'open' },
    });
    row.bytes('server', 500, at + 60);
    row.closed('reset', { code: 'upstream-reset', detail: '' }, at + 900_000);
    recorder.flush();
    expect(sink.pairs.at(-1)).toMatchObject({
      state: 'done',
      requestWireBytes: 10,
      responseWireBytes: 1_500,
      requestEnd: 5,
      responseStart: 50,
      responseEnd: 900_000,
      responseTruncated: false,
    });
    expect(JSON.parse(String(sink.pairs.at(-1)?.extra))).toEqual({
      failure: { code: 'upstream-reset', detail: '' },
      summary: { command: 'CONNECTION', location: 'db:5432', status: 'reset' },
    });
  });
});

test('what is said of connections stands once in a batch, and is read with each of their pairs', () => {
  const { sink, recorder } = start();
  const observers = [1, 2].map((id) => recorder.observe(connectionInfo({ id })));
  for (let round = 0; round < 3; round += 1) for (const observer of observers) observer.exchangeStarted(1).responseEnded(2);
  recorder.flush();
  expect(sink.pairs.map(({ connection: info }) => (JSON.parse(String(info)) as ConnectionInfo).id)).toEqual([1, 2, 1, 2, 1, 2]);
  expect(sink.sizes[0]).toBeLessThan(3 * JSON.stringify(connectionInfo()).length + 6 * 130);
});

test('a failed exchange says why', () => {
  const { sink, recorder } = start();
  const observer = recorder.observe(connection());
  const handle = observer.exchangeStarted(nowMicros());
  handle.failed('upstream-reset', 'mid-body', nowMicros());
  observer.exchangeStarted(nowMicros());
  observer.abandon('upstream-refused', 'nobody there', nowMicros());
  recorder.flush();
  expect(sink.pairs.map((pair) => (JSON.parse(String(pair.extra)) as { failure: unknown }).failure)).toEqual([
    { code: 'upstream-reset', detail: 'mid-body' },
    { code: 'upstream-refused', detail: 'nobody there' },
  ]);
});

test('closing writes what is open as stopped, and nothing moves afterwards', () => {
  const { sink, recorder } = start();
  const handle = recorder.observe(connection()).exchangeStarted(nowMicros());
  recorder.close();
  expect(JSON.parse(String(sink.pairs[0]?.extra))).toMatchObject({ failure: { code: 'capture-stopped' } });
  handle.responseEnded(nowMicros());
  expect(vi.getTimerCount()).toBe(0);
});

test('an idle recorder keeps no timer', () => {
  const { recorder } = start();
  exchange(recorder);
  vi.advanceTimersByTime(5 * limits.batchMillis);
  expect(vi.getTimerCount()).toBe(0);
});
