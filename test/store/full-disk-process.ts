import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../proxy-core/store/open.ts';
import { batchOf, everything, idsOf, range, until } from './pairs.ts';

/** Fills the small disk that the directory is on, frees some of it, and prints what the store made of it as JSON. */
const [directory = ''] = process.argv.slice(2);
const ballast = join(directory, 'ballast');
writeFileSync(ballast, Buffer.alloc(8 * 1024 * 1024, 1));
const data = join(directory, 'data');
const store = await openStore(data);

let next = 1;
let sent = 0;
let longestWrite = 0;
async function send(): Promise<void> {
  const batch = batchOf(range(next, next + 49).map((id) => ({ id, responseBody: Buffer.alloc(2_000, id) })));
  const started = performance.now();
  store.write(batch);
  longestWrite = Math.max(longestWrite, performance.now() - started);
  next += 50;
  sent += 50;
  await store.flush();
}

while (store.status().unwritten === 0) await send();
const full = store.status();
const readableWhenFull = (await idsOf(store, everything)).length;
for (let extra = 0; extra < 20; extra += 1) await send();
const pendingWhenFull = store.pendingBytes;
rmSync(ballast);
await until(store, ({ problem }) => problem === '');
const unwritten = store.status().unwritten;
const firstAfter = next;
for (let extra = 0; extra < 20; extra += 1) await send();
const stored = await idsOf(store, everything);
const after = store.status();
await store.close();

const database = new DatabaseSync(join(data, 'pairs.db'));
const integrity = database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
database.close();
const result = {
  full,
  readableWhenFull,
  pendingWhenFull,
  unwritten,
  after,
  sent,
  stored: stored.length,
  firstAfter,
  lastId: next - 1,
  storedAfter: stored.filter((id) => id >= firstAfter).length,
  longestWrite,
  integrity,
};
process.stdout.write(JSON.stringify(result));
