import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { limits } from '../../proxy-core/limits.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { batchOf, partsOf, put, range, type TestPair } from '../store/pairs.ts';
import { contentOf, dataDirWith, exported, folder, imported, open, outcome, rows, saved } from './support.ts';

const pair = (id: number, more: Partial<TestPair> = {}): TestPair => ({
  id,
  target: `/items/${String(id)}`,
  responseHeaders: ['Content-Type: application/json'],
  responseBody: `{"id":${String(id)}}`,
  ...more,
});

describe('a snapshot', () => {
  test('keeps what it was made of: list, detail, bodies, export', async () => {
    const { client, dir } = await dataDirWith(...range(1, 20).map((id) => pair(id)));
    const big = Buffer.alloc(3 * limits.bodyPartBytes + 5, 'b');
    const made = await saved(client, { name: 'yesterday', query: { filter: 'id:5..9', noise: true } });
    expect(made).toMatchObject({ name: 'yesterday', pairs: 5, origin: 'id:5..9', problem: '' });
    await client.pairs.clear();
    expect(await rows(client)).toEqual([]);
    expect((await rows(client, '', 'yesterday')).map(({ id }) => id)).toEqual([5, 6, 7, 8, 9]);
    expect((await rows(client, 'path:/items/7', made.id)).map(({ id }) => id)).toEqual([7]);
    const detail = await client.pairs.get({ id: 7, snapshot: made.id });
    expect(detail.request.startLine).toBe('GET /items/7 HTTP/1.1');
    const body = await client.pairs.body({ id: 7, side: 'response', snapshot: made.id });
    expect(Buffer.from(body.base64, 'base64').toString()).toBe('{"id":7}');
    const curl = await client.export.curl({ id: 7, snapshot: 'yesterday' });
    expect(curl.command).toContain('/items/7');
    await expect(client.pairs.get({ id: 1, snapshot: made.id })).rejects.toMatchObject({ code: 'pair-not-found' });
    expect(big.length).toBeGreaterThan(limits.bodyPartBytes);
    expect(readdirSync(path.join(dir, 'snapshots'))).toEqual([`${made.id}.db`]);
  });

  test('of chosen pairs, of everything, of another snapshot', async () => {
    const { client } = await dataDirWith(...range(1, 10).map((id) => pair(id)));
    const chosen = await saved(client, { name: 'a', ids: [9, 2] });
    expect((await rows(client, '', chosen.id)).map(({ id }) => id)).toEqual([2, 9]);
    expect(await saved(client, { name: 'b' })).toMatchObject({ pairs: 10, origin: 'everything' });
    expect(await saved(client, { name: 'c', snapshot: 'a', query: { filter: 'id:9', noise: true } })).toMatchObject({ pairs: 1 });
    await expect(saved(client, { name: 'd', ids: [99] })).rejects.toMatchObject({ code: 'pair-not-found' });
    await expect(saved(client, { name: 'd', snapshot: 'nowhere' })).rejects.toMatchObject({ code: 'snapshot-not-found' });
  });

  test('can be renamed and deleted, also while it is read', async () => {
    const { client } = await dataDirWith(pair(1));
    const { id } = await saved(client, { name: 'first' });
    await rows(client, '', 'first');
    expect(await client.snapshots.rename({ snapshot: 'first', name: '../x\0 “y”' })).toMatchObject({ id, name: '../x\0 “y”' });
    await expect(rows(client, '', 'first')).rejects.toMatchObject({ code: 'snapshot-not-found' });
    expect(await rows(client, '', id)).toHaveLength(1);
    await client.snapshots.remove({ snapshot: id });
    expect(await client.snapshots.list()).toEqual([]);
    await expect(rows(client, '', id)).rejects.toMatchObject({ code: 'snapshot-not-found' });
    await expect(client.snapshots.rename({ snapshot: '../../pairs', name: 'x' })).rejects.toMatchObject({
      code: 'snapshot-not-found',
    });
  });

  test('that is damaged is listed with the reason, and the others can be read', async () => {
    const { client, dir } = await dataDirWith(pair(1));
    const { id } = await saved(client, { name: 'good' });
    writeFileSync(path.join(dir, 'snapshots', 'broken.db'), 'SQLite format 3\0 nonsense');
    const list = await client.snapshots.list();
    expect(list.find((each) => each.id === 'broken')?.problem).toMatch(/cannot be read/);
    expect(await rows(client, '', id)).toHaveLength(1);
    await expect(rows(client, '', 'broken')).rejects.toMatchObject({ code: 'snapshot-not-found' });
  });
});

test('deleted neighbours of a block never leave the machine', async () => {
  const dir = await folder();
  const store = await openStore(dir);
  // One batch is one block: the pair that is kept and the one that is deleted stand in the same bytes.
  store.write(partsOf(1, 'response', Buffer.alloc(100_000, 'NEIGHBOUR-BODY ')));
  store.write(
    batchOf([
      pair(1, { target: '/NEIGHBOUR-PATH', responseInParts: true }),
      pair(2, { requestBody: Buffer.alloc(150_000, 'kept '), responseBody: 'kept' }),
      pair(3, { requestHeaders: ['X: NEIGHBOUR-HEAD'] }),
    ]),
  );
  await store.flush();
  await store.discard(1, 1);
  await store.discard(3, 3);
  await store.close();
  const { client } = await open(dir);
  expect((await rows(client)).map(({ id }) => id)).toEqual([2]);
  const out = path.join(dir, 'out.sidetap');
  await exported(client, { as: 'sidetap', path: out });
  const { id } = await saved(client, { name: 's' });
  for (const file of [out, path.join(dir, 'snapshots', `${id}.db`)]) {
    const content = contentOf(file);
    expect(content.includes('kept kept')).toBe(true);
    expect(content.includes('NEIGHBOUR')).toBe(false);
  }
  const body = await client.pairs.body({ id: 2, side: 'request', snapshot: id, length: 200_000 });
  expect(Buffer.from(body.base64, 'base64').equals(Buffer.alloc(150_000, 'kept '))).toBe(true);
});

describe('two snapshots', () => {
  test('are compared by what was asked, in order', async () => {
    const { client, dir, stored } = await dataDirWith(
      pair(1, { target: '/same' }),
      pair(2, { target: '/status', status: 200 }),
      pair(3, { target: '/gone' }),
      pair(4, { target: '/twice', responseBody: '{"n":1}' }),
      pair(5, { target: '/twice', responseBody: '{"n":2}' }),
      pair(6, { target: '/header', responseHeaders: ['X: 1', 'Date: Mon, 20 Nov 2026 10:00:00 GMT'] }),
      pair(7, { target: '/slow', latency: 10_000 }),
    );
    await saved(client, { name: 'before' });
    await stored.close();
    const store = await openStore(dir);
    await put(
      store,
      pair(11, { target: '/same', responseBody: '{"id":1}' }),
      pair(12, { target: '/status', status: 500, responseBody: '{"id":2}' }),
      pair(13, { target: '/new' }),
      pair(14, { target: '/twice', responseBody: '{"n":1}' }),
      pair(15, { target: '/twice', responseBody: '{"n":3}' }),
      pair(16, { target: '/header', responseHeaders: ['X: 2', 'Date: Mon, 20 Nov 2026 11:00:00 GMT'], responseBody: '{"id":6}' }),
      pair(17, { target: '/slow', latency: 900_000, responseBody: '{"id":7}' }),
    );
    await store.close();
    const again = await open(dir);
    const differences = [];
    let counts = null;
    for await (const event of await again.client.snapshots.diff({
      before: { snapshot: 'before' },
      after: { query: { filter: 'id:11..', noise: true } },
    })) {
      differences.push(...event.differences);
      counts = event.counts ?? counts;
    }
    expect(counts).toMatchObject({ same: 3, changed: 3, onlyBefore: 1, onlyAfter: 1, slower: 1, faster: 0 });
    expect(differences.map(({ kind, location, before, after }) => [kind, location, before, after])).toEqual([
      ['changed', '/status', 2, 12],
      ['only-before', '/gone', 3, null],
      ['changed', '/twice', 5, 15],
      ['changed', '/header', 6, 16],
      ['changed', '/slow', 7, 17],
      ['only-after', '/new', null, 13],
    ]);
    expect(differences[0]).toMatchObject({ status: { before: '200', after: '500' } });
    expect(differences[2]).toMatchObject({ body: 1, headers: 0, status: null });
    expect(differences[3]).toMatchObject({ headers: 1, body: 0 });
    const diff = await again.client.replay.diff({ before: 5, after: 15, beforeSnapshot: 'before' });
    expect(diff.body.map((each) => each.path)).toEqual(['$.n']);
  });
});

describe('a file of another Sidetap', () => {
  test('is imported with its replays, and its ids are given anew', async () => {
    const { client, dir } = await dataDirWith(pair(1), pair(2, { replayOf: 1 }), pair(3, { open: true }));
    const out = path.join(dir, 'out.sidetap');
    expect(await exported(client, { as: 'sidetap', path: out, reveal: true })).toMatchObject({ pairs: 3, masked: 0 });
    const result = await imported(client, out);
    expect(result).toMatchObject({ pairs: 3, files: 1, source: 'import:out.sidetap', problemCount: 0 });
    const [one, two, three] = await rows(client, 'source:="import:out.sidetap"');
    expect(two?.replayOf).toBe(one?.id);
    expect(one?.id).toBeGreaterThan(3);
    expect(three).toMatchObject({ state: 'done', error: 'engine-died' });
  });

  test('that holds other tables, or a trigger, or no pairs at all, is refused', async () => {
    const { client, dir } = await dataDirWith(pair(1));
    const { DatabaseSync } = await import('node:sqlite');
    const good = path.join(dir, 'good.sidetap');
    await exported(client, { as: 'sidetap', path: good });
    const changes = {
      view: 'ALTER TABLE part RENAME TO other; CREATE VIEW part AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS pair FROM n',
      trigger: 'CREATE TRIGGER t AFTER INSERT ON pair BEGIN DELETE FROM pair; END',
      version: 'PRAGMA user_version = 99',
      id: 'PRAGMA application_id = 1',
    };
    for (const [name, sql] of Object.entries(changes)) {
      const file = path.join(dir, `${name}.sidetap`);
      writeFileSync(file, readFileSync(good));
      const database = new DatabaseSync(file);
      database.exec(sql);
      database.close();
      const result = await imported(client, file);
      expect(result).toMatchObject({ pairs: 0, problemCount: 1 });
      expect(result.problems[0]?.problem).toMatch(/^.{10,300}\.$/);
    }
    const cut = path.join(dir, 'cut.sidetap');
    writeFileSync(cut, readFileSync(good).subarray(0, 20_000));
    expect((await imported(client, cut)).problemCount).toBeGreaterThan(0);
  });

  test('with wild numbers and facts is taken pair by pair', async () => {
    const { client, dir } = await dataDirWith(...range(1, 4).map((id) => pair(id)));
    const { DatabaseSync } = await import('node:sqlite');
    const file = path.join(dir, 'wild.sidetap');
    await exported(client, { as: 'sidetap', path: file, reveal: true });
    const database = new DatabaseSync(file);
    database.exec(`UPDATE pair SET started = 9223372036854775807 WHERE id = 1; UPDATE pair SET place = 4000000000 WHERE id = 2;
      UPDATE pair SET connection = 77 WHERE id = 3`);
    database.close();
    const result = await imported(client, file);
    expect(result).toMatchObject({ pairs: 1, problemCount: 3 });
    expect(result.problems.map(({ place }) => place)).toEqual(['pair 1', 'pair 2', 'pair 3']);
    expect(await rows(client)).toHaveLength(5);
  });

  test('can become a snapshot', async () => {
    const { client, dir } = await dataDirWith(...range(1, 5).map((id) => pair(id)));
    const file = path.join(dir, 'out.sidetap');
    await exported(client, { as: 'sidetap', path: file });
    const result = await outcome(client.import({ paths: [file], snapshot: 'theirs' }), 'imported');
    expect(result).toMatchObject({ pairs: 5, source: '', snapshot: { name: 'theirs', pairs: 5, origin: 'import:out.sidetap' } });
    expect(await rows(client)).toHaveLength(5);
    expect(await rows(client, '', 'theirs')).toHaveLength(5);
  });
});
