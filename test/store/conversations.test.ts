import { constants, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ARRIVAL_BYTES, writeArrival } from '../../proxy-core/rrpair/arrivals.ts';
import type { PairRecord } from '../../proxy-core/rrpair/pair.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { RecordBatches } from '../../proxy-core/store/record-batches.ts';
import type { Store } from '../../proxy-core/store/store.ts';
import { frame } from '../../proxy-core/wire/websocket/testing/frames.ts';
import { message, record } from '../export/records.ts';
import { everything, idsOf, query, temporaryDirectory } from './pairs.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let store: Store;

beforeEach(async () => {
  directory = temporaryDirectory();
  store = await openStore(directory.path);
});

afterEach(async () => {
  await store.close();
  directory.remove();
});

const all = { offset: 0, limit: 100, text: '', from: 'both' } as const;
const upgraded = Buffer.from(
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
);

/** Message and echo in turn, a millisecond after one another. */
function conversation(texts: readonly string[]): PairRecord {
  const client: Buffer[] = [];
  const server: Buffer[] = [];
  const arrivals = new Uint8Array(texts.length * 2 * ARRIVAL_BYTES);
  let used = 0;
  for (const text of texts) {
    const said = frame({ payload: text, masked: true });
    const bytes = deflateRawSync(`echo of ${text}`, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const echo = frame({ payload: bytes, reserved: 4 });
    client.push(said);
    server.push(echo);
    used = writeArrival(arrivals, used, false, said.length, 1_000);
    used = writeArrival(arrivals, used, true, echo.length, 1_000);
  }
  const pair = record(80, 'GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n', Buffer.concat(client));
  return { ...pair, id: store.nextPairId, response: message(upgraded, Buffer.concat(server)), arrivals: arrivals.slice(0, used) };
}

async function put(pair: PairRecord): Promise<void> {
  const batches = new RecordBatches((batch) => store.write(batch));
  batches.add(pair);
  batches.flush();
  await store.flush();
}

test('messages are read in their order, page by page, and found by what they say', async () => {
  // More than a part of a body has.
  const texts = Array.from({ length: 700 }, (_, number) => `message ${String(number)} ${'x'.repeat(100)}`);
  const pair = conversation(texts);
  await put(pair);
  expect(await store.detail(1)).toMatchObject({ conversation: 'websocket', model: null });
  const page = await store.conversation(1, { ...all, offset: 998, limit: 3 });
  expect(page).toMatchObject({ total: 1_400, fromClient: 700, matched: 1_400, open: false, problem: '' });
  expect(page?.messages.map(({ number, from, atMs, preview }) => [number, from, atMs, preview.slice(0, 20)])).toEqual([
    [998, 'client', 999, `message 499 ${'x'.repeat(8)}`],
    [999, 'server', 1_000, 'echo of message 499 '],
    [1_000, 'client', 1_001, `message 500 ${'x'.repeat(8)}`],
  ]);
  const found = await store.conversation(1, { ...all, text: 'ECHO OF MESSAGE 42 ', from: 'server' });
  expect(found).toMatchObject({ matched: 1, messages: [{ number: 85 }] });
  const whole = await store.message(1, 85);
  expect(Buffer.from(whole.base64, 'base64').toString()).toBe(`echo of ${texts[42] ?? ''}`);
  await expect(store.message(1, 1_400)).rejects.toMatchObject({ code: 'message-not-found' });

  const back = await store.record(1);
  expect(Buffer.from(back.arrivals ?? []).equals(Buffer.from(pair.arrivals ?? []))).toBe(true);
});

test('a search finds what was scrambled and what was compressed', async () => {
  await put(conversation(['needle one', 'two']));
  await put({ ...record(80, 'GET /other HTTP/1.1\r\nHost: a\r\n\r\n'), id: 2 });
  expect(await idsOf(store, query('body:"needle one"'))).toEqual([1]);
  expect(await idsOf(store, query('body:"echo of two"'))).toEqual([1]);
  expect(await idsOf(store, query('body:nothing'))).toEqual([]);
  expect(await store.conversation(2, all)).toBeNull();
  await expect(store.message(2, 0)).rejects.toMatchObject({ code: 'message-not-found' });
  expect(await idsOf(store, everything)).toHaveLength(2);
});
