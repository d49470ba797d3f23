import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startEngine } from '../../proxy-core/engine.ts';
import { RunLog } from '../../proxy-core/keep/sessions.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { put, range } from '../store/pairs.ts';
import { folder, open, rows } from './support.ts';

test('runs are sessions with the pairs that they recorded, the newest first', async () => {
  const dir = await folder();
  const add = async (from: number, to: number, status: number): Promise<void> => {
    const store = await openStore(dir);
    await put(store, ...range(from, to).map((id) => ({ id, status, connection: { direction: 'out' as const } })));
    await store.close();
  };
  // Before runs were written down.
  await add(1, 3, 200);
  const first = await startEngine({ dataDir: dir });
  await first.stop();
  await add(4, 8, 500);
  // One that records nothing is no session.
  await (await startEngine({ dataDir: dir })).stop();
  const third = await startEngine({ dataDir: dir });
  const sessions = await third.client.sessions();
  expect(sessions.map(({ pairs, outbound, errors, current, filter }) => ({ pairs, outbound, errors, current, filter }))).toEqual([
    { pairs: 0, outbound: 0, errors: 0, current: true, filter: 'id:>=9' },
    { pairs: 5, outbound: 5, errors: 5, current: false, filter: 'id:4..8' },
    { pairs: 3, outbound: 3, errors: 0, current: false, filter: 'id:1..3' },
  ]);
  expect(sessions[1]?.endedAt).not.toBeNull();
  expect((await rows(third.client, sessions[1]?.filter ?? '')).map(({ id }) => id)).toEqual([4, 5, 6, 7, 8]);
  // What is compared with today: another session is a filter too.
  for await (const { counts } of await third.client.snapshots.diff({
    before: { query: { filter: 'id:1..3', noise: true } },
    after: { query: { filter: 'id:4..8', noise: true } },
  })) {
    if (counts !== null) expect(counts).toMatchObject({ onlyBefore: 3, onlyAfter: 5 });
  }
  await third.stop();
  const { client } = await open(dir);
  expect((await client.sessions()).every(({ current }) => !current)).toBe(true);
});

test('a log that is broken is set aside, and the pairs are one session', async () => {
  const dir = await folder();
  writeFileSync(path.join(dir, 'sessions.json'), '[{"id":');
  const log = new RunLog(dir);
  expect(log.list()).toEqual([]);
  log.begin(7, new Date(0));
  log.end(new Date(1));
  expect(JSON.parse(readFileSync(path.join(dir, 'sessions.json'), 'utf8'))).toEqual([
    { id: 1, startedAt: '1970-01-01T00:00:00.000Z', endedAt: '1970-01-01T00:00:00.001Z', firstPair: 7 },
  ]);
});
