import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../proxy-core/store/open.ts';
import type { Store } from '../../proxy-core/store/store.ts';
import { batchOf, connectionInfo, everything, headBytes, idsOf, partsOf, put, query, START, temporaryDirectory } from './pairs.ts';

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

describe('a pair', () => {
  test('that is noise while it waits is listed once it is none', async () => {
    const poll = { id: store.nextPairId, connection: { protocol: 'kafka' as const } };
    const fetch = { command: 'Fetch', location: 'orders', status: '' };
    const shown = { ...everything, noise: false };
    await put(store, { ...poll, open: true, summary: fetch });
    expect(await store.list(shown, 0, 10)).toMatchObject({ rows: [], total: 0, hiddenNoise: 1 });
    await put(store, { ...poll, summary: { ...fetch, status: 'OK' } });
    expect(await store.list(shown, 0, 10)).toMatchObject({ rows: [{ status: 'OK' }], total: 1, hiddenNoise: 0 });
  });

  test('is listed with everything a list shows', async () => {
    await put(store, {
      id: store.nextPairId,
      method: 'POST',
      target: '/orders?x=1',
      host: 'shop.test:8080',
      status: 201,
      requestBody: '{"a":1}',
      responseBody: '{"ok":true}',
      responseHeaders: ['Content-Type: application/json'],
      latency: 1_234,
      duration: 2_500,
      startedAtMicros: START + 7,
    });
    const page = await store.list(everything, 0, 10);
    expect(page).toMatchObject({ offset: 0, total: 1, hiddenNoise: 0, complete: true });
    expect(page.rows).toEqual([
      {
        id: 1,
        state: 'done',
        direction: 'in',
        source: 'local',
        protocol: 'http',
        technology: 'JSON',
        technologies: ['JSON'],
        command: 'POST',
        host: 'shop.test:8080',
        location: '/orders?x=1',
        status: '201',
        error: null,
        startedAt: '2026-11-20T10:00:00.000007Z',
        latencyMs: 1.234,
        durationMs: 2.5,
        requestBytes: 7,
        responseBytes: 11,
        noise: false,
        pinned: false,
        colour: null,
        note: '',
        replayOf: null,
      },
    ]);
    expect(await store.summaries([1, 99])).toEqual(page.rows);
  });

  test('comes back byte for byte', async () => {
    const pair = {
      id: 1,
      requestBody: Buffer.from([0, 255, 1, 254]),
      responseBody: Buffer.from([9, 0, 200]),
      failure: { code: 'upstream-reset' as const, detail: 'ECONNRESET' },
      replayOf: 0,
    };
    await put(store, pair);
    const record = await store.record(1);
    expect(Buffer.from(record.request.head)).toEqual(headBytes(pair).request);
    expect(Buffer.from(record.response.head)).toEqual(headBytes(pair).response);
    expect(Buffer.from(record.request.body)).toEqual(pair.requestBody);
    expect(Buffer.from(record.response.body)).toEqual(pair.responseBody);
    expect(record).toMatchObject({
      id: 1,
      state: 'done',
      connection: connectionInfo(),
      startedAtMicros: START + 1_000,
      timing: { requestEnd: 10, responseStart: 1_000, responseEnd: 1_500 },
      failure: pair.failure,
      summary: null,
      replayOf: 0,
      bodyShed: false,
    });
  });

  test('has a detail with heads, evidence, timing and connection', async () => {
    await put(
      store,
      {
        id: 1,
        responseHeaders: ['Server: nginx', 'X-A: 1', 'x-a: 2', 'Content-Type: text/html; charset=UTF-8'],
        responseBody: '<p>',
      },
      { id: 2, replayOf: 1, connection: { direction: 'out', source: 'replay', entry: 'replay' } },
    );
    const detail = await store.detail(1);
    expect(detail.request).toMatchObject({ startLine: 'GET /items/1 HTTP/1.1', headers: [['Host', 'shop.test']], wireBytes: 0 });
    expect(detail.response).toMatchObject({
      startLine: 'HTTP/1.1 200 X',
      headers: [
        ['Server', 'nginx'],
        ['X-A', '1'],
        ['x-a', '2'],
        ['Content-Type', 'text/html; charset=UTF-8'],
      ],
      mediaType: 'text/html',
      charset: 'utf-8',
      keptBytes: 3,
      truncated: false,
      crc32: '',
    });
    expect(detail.evidence.map((evidence) => evidence.technology)).toEqual(expect.arrayContaining(['HTML', 'nginx']));
    expect(detail.timing).toEqual({ dialMs: 0.15, tlsMs: 0, requestMs: 0.01, waitMs: 0.99, responseMs: 0.5 });
    expect(detail.replays).toEqual([2]);
    expect(detail.connection).toMatchObject({ entry: 'reverse', upstreamPort: 3000 });
    expect(await store.detail(2)).toMatchObject({ replayOf: 1, direction: 'out', source: 'replay' });
  });

  test('that does not exist is a clear error', async () => {
    for (const attempt of [store.detail(7), store.record(7), store.body(7, 'request', 'wire', 0, 10)]) {
      await expect(attempt).rejects.toMatchObject({ name: 'SidetapError', code: 'pair-not-found' });
    }
  });

  test('is shown open, and then as it ended', async () => {
    await put(store, { id: 1, open: true }, { id: 2 });
    expect((await store.list(everything, 0, 10)).rows[0]).toMatchObject({ id: 1, state: 'open', status: '', latencyMs: null });
    expect((await store.detail(1)).response).toBeNull();
    await put(store, { id: 1, open: true, requestBody: 'abc' });
    await store.pin([1], true);
    await put(store, { id: 1, status: 404 });
    const page = await store.list(everything, 0, 10);
    expect(page.rows.map((row) => [row.id, row.state, row.status, row.pinned])).toEqual([
      [1, 'done', '404', true],
      [2, 'done', '200', false],
    ]);
    expect(page.total).toBe(2);
    expect(store.status().pairs).toBe(2);
  });

  test('without a head is a connection row', async () => {
    const summary = { command: 'CONNECT', location: 'db.test:5432', status: 'closed' };
    await put(store, { id: 1, summary, connection: { protocol: 'tcp', upstreamHost: 'db.test', upstreamPort: 5432 } });
    expect((await store.list(everything, 0, 1)).rows[0]).toMatchObject({ ...summary, host: 'db.test:5432', protocol: 'tcp' });
    expect(await store.record(1)).toMatchObject({ summary });
  });
});

async function read(form: 'wire' | 'payload' | 'decoded', offset = 0, length = 1_000_000) {
  const { bytes, ...rest } = await store.body(1, 'response', form, offset, length);
  return { ...rest, bytes: Buffer.from(bytes) };
}

describe('a body', () => {
  test('is read in every form', async () => {
    const content = 'a text that is said again and again '.repeat(50);
    const zipped = gzipSync(content);
    const wire = Buffer.concat([
      Buffer.from(`${zipped.length.toString(16)}\r\n`),
      zipped,
      Buffer.from('\r\n0\r\nX-Sum: 5\r\n\r\n'),
    ]);
    await put(store, { id: 1, responseHeaders: ['Transfer-Encoding: chunked', 'Content-Encoding: gzip'], responseBody: wire });
    expect((await read('wire')).bytes).toEqual(wire);
    expect((await read('payload')).bytes).toEqual(zipped);
    expect(await read('decoded')).toEqual({
      bytes: Buffer.from(content),
      offset: 0,
      totalBytes: content.length,
      complete: true,
      problem: '',
    });
    expect((await read('decoded', 10, 5)).bytes.toString()).toBe(content.slice(10, 15));
    expect((await read('decoded', 1e9, 5)).bytes.length).toBe(0);
    expect((await store.detail(1)).response).toMatchObject({ trailers: [['X-Sum', '5']], contentEncoding: 'gzip' });
  });

  test('may go ahead of its pair in parts', async () => {
    const body = Buffer.alloc(1_000_000, 'abcdefghij');
    store.write(partsOf(1, 'response', body));
    await put(store, { id: 1, responseBody: body, responseInParts: true });
    expect((await read('wire', 0, 4_000_000)).bytes.equals(body)).toBe(true);
    expect(Buffer.from((await store.record(1)).response.body).equals(body)).toBe(true);
    expect((await store.detail(1)).response).toMatchObject({ keptBytes: body.length, wireBytes: body.length });
    expect(await idsOf(store, query('body:jabcdefghija'))).toEqual([1]);
  });

  test('that was cut short says so', async () => {
    await put(store, { id: 1, responseBody: 'kept', responseWireBytes: 5_000_000_000 });
    expect(await read('decoded')).toMatchObject({ totalBytes: 4, complete: false });
    expect((await store.detail(1)).response).toMatchObject({
      truncated: true,
      crc32: '00abcdef',
      wireBytes: 5_000_000_000,
      keptBytes: 4,
    });
  });

  test('that was shed says so', async () => {
    await put(store, { id: 1, bodyShed: true });
    expect(await read('decoded')).toMatchObject({ complete: false });
    expect(await store.detail(1)).toMatchObject({ bodyShed: true });
  });
});

describe('the store', () => {
  test('goes on counting where an earlier run stopped', async () => {
    expect(store.nextPairId).toBe(1);
    await put(store, { id: 1 }, { id: 2 });
    await store.clear();
    await store.clear();
    await store.close();
    store = await openStore(directory.path);
    expect(store.nextPairId).toBe(3);
  });

  test('can be read only by its user', () => {
    expect(statSync(join(directory.path, 'pairs.db')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory.path, 'pairs.db-wal')).mode & 0o777).toBe(0o600);
  });

  test('tells of changes, and answers pages with a revision', async () => {
    const before = await store.list(everything, 0, 1);
    let changes = 0;
    const stop = store.onChange((status) => {
      changes += 1;
      expect(status.revision).toBeGreaterThan(before.revision);
    });
    await put(store, { id: 1 });
    expect(changes).toBeGreaterThan(0);
    expect((await store.list(everything, 0, 1)).revision).toBe(store.status().revision);
    stop();
    const counted = changes;
    await put(store, { id: 2 });
    expect(changes).toBe(counted);
  });

  test('says how much waits', async () => {
    const batch = batchOf([{ id: 1, responseBody: Buffer.alloc(10_000) }]);
    const { length } = batch;
    store.write(batch);
    expect(store.pendingBytes).toBe(length);
    await store.flush();
    expect(store.pendingBytes).toBe(0);
  });

  test('is read by another while it is written', async () => {
    await put(store, { id: 1 }, { id: 2 });
    const reader = await openStore(directory.path, { readOnly: true });
    try {
      expect(reader.status().pairs).toBe(2);
      expect(await idsOf(reader, everything)).toEqual([1, 2]);
      await put(store, { id: 3 });
      expect(await idsOf(reader, everything)).toEqual([1, 2, 3]);
      expect(await idsOf(reader, query('', { by: 'latency', descending: true }))).toEqual([3, 2, 1]);
      expect((await reader.detail(3)).id).toBe(3);
    } finally {
      await reader.close();
    }
  });

  test('is read while nobody writes it, even where nothing can be written', async () => {
    await put(store, { id: 1 });
    await store.close();
    chmodSync(directory.path, 0o500);
    const reader = await openStore(directory.path, { readOnly: true });
    expect(await idsOf(reader, everything)).toEqual([1]);
    await reader.close();
    chmodSync(directory.path, 0o700);
    store = await openStore(directory.path);
  });

  test('that does not exist is read as an empty one', async () => {
    const reader = await openStore(join(directory.path, 'nowhere'), { readOnly: true });
    expect(await reader.list(everything, 0, 10)).toMatchObject({ rows: [], total: 0, complete: true });
    expect(reader.status()).toMatchObject({ pairs: 0 });
    await reader.close();
  });

  test('loses no more than its batch to a record that cannot be read', async () => {
    const broken = batchOf([{ id: 1 }, { id: 2 }]);
    Buffer.from(broken.buffer).fill('?', 110, 130);
    store.write(batchOf([{ id: 3 }]));
    store.write(broken);
    store.write(batchOf([{ id: 4 }]));
    await store.flush();
    expect(await idsOf(store, everything)).toEqual([3, 4]);
    expect(store.status()).toMatchObject({ unwritten: 2, pairs: 2 });
    await put(store, { id: 5 });
    expect(store.status().problem).toBe('');
  });

  test('keeps a connection once, and drops it with its last pair', async () => {
    await put(store, { id: 1, open: true }, { id: 2 }, { id: 1 }, { id: 3, connection: { id: 2 } });
    await store.pin([3], true);
    await store.clear();
    await store.clear();
    await put(store, { id: 4 });
    await store.flush();
    expect((await store.detail(3)).connection.id).toBe(2);
    expect((await store.detail(4)).connection.id).toBe(1);
  });
});
