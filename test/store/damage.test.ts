import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type StoreNotice } from '../../proxy-core/store/open.ts';
import { everything, idsOf, put, query, range, temporaryDirectory } from './pairs.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;
let notices: StoreNotice[];
const notify = (notice: StoreNotice): void => {
  notices.push(notice);
};

beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'pairs.db');
  notices = [];
});

afterEach(() => {
  directory.remove();
});

const setAside = (): string[] => readdirSync(directory.path).filter((name) => /^pairs-corrupt-.*\.db$/.test(name));

test('a file that is no database is set aside whole, and a new one begun', async () => {
  writeFileSync(path, 'what is this? '.repeat(1_000));
  const store = await openStore(directory.path, { notify });
  await put(store, { id: store.nextPairId });
  expect(await idsOf(store, everything)).toEqual([1]);
  expect(store.status().problem).toBe('');
  await store.close();
  const [name = ''] = setAside();
  expect(readFileSync(join(directory.path, name), 'utf8')).toContain('what is this?');
  expect(notices).toMatchObject([{ id: 'store-set-aside', level: 'warning' }]);
  expect(notices[0]?.text).toContain(name);
});

test('a database whose pages are damaged is set aside when it is opened', async () => {
  let store = await openStore(directory.path, { notify });
  await put(store, ...range(1, 2_000).map((id) => ({ id, responseBody: randomBytes(500) })));
  await store.close();
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  for (let at = 8_192; at < size; at += 8_192) writeSync(file, Buffer.alloc(8_192, 0xa5), 0, 8_192, at);
  closeSync(file);
  store = await openStore(directory.path, { notify });
  await put(store, { id: store.nextPairId });
  expect(await idsOf(store, everything)).toHaveLength(1);
  await store.close();
  expect(setAside()).toHaveLength(1);
  expect(notices).toHaveLength(1);
});

test('damage that shows while it runs costs what was stored, and nothing that comes', async () => {
  const store = await openStore(directory.path, { notify });
  for (let id = 1; id <= 20_000; id += 1_000)
    await put(store, ...range(id, id + 999).map((each) => ({ id: each, responseBody: randomBytes(2_000) })));
  const { size } = statSync(path);
  expect(size).toBeGreaterThan(30_000_000);
  const file = openSync(path, 'r+');
  // Somebody else writes into the file: nearly all of it, so that what the threads remember is not enough.
  for (let at = 8_192 * 4; at < size; at += 8_192) writeSync(file, Buffer.alloc(8_192, 0xa5), 0, 8_192, at);
  closeSync(file);
  // Which of the two threads meets it first does not matter.
  const met = idsOf(store, query('body:nowhere')).catch((error: unknown) => error);
  let id = 20_001;
  while (setAside().length === 0) {
    await put(store, ...range(id, id + 99).map((each) => ({ id: each })));
    id += 100;
  }
  await met;
  await put(store, { id, target: '/after' });
  const after = await idsOf(store, everything);
  expect(after.at(-1)).toBe(id);
  expect(after[0]).toBeGreaterThan(20_000);
  expect(store.status()).toMatchObject({ problem: '', unwritten: 0, pairs: after.length });
  expect(await store.list(query('path:=/after'), 0, 10)).toMatchObject({ total: 1, rows: [{ id }] });
  await store.close();
  expect(notices.map((notice) => notice.id)).toEqual(['store-set-aside']);
  expect(setAside()).toHaveLength(1);
}, 60_000);

test('a database that was cut off is set aside', async () => {
  let store = await openStore(directory.path, { notify });
  await put(store, ...range(1, 3_000).map((id) => ({ id, responseBody: randomBytes(500) })));
  await store.close();
  const file = openSync(path, 'r+');
  ftruncateSync(file, Math.floor(statSync(path).size / 3));
  closeSync(file);
  store = await openStore(directory.path, { notify });
  await put(store, { id: store.nextPairId });
  await store.close();
  expect(setAside()).toHaveLength(1);
});

test('a database of a newer version is left alone, and says what to do', async () => {
  const newer = new DatabaseSync(path);
  newer.exec('CREATE TABLE pair (id INTEGER PRIMARY KEY); PRAGMA user_version = 99');
  newer.close();
  const expected = { code: 'store-unusable', message: expect.stringMatching(/newer version of Sidetap.*Update/) as string };
  await expect(openStore(directory.path)).rejects.toMatchObject(expected);
  await expect(openStore(directory.path, { readOnly: true })).rejects.toMatchObject(expected);
  expect(setAside()).toEqual([]);
});

test('a database of an earlier version is set aside whole, and a new one begun', async () => {
  const earlier = new DatabaseSync(path);
  earlier.exec('CREATE TABLE pair (id INTEGER PRIMARY KEY); PRAGMA user_version = 2');
  earlier.close();
  await expect(openStore(directory.path, { readOnly: true })).rejects.toMatchObject({
    code: 'store-unusable',
    message: expect.stringMatching(/earlier version of Sidetap.*next capture/) as string,
  });
  const store = await openStore(directory.path, { notify });
  await put(store, { id: store.nextPairId });
  expect(await idsOf(store, everything)).toEqual([1]);
  await store.close();
  expect(notices).toMatchObject([{ id: 'store-set-aside', level: 'warning' }]);
  const name = readdirSync(directory.path).find((each) => /^pairs-v2-.*\.db$/.test(each)) ?? '';
  expect(notices[0]?.text).toContain(name);
  const kept = new DatabaseSync(join(directory.path, name), { readOnly: true });
  expect(kept.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
  kept.close();
});

test.each([
  [3, 'which says more of each pair'],
  [4, 'whose blocks are not packed'],
])('a database of version %i, %s, is read and written on', async (version) => {
  let store = await openStore(directory.path, { notify });
  await put(store, { id: store.nextPairId });
  await store.close();
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA user_version = ${String(version)}`);
  database.close();
  const reader = await openStore(directory.path, { readOnly: true });
  expect(await idsOf(reader, everything)).toEqual([1]);
  await reader.close();
  store = await openStore(directory.path, { notify });
  await put(store, { id: store.nextPairId });
  expect(await idsOf(store, everything)).toEqual([1, 2]);
  await store.close();
  expect(setAside()).toEqual([]);
  const written = new DatabaseSync(path, { readOnly: true });
  expect(written.prepare('PRAGMA user_version').get()).toEqual({ user_version: 5 });
  written.close();
});

test('a block that cannot be unpacked costs its own pairs, and they are counted as far as that goes', async () => {
  let store = await openStore(directory.path, { notify });
  await put(store, { id: 1, responseBody: 'one '.repeat(1_000) });
  await put(store, { id: 2, responseBody: 'two '.repeat(1_000) });
  await store.close();
  const database = new DatabaseSync(path);
  database.exec('UPDATE block SET bytes = substr(bytes, 1, 20) WHERE id = (SELECT block FROM pair WHERE id = 1)');
  database.close();
  store = await openStore(directory.path, { notify });
  expect(await idsOf(store, everything)).toEqual([1, 2]);
  await expect(store.detail(1)).rejects.toMatchObject({
    code: 'store-unusable',
    message: expect.stringContaining('damaged') as string,
  });
  expect(await store.detail(2)).toMatchObject({ id: 2 });
  await store.close();

  // The same where its rows are still to be made.
  const again = new DatabaseSync(path);
  again.exec('UPDATE state SET listed_to = 0; DELETE FROM pair; UPDATE stock SET records = 0');
  again.close();
  store = await openStore(directory.path, { notify });
  expect(await idsOf(store, everything)).toEqual([2]);
  expect(store.status().problem).toContain('damaged');
  await store.close();
});

test('an empty file is a new store', async () => {
  writeFileSync(path, '');
  const reader = await openStore(directory.path, { readOnly: true });
  expect(await idsOf(reader, everything)).toEqual([]);
  await reader.close();
  const store = await openStore(directory.path);
  await put(store, { id: 1 });
  expect(await idsOf(store, everything)).toEqual([1]);
  await store.close();
});

test('a directory that cannot be made is an error that says so', async () => {
  writeFileSync(join(directory.path, 'file'), '');
  await expect(openStore(join(directory.path, 'file', 'data'))).rejects.toMatchObject({
    code: 'store-unusable',
    message: expect.stringContaining('--data-dir') as string,
  });
  expect(existsSync(path)).toBe(false);
});
