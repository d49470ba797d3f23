import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ListQuery, PairPage, PairQuery } from '../../proxy-core/rrpair/shapes.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import type { Store } from '../../proxy-core/store/store.ts';
import { batchOf, everything, idsOf, put, query, range, type TestPair, temporaryDirectory } from './pairs.ts';

interface ModelRow {
  id: number;
  open: boolean;
  noise: boolean;
  pinned: boolean;
  status: number;
  latency: number;
}

const LIMIT = 40;

/** What the store should do, done simply: all rows in a map. */
class Model {
  readonly rows = new Map<number, ModelRow>();
  #hiddenTo = 0;
  #doomedTo = 0;
  #lastId = 0;

  put(row: ModelRow): void {
    this.rows.set(row.id, { ...row, pinned: this.rows.get(row.id)?.pinned ?? false });
    this.#lastId = Math.max(this.#lastId, row.id);
    this.#retain();
  }

  pin(id: number, pinned: boolean): void {
    const row = this.rows.get(id);
    if (row !== undefined) row.pinned = pinned;
    this.#retain();
  }

  clear(): number {
    const before = this.visible().length;
    this.#doomedTo = this.#hiddenTo;
    this.#hiddenTo = this.#lastId;
    this.#retain();
    return before - this.visible().length;
  }

  undoClear(): number {
    const before = this.visible().length;
    this.#hiddenTo = this.#doomedTo;
    return this.visible().length - before;
  }

  visible(): ModelRow[] {
    return [...this.rows.values()].filter((row) => row.id > this.#hiddenTo || row.pinned).toSorted((a, b) => a.id - b.id);
  }

  #retain(): void {
    for (const row of this.rows.values()) if (row.id <= this.#doomedTo && !row.pinned) this.rows.delete(row.id);
    const unpinned = [...this.rows.values()].filter((row) => !row.pinned).toSorted((a, b) => a.id - b.id);
    for (const row of unpinned) if (this.rows.size > LIMIT) this.rows.delete(row.id);
  }
}

const row = fc.record({
  id: fc.integer({ min: 1, max: 60 }),
  open: fc.boolean(),
  noise: fc.boolean(),
  status: fc.constantFrom(200, 404, 500),
  latency: fc.integer({ min: 0, max: 50 }),
});
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), rows: fc.array(row, { minLength: 1, maxLength: 8 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pin' as const), id: fc.integer({ min: 1, max: 60 }), pinned: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('look' as const) }) },
);

function pairOf(wanted: Omit<ModelRow, 'pinned'>, base: number): TestPair {
  return { ...wanted, id: base + wanted.id, target: wanted.noise ? '/healthz' : `/items/${String(wanted.id)}` };
}

/** Retention works step by step behind the batches. */
async function settle(actual: Store): Promise<void> {
  await actual.flush();
  await actual.flush();
}

const queries = (base: number): { query: PairQuery; keep: (row: ModelRow) => boolean }[] => [
  { query: query(`id:${base + 10}..${base + 40}`, { descending: true }), keep: ({ id }) => id >= base + 10 && id <= base + 40 },
  { query: everything, keep: () => true },
  { query: { ...query('', { descending: true }), noise: false }, keep: (each) => !each.noise },
  { query: query('status:5xx', { descending: true }), keep: (each) => !each.open && each.status === 500 },
  { query: query('is:open'), keep: (each) => each.open },
  { query: query('is:pinned'), keep: (each) => each.pinned },
];

async function same(actual: Store, model: Model, base: number): Promise<void> {
  await settle(actual);
  const visible = model.visible();
  expect(actual.status().pairs).toBe(visible.length);
  for (const { query: wanted, keep } of queries(base)) {
    const expected = visible.filter((each) => keep(each) && (wanted.noise || !each.noise)).map((each) => each.id);
    if (wanted.sort.descending) expected.reverse();
    const page = await actual.list(wanted, 0, 1_000);
    expect(
      page.rows.map((each) => each.id),
      wanted.filter,
    ).toEqual(expected);
    expect(page.total).toBe(expected.length);
    expect(page.hiddenNoise).toBe(
      wanted.noise ? 0 : visible.filter((each) => each.noise && keep({ ...each, noise: false })).length,
    );
    expect(page.complete).toBe(true);
    expect(await idsOf(actual, wanted)).toEqual(expected);
    await standsStill(actual, wanted, visible);
    const { inOk, inErrors, outOk, complete } = await actual.histogram(wanted, { bars: 20 });
    const failed = (id: number): boolean => visible.some((each) => each.id === id && !each.open && each.status >= 400);
    expect(complete).toBe(true);
    expect([sum(inOk), sum(inErrors), sum(outOk)]).toEqual([
      expected.filter((id) => !failed(id)).length,
      expected.filter(failed).length,
      0,
    ]);
  }
  await standsStill(actual, query('', { by: 'latency' }), visible);
  const slowest = visible.filter((each) => !each.open).toSorted((a, b) => b.latency - a.latency || b.id - a.id);
  const open = visible.filter((each) => each.open).toSorted((a, b) => b.id - a.id);
  expect(await idsOf(actual, query('', { by: 'latency', descending: true }))).toEqual([...slowest, ...open].map((each) => each.id));
}

describe('lists', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let store: Store;

  beforeAll(async () => {
    directory = temporaryDirectory();
    store = await openStore(directory.path, { maxPairs: LIMIT });
  });

  afterAll(async () => {
    await store.close();
    directory.remove();
  });

  test('show the same as a model, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 25 }), async (operations) => {
        // Every run begins with an empty store whose ids go on rising.
        await store.clear();
        await store.clear();
        await store.flush();
        const base = store.nextPairId + runs * 100;
        runs += 1;
        const model = new Model();
        for (const each of operations) {
          switch (each.kind) {
            case 'put':
              for (const wanted of each.rows) {
                await put(store, pairOf(wanted, base));
                model.put({ ...wanted, id: base + wanted.id, pinned: false });
              }
              break;
            case 'pin':
              await store.pin([base + each.id], each.pinned);
              model.pin(base + each.id, each.pinned);
              break;
            case 'clear':
              expect(await store.clear()).toBe(model.clear());
              break;
            case 'undo':
              expect(await store.undoClear()).toBe(model.undoClear());
              break;
            case 'look':
              await same(store, model, base);
              break;
          }
        }
        await same(store, model, base);
        await store.pin([...model.rows.keys()], false);
      }),
      { numRuns: 40 },
    );
  }, 240_000);

  let runs = 0;
});

/** A list that is sorted shows what it was before for a while. */
async function completePage(actual: Store, wanted: ListQuery, offset: number, limit: number): Promise<PairPage> {
  for (;;) {
    const page = await actual.list(wanted, offset, limit);
    if (page.complete) return page;
    await delay(20);
  }
}

const PAGE = 7;

/** A list up to the pair in the middle is that of all pairs without the later ones, page by page. */
async function standsStill(actual: Store, wanted: PairQuery, visible: readonly ModelRow[]): Promise<void> {
  const upTo = visible[visible.length >>> 1]?.id ?? 0;
  const all = await completePage(actual, wanted, 0, 1_000);
  const expected = all.rows.map((each) => each.id).filter((id) => id <= upTo);
  const shown: number[] = [];
  for (let offset = 0; offset < expected.length + PAGE; offset += PAGE) {
    const page = await completePage(actual, { ...wanted, upTo }, offset, PAGE);
    shown.push(...page.rows.map((each) => each.id));
    expect(page.total).toBe(expected.length);
    expect(page.hiddenNoise).toBe(wanted.noise ? 0 : visible.filter((each) => each.noise && each.id <= upTo).length);
  }
  expect(shown).toEqual(expected);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

test('offers the values that recent pairs have, the most frequent first', async () => {
  const directory = temporaryDirectory();
  const store = await openStore(directory.path);
  try {
    await put(
      store,
      { id: 1, host: 'Shop.test', target: '/a?x=1' },
      { id: 2, host: 'shop.test', target: '/a?x=2', responseHeaders: ['Server: nginx/1.22.1', 'Content-Type: application/json'] },
      { id: 3, host: 'shop.test', target: '/b', status: 404 },
      { id: 4, host: 'pay.test', target: '/b', method: 'POST' },
    );
    expect(await store.values('host', 'SHOP')).toEqual([
      { value: 'shop.test', pairs: 2 },
      { value: 'Shop.test', pairs: 1 },
    ]);
    expect(await store.values('path', '')).toEqual([
      { value: '/a', pairs: 2 },
      { value: '/b', pairs: 2 },
    ]);
    expect(await store.values('tech', 'json')).toEqual([{ value: 'JSON', pairs: 1 }]);
    expect(await store.values('status', '4')).toEqual([{ value: '404', pairs: 1 }]);
    expect(await store.values('error', '')).toEqual([]);
  } finally {
    await store.close();
    directory.remove();
  }
});

test('counts what a query finds by host and path', async () => {
  const directory = temporaryDirectory();
  const store = await openStore(directory.path);
  try {
    await put(
      store,
      { id: 1, host: 'shop.test', target: '/items/1' },
      { id: 2, host: 'shop.test', target: '/items/2?x=1', status: 500 },
      { id: 3, host: 'shop.test', target: '/items/3' },
      { id: 4, host: 'pay.test', target: '/charge' },
    );
    const { nodes, counted, total, complete } = await store.paths(query('host:shop', { by: 'latency', descending: false }));
    expect({ counted, total, complete }).toEqual({ counted: 3, total: 3, complete: true });
    expect(nodes.map(({ depth, name, pairs, own, errors }) => [depth, name, pairs, own, errors])).toEqual([
      [0, 'shop.test', 3, 0, 1],
      [1, '/items', 3, 0, 1],
      [2, '/{id}', 3, 3, 1],
    ]);
  } finally {
    await store.close();
    directory.remove();
  }
});

test('pages are stretches of one list, in any order', async () => {
  const directory = temporaryDirectory();
  const store = await openStore(directory.path);
  const pairs = range(1, 5_000).map(
    (id): TestPair => ({
      id,
      // Some have no response and so none, which comes last in either direction.
      latency: id % 40 === 0 ? -1 : (id * 7_919) % 1_000,
      host: `h${String(id % 17)}.test`,
      status: id % 3 === 0 ? 500 : 200,
    }),
  );
  const failed = pairs.filter(({ id }) => id % 3 === 0 && id % 40 !== 0).length;
  for (let at = 0; at < pairs.length; at += 500) store.write(batchOf(pairs.slice(at, at + 500)));
  await store.flush();
  for (const by of [
    'time',
    'latency',
    'host',
    'location',
    'status',
    'size',
    'duration',
    'command',
    'technology',
    'direction',
  ] as const) {
    for (const descending of [true, false]) {
      const wanted = query('status:500', { by, descending });
      const all = await idsOf(store, wanted);
      expect(new Set(all).size).toBe(failed);
      const page = await store.list(wanted, 1_000, 100);
      expect(page.rows.map((row) => row.id)).toEqual(all.slice(1_000, 1_100));
      expect(page.total).toBe(failed);
      // What comes first of all pairs is answered before the rest is put in order.
      const first = await store.list(query('', { by, descending }), 0, 100);
      const everyId = await idsOf(store, query('', { by, descending }));
      expect(first.rows.map((row) => row.id)).toEqual(everyId.slice(0, 100));
      expect(first).toMatchObject({ complete: true, total: everyId.length });
    }
  }
  const slowest = await store.list(query('', { by: 'latency', descending: true }), 0, 100);
  const latencies = slowest.rows.map((row) => row.latencyMs ?? 0);
  expect(latencies).toEqual(latencies.toSorted((a, b) => b - a));
  const hosts = (await store.list(query('', { by: 'host' }), 0, 1_000)).rows.map((row) => row.host);
  expect(hosts).toEqual(hosts.toSorted());
  await store.close();
  directory.remove();
});

test('200,000 pairs are listed, filtered and scrolled', async () => {
  const directory = temporaryDirectory();
  const store = await openStore(directory.path);
  const count = 200_000;
  for (let id = 1; id <= count; id += 500) {
    store.write(
      batchOf(range(id, id + 499).map((each) => ({ id: each, latency: each % 1_000, status: each % 100 === 0 ? 503 : 200 }))),
    );
  }
  await store.flush();
  expect(store.status()).toMatchObject({ pairs: count, unwritten: 0, problem: '' });
  const newest = query('', { descending: true }, false);
  expect((await store.list(newest, 0, 50)).rows.map((row) => row.id)).toEqual(range(count - 49, count).toReversed());
  expect(await store.list(newest, count - 3, 50)).toMatchObject({ total: count, rows: [{ id: 3 }, { id: 2 }, { id: 1 }] });
  expect(await idsOf(store, query('status:5xx'))).toHaveLength(count / 100);
  expect((await store.list(query('', { by: 'latency', descending: true }), 0, 1)).total).toBeLessThanOrEqual(count);
  expect((await idsOf(store, query('', { by: 'latency', descending: true }))).slice(0, 2)).toEqual([199_999, 198_999]);
  await put(store, { id: count + 1 });
  expect((await store.list(newest, 0, 1)).rows).toMatchObject([{ id: count + 1 }]);
  await store.close();
  directory.remove();
}, 180_000);
