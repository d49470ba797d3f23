import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openStore } from '../../proxy-core/store/open.ts';
import type { Store } from '../../proxy-core/store/store.ts';
import { batchOf, everything, idsOf, partsOf, put, range, temporaryDirectory, until } from './pairs.ts';

async function withStore(
  options: Parameters<typeof openStore>[1],
  use: (store: Store, path: string) => Promise<void>,
): Promise<void> {
  const directory = temporaryDirectory();
  const store = await openStore(directory.path, options);
  try {
    await use(store, join(directory.path, 'pairs.db'));
  } finally {
    await store.close();
    directory.remove();
  }
}

function rowsIn(path: string, table: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return Number(database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows']);
  } finally {
    database.close();
  }
}

test('the oldest pairs go when there are too many, but pinned ones stay', async () => {
  await withStore({ maxPairs: 1_000 }, async (store, path) => {
    await put(store, ...range(1, 1_000).map((id) => ({ id })));
    await store.pin([1, 500], true);
    for (let at = 1_001; at <= 6_000; at += 500) await put(store, ...range(at, at + 499).map((id) => ({ id })));
    await until(store, ({ pairs }) => pairs === 1_000);
    expect(await idsOf(store, everything)).toEqual([1, 500, ...range(5_003, 6_000)]);
    await store.flush();
    expect(rowsIn(path, 'pair')).toBe(1_000);
    const referenced = 'block WHERE id IN (SELECT block FROM pair)';
    expect(rowsIn(path, 'block')).toBe(rowsIn(path, referenced));
    expect(rowsIn(path, 'stock')).toBe(rowsIn(path, 'block'));
  });
});

test('the oldest pairs go when they weigh too much, and the file stops growing', async () => {
  const maxBytes = 4_000_000;
  await withStore({ maxBytes }, async (store, path) => {
    const sizes: number[] = [];
    for (let id = 1; id <= 600; id += 10) {
      store.write(partsOf(id, 'response', randomBytes(100_000)));
      await put(
        store,
        { id, responseBody: randomBytes(100_000), responseInParts: true },
        ...range(id + 1, id + 9).map((each) => ({ id: each, responseBody: randomBytes(8_000) })),
      );
      sizes.push(statSync(path).size);
    }
    await until(store, ({ bytes }) => bytes <= maxBytes);
    const left = await idsOf(store, everything);
    expect(left.at(-1)).toBe(600);
    expect(left).toEqual(range(left[0] ?? 0, 600));
    expect(left.length).toBeGreaterThan(100);
    expect(left.length).toBeLessThan(400);
    expect(Math.max(...sizes)).toBeLessThan(maxBytes * 2.5);
    expect(rowsIn(path, 'part')).toBeLessThan(100);
  });
});

test('bodies that repeat themselves take a fraction of the room that they take on the wire', async () => {
  const maxBytes = 4_000_000;
  await withStore({ maxBytes }, async (store) => {
    const body = JSON.stringify(range(1, 400).map((id) => ({ id, name: 'fountain pen', currency: 'EUR' })));
    for (let id = 1; id <= 2_000; id += 50)
      await put(store, ...range(id, id + 49).map((each) => ({ id: each, responseBody: body })));
    await store.flush();
    expect(body.length * 2_000).toBeGreaterThan(maxBytes * 5);
    expect(await idsOf(store, everything)).toHaveLength(2_000);
    expect(Buffer.from((await store.body(1_000, 'response', 'decoded', 0, body.length)).bytes).toString()).toBe(body);
  });
});

test('when everything is pinned, nothing goes', async () => {
  await withStore({ maxPairs: 10 }, async (store) => {
    await put(store, ...range(1, 10).map((id) => ({ id })));
    await store.pin(range(1, 10), true);
    await put(store, { id: 11 }, { id: 12 });
    await store.flush();
    await store.flush();
    expect((await idsOf(store, everything)).slice(0, 10)).toEqual(range(1, 10));
    await store.pin([3], false);
    await put(store, { id: 13 });
    await until(store, ({ pairs }) => pairs === 10);
    expect(await idsOf(store, everything)).not.toContain(3);
  });
});

test('a clear hides at once and can be undone; the next one deletes for good', async () => {
  await withStore({}, async (store, path) => {
    await put(store, ...range(1, 100).map((id) => ({ id })));
    await store.pin([50], true);
    expect(await store.clear()).toBe(99);
    expect(await idsOf(store, everything)).toEqual([50]);
    await put(store, { id: 101 });
    expect(store.status().pairs).toBe(2);
    expect(await store.undoClear()).toBe(99);
    expect(await idsOf(store, everything)).toEqual(range(1, 101));
    expect(await store.undoClear()).toBe(0);
    expect(await store.clear()).toBe(100);
    expect(await store.clear()).toBe(0);
    await store.flush();
    await store.flush();
    expect(rowsIn(path, 'pair')).toBe(1);
    expect(await store.undoClear()).toBe(0);
    expect(await idsOf(store, everything)).toEqual([50]);
  });
});

test('what a clear hid stays hidden after a restart, and can still be undone', async () => {
  const directory = temporaryDirectory();
  let store = await openStore(directory.path);
  await put(store, { id: 1 }, { id: 2 });
  await store.clear();
  await store.close();
  store = await openStore(directory.path);
  expect(store.status().pairs).toBe(0);
  expect(await idsOf(store, everything)).toEqual([]);
  expect(await store.undoClear()).toBe(2);
  expect(await idsOf(store, everything)).toEqual([1, 2]);
  await store.close();
  directory.remove();
});

test('the disk gets its space back after a large clear', async () => {
  await withStore({}, async (store, path) => {
    // More than `limits.freePagesKept`.
    for (let id = 1; id <= 180; id += 1) store.write(partsOf(id, 'response', randomBytes(1_000_000)));
    const large = randomBytes(1_000_000);
    store.write(batchOf(range(1, 180).map((id) => ({ id, responseInParts: true, responseBody: large }))));
    await store.flush();
    expect(store.status().bytes).toBeGreaterThan(180_000_000);
    await store.clear();
    await store.clear();
    await until(store, ({ bytes }) => bytes < 1_000_000);
    // Each call lets one step of tidying pass.
    for (let step = 0; step < 30; step += 1) await store.flush();
    await store.close();
    expect(statSync(path).size).toBeLessThan(150_000_000);
  });
}, 60_000);
