import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PairPage, PairQuery, Sort } from '../../proxy-core/rrpair/shapes.ts';
import { readBatch } from '../../proxy-core/store/batch.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { openForWriting } from '../../proxy-core/store/schema.ts';
import type { Store } from '../../proxy-core/store/store.ts';
import { PairWriter } from '../../proxy-core/store/writer.ts';
import { batches, fill } from '../lib/pairs.ts';

/**
 * What storing and listing cost by themselves: `node bench/micro/store.ts [describe|write|list] [PAIRS]`. Writing is measured with bodies of
 * 1 KB, in one thread and through the store; listing over PAIRS (2,000,000) small ones.
 */

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
    if (what === 'all' || what === 'describe') writeHere(directory, 100_000);
    if (what === 'all' || what === 'write') {
      const store = await openStore(join(directory, 'write'));
      await timed(
        '200,000 pairs with 1 KB bodies through the store',
        () => fill(store, 200_000, Buffer.alloc(1_024, 'x')),
        () => `${store.status().pairs} stored`,
      );
      await store.close();
    }
    if (what === 'all' || what === 'list') {
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
