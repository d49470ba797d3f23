import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countPairs } from '../../proxy-core/store/batch.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { databaseName, openForWriting } from '../../proxy-core/store/schema.ts';
import { PairWriter } from '../../proxy-core/store/writer.ts';
import { openStored } from '../../proxy-core/stored.ts';
import { batchOf, everything, idsOf, put, query, range, temporaryDirectory } from './pairs.ts';

test('what was stored without rows when the engine died is listed at the next start', async () => {
  const directory = temporaryDirectory();
  const database = openForWriting(join(directory.path, databaseName));
  const writer = new PairWriter(database);
  writer.write([batchOf([{ id: 1 }, { id: 2, open: true }])]);
  writer.keep([batchOf([{ id: 2, status: 201 }, { id: 3 }]), batchOf([{ id: 4, open: true }])]);
  expect(writer.unlisted).toBe(true);
  expect(writer.state).toMatchObject({ rows: 2, lastId: 2 });
  database.close();

  const store = await openStore(directory.path);
  expect(store.nextPairId).toBe(5);
  expect(store.status()).toMatchObject({ pairs: 4, unlisted: 0 });
  expect(await idsOf(store, everything)).toEqual(range(1, 4));
  expect(await idsOf(store, query('status:201'))).toEqual([2]);
  expect(await store.detail(4)).toMatchObject({ state: 'done', error: 'engine-died' });
  await put(store, { id: 5 });
  expect(await idsOf(store, everything)).toEqual(range(1, 5));
  await store.close();
});

test('whoever reads what a killed engine left unlisted finds it', async () => {
  const directory = temporaryDirectory();
  const database = openForWriting(join(directory.path, databaseName));
  const writer = new PairWriter(database);
  writer.write([batchOf([{ id: 1 }])]);
  writer.keep([batchOf([{ id: 2 }, { id: 3 }])]);
  database.close();
  const unlisted = await openStore(directory.path, { readOnly: true });
  expect(unlisted.status()).toMatchObject({ pairs: 1, unlisted: 2 });
  await unlisted.close();

  const { client, close } = await openStored(directory.path);
  expect(await client.pairs.list({ filter: '', noise: true })).toMatchObject({ total: 3 });
  await close();
});

test('rows are made in the order in which their blocks came, some at a time', () => {
  const directory = temporaryDirectory();
  const database = openForWriting(join(directory.path, databaseName));
  const writer = new PairWriter(database);
  const batches = range(1, 6).map((id) => batchOf([{ id }]));
  writer.keep(batches);
  writer.list(0);
  expect(writer.state).toMatchObject({ rows: 1, lastId: 1 });
  writer.list((batches[1]?.length ?? 0) + 1);
  expect(writer.state).toMatchObject({ rows: 3, lastId: 3 });
  expect(countPairs(writer.skip())).toBe(1);
  expect(writer.state).toMatchObject({ rows: 3, lastId: 3 });
  writer.list(1_000_000);
  expect(writer.unlisted).toBe(false);
  expect(database.prepare('SELECT id FROM pair ORDER BY id').all()).toEqual([1, 2, 3, 5, 6].map((id) => ({ id })));
  // Nothing points to the block that was given up.
  expect(database.prepare('SELECT count(*) AS blocks FROM block').get()).toEqual({ blocks: 5 });
  expect(database.prepare('SELECT count(*) AS blocks FROM stock').get()).toEqual({ blocks: 5 });
  database.close();
});

test('under load everything is listed in the end, and whoever waits for it gets it', async () => {
  const directory = temporaryDirectory();
  const store = await openStore(directory.path);
  const PAIRS = 60_000;
  const seen: number[] = [];
  store.onChange(({ pairs, unlisted }) => seen.push(pairs + unlisted));
  for (let id = 1; id <= PAIRS; id += 100) store.write(batchOf(range(id, id + 99).map((each) => ({ id: each }))));
  // A clear hides what was stored before it, listed or not.
  const hidden = store.clear();
  store.write(batchOf([{ id: PAIRS + 1 }]));
  expect(await hidden).toBe(PAIRS);
  await store.flush();
  expect(await idsOf(store, everything)).toEqual([PAIRS + 1]);
  expect(store.status()).toMatchObject({ pairs: 1, unlisted: 0, unwritten: 0 });
  expect(Math.max(...seen)).toBeLessThanOrEqual(PAIRS + 1);
  await store.close();
});
