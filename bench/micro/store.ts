import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '../../proxy-core/limits.ts';
import type { ConnectionInfo } from '../../proxy-core/rrpair/pair.ts';
import type { PairPage, PairQuery, Sort } from '../../proxy-core/rrpair/shapes.ts';
import { BatchWriter, type PairBlobs, type PairFields, pairRecordBytes, readBatch } from '../../proxy-core/store/batch.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { openForWriting } from '../../proxy-core/store/schema.ts';
import type { Store } from '../../proxy-core/store/store.ts';
import { PairWriter } from '../../proxy-core/store/writer.ts';

/**
 * What storing and listing cost by themselves: `node bench/micro/store.ts [write|list] [PAIRS]`. Writing is measured with bodies of
 * 1 KB, in one thread and through the store; listing over PAIRS (2,000,000) small ones.
 */

const none = Buffer.alloc(0);

const connections = Array.from({ length: 32 }, (_, index): Buffer => {
  const info: ConnectionInfo = {
    id: index + 1,
    direction: 'in',
    source: 'local',
    entry: 'reverse',
    protocol: 'http',
    clientAddress: '127.0.0.1',
    clientPort: 40_000 + index,
    upstreamHost: 'localhost',
    upstreamPort: 3000,
    upstreamAddress: '127.0.0.1',
    dialMicros: 120,
    tlsMicros: 0,
    clientTls: null,
    upstreamTls: null,
  };
  return Buffer.from(JSON.stringify(info));
});

function head(...lines: string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

function pair(id: number, body: Buffer): { fields: PairFields; blobs: PairBlobs } {
  const status = id % 50 === 0 ? '503 Service Unavailable' : '200 OK';
  const request = head(
    `GET /items/${id}?page=${id % 9} HTTP/1.1`,
    `Host: shop-${id % 20}.test:3000`,
    'User-Agent: wrk/4.2',
    'Accept: */*',
  );
  const response = head(
    `HTTP/1.1 ${status}`,
    'Server: nginx/1.22.1',
    'Date: Fri, 20 Nov 2026 10:00:00 GMT',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: keep-alive',
  );
  return {
    fields: {
      id,
      state: 'done',
      startedAtMicros: 1_795_168_800_000_000 + id * 50,
      requestEnd: 5,
      responseStart: 200 + ((id * 7_919) % 5_000),
      responseEnd: 5_300 + (id % 100),
      replayOf: 0,
      requestWireBytes: 0,
      requestPayloadBytes: 0,
      requestCrc32: 0,
      requestTruncated: false,
      requestInParts: false,
      responseWireBytes: body.length,
      responsePayloadBytes: body.length,
      responseCrc32: 0,
      responseTruncated: false,
      responseInParts: false,
      bodyShed: false,
    },
    blobs: {
      connection: connections[id % connections.length] ?? none,
      extra: none,
      requestHead: [request],
      responseHead: [response],
      requestBody: [],
      responseBody: [body],
    },
  };
}

function* batches(count: number, body: Buffer): Generator<Uint8Array<ArrayBuffer>> {
  let writer = new BatchWriter(new ArrayBuffer(limits.batchBytes));
  for (let id = 1; id <= count; id += 1) {
    const { fields, blobs } = pair(id, body);
    if (writer.room() < pairRecordBytes(blobs)) {
      yield writer.finish();
      writer = new BatchWriter(new ArrayBuffer(limits.batchBytes));
    }
    writer.pair(fields, blobs);
  }
  yield writer.finish();
}

function cpuMillis(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function report(what: string, pairs: number, cpu: number, wall: number): void {
  const perPair = ((cpu / pairs) * 1000).toFixed(2).padStart(7);
  const perSecond = Math.round((pairs / cpu) * 1000)
    .toLocaleString('en')
    .padStart(9);
  console.log(
    `${what.padEnd(44)} ${perPair} µs of CPU a pair ${perSecond} pairs a second of CPU, ${wall.toFixed(0)} ms by the clock`,
  );
}

/** In this thread, so that what it costs can be told from what else the machine does. */
function writeHere(directory: string, pairs: number): void {
  const all = [...batches(pairs, Buffer.alloc(1_024, 'x'))];
  const measure = (what: string, work: () => void): void => {
    const [cpu, wall] = [cpuMillis(), performance.now()];
    work();
    report(what, pairs, cpuMillis() - cpu, performance.now() - wall);
  };
  measure('reading batches', () => {
    for (const batch of all) for (const entry of readBatch(batch)) if (entry.id < 0) throw new Error('impossible');
  });
  const database = openForWriting(join(directory, 'here.db'));
  const writer = new PairWriter(database);
  measure('batch → describe → disk, 1 KB bodies', () => {
    for (let at = 0; at < all.length; at += 8) writer.write(all.slice(at, at + 8));
  });
  database.close();
}

async function fill(store: Store, pairs: number, body: Buffer): Promise<void> {
  for (const batch of batches(pairs, body)) {
    store.write(batch);
    while (store.pendingBytes > limits.recorderSoftBytes) await pause(1);
  }
  await store.flush();
}

async function timed<T>(what: string, work: () => Promise<T>, describe: (value: T) => string): Promise<T> {
  const started = performance.now();
  const value = await work();
  console.log(`${what.padEnd(52)} ${(performance.now() - started).toFixed(1).padStart(8)} ms  ${describe(value)}`);
  return value;
}

const shown = (page: PairPage): string =>
  `${page.rows.length} rows of ${page.total.toLocaleString('en')}${page.complete ? '' : ' so far'}`;

function query(filter: string, by: Sort['by'] = 'time', descending = true): PairQuery {
  return { filter, noise: false, sort: { by, descending } };
}

async function list(store: Store, pairs: number): Promise<void> {
  const first = (what: string, wanted: PairQuery, offset = 0): Promise<PairPage> =>
    timed(what, () => store.list(wanted, offset, 50), shown);
  await first('first page, newest first', query(''));
  await first('the same again', query(''));
  await first('scrolled to the middle', query(''), Math.floor(pairs / 2));
  await first('scrolled to the end', query(''), pairs - 50);
  for (const filter of [
    'status:5xx',
    'host:shop-7',
    'path:99999',
    'latency:>4.9ms host:shop-3',
    'path:~/items/.*77.*=3$',
    'header[server]:nginx status:5xx',
    'body:nowhere',
  ]) {
    await complete(store, filter, query(filter));
  }
  for (const by of ['latency', 'status', 'host', 'location'] as const) await complete(store, `by ${by}`, query('', by));
  await timed(
    'detail',
    () => store.detail(Math.floor(pairs / 3)),
    (detail) => detail.location,
  );
  const search = store.list(query('body:"still nowhere"'), 0, 50);
  await timed(
    'detail while bodies are searched',
    () => store.detail(77),
    (detail) => detail.location,
  );
  await search;
}

async function complete(store: Store, what: string, wanted: PairQuery): Promise<void> {
  const page = await timed(`${what}: first answer`, () => store.list(wanted, 0, 50), shown);
  if (page.complete) return;
  await timed(
    `${what}: complete`,
    async () => {
      let latest = page;
      while (!latest.complete) {
        await pause(10);
        latest = await store.list(wanted, 0, 50);
      }
      return latest;
    },
    shown,
  );
}

async function main(): Promise<void> {
  const [what = 'all', count = '2000000'] = process.argv.slice(2);
  const directory = mkdtempSync(join(tmpdir(), 'sidetap-bench-store-'));
  try {
    if (what !== 'list') {
      writeHere(directory, 100_000);
      const store = await openStore(join(directory, 'write'));
      await timed(
        '200,000 pairs with 1 KB bodies through the store',
        () => fill(store, 200_000, Buffer.alloc(1_024, 'x')),
        () => `${store.status().pairs} stored`,
      );
      await store.close();
    }
    if (what !== 'write') {
      const pairs = Number(count);
      const store = await openStore(join(directory, 'list'), { maxPairs: pairs * 2, maxBytes: 64 * 1024 ** 3 });
      await timed(
        `${pairs.toLocaleString('en')} small pairs through the store`,
        () => fill(store, pairs, Buffer.from('{"ok":true}')),
        () => `${store.status().pairs} stored`,
      );
      console.log(
        `${(statSync(store.status().path).size / 1e6).toFixed(0)} MB on disk, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB resident`,
      );
      await list(store, pairs);
      console.log(`${(process.memoryUsage().rss / 1e6).toFixed(0)} MB resident`);
      await store.close();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

await main();
