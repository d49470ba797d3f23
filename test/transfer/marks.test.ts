import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { ApiClient } from '../../proxy-core/api/client.ts';
import { limits } from '../../proxy-core/limits.ts';
import { devtoolsHar } from './devtools-har.ts';
import { contentOf, dataDirWith, exported, imported, rows, saved } from './support.ts';

/** Colours and notes on their way through the API, out of Sidetap and in again. */

const json = { responseHeaders: ['Content-Type: application/json'], responseBody: '{}' };

async function marks(client: ApiClient, filter = '', snapshot?: string): Promise<unknown[]> {
  return (await rows(client, filter, snapshot)).map(({ colour, note, pinned }) => [colour, note, pinned]);
}

/** The text of the only file with this ending. */
function only(dir: string, extension: string): string {
  const files = readdirSync(dir, { withFileTypes: true, recursive: true }).filter((entry) => entry.name.endsWith(extension));
  const [file] = files;
  if (file === undefined || files.length > 1) throw new Error(`${String(files.length)} files end in ${extension}`);
  return readFileSync(path.join(file.parentPath, file.name), 'utf8');
}

describe('the API', () => {
  test('marks and pins, tells what was before, and takes that back', async () => {
    const { client } = await dataDirWith({ id: 1 }, { id: 2 }, { id: 3 });
    await client.pairs.pin({ ids: [2], pinned: true });
    const first = await client.pairs.mark({ ids: [1, 2, 77], colour: 'green', note: 'look' });
    expect(first.before.map(({ id, pinned }) => [id, pinned])).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(first.after).toEqual([1, 2].map((id) => ({ id, colour: 'green', note: 'look', pinned: true })));
    expect(await client.pairs.get({ id: 1 })).toMatchObject({ colour: 'green', note: 'look', pinned: true });
    await client.pairs.clear();
    expect(await marks(client)).toHaveLength(2);
    await client.pairs.undoClear();

    const gone = await client.pairs.mark({ ids: [1, 2], colour: null, note: '' });
    // The pin stays: nothing is deleted because a mark was taken away.
    expect(await marks(client)).toEqual([
      [null, '', true],
      [null, '', true],
      [null, '', false],
    ]);
    await client.pairs.restoreMarks({ marks: gone.before });
    expect(await marks(client, 'is:marked')).toHaveLength(2);
    await client.pairs.restoreMarks({ marks: first.before });
    expect(await marks(client)).toEqual([
      [null, '', false],
      [null, '', true],
      [null, '', false],
    ]);
  });

  test('refuses colours that there are not, and books', async () => {
    const { client } = await dataDirWith({ id: 1 });
    const pink = client.pairs.mark({ ids: [1], colour: 'pink' as 'red' });
    await expect(pink).rejects.toMatchObject({ code: 'bad-usage', message: expect.stringContaining('colour') as string });
    const book = client.pairs.mark({ ids: [1], note: 'x'.repeat(limits.noteChars + 1) });
    await expect(book).rejects.toMatchObject({ code: 'bad-usage', message: expect.stringContaining('note') as string });
    expect(await marks(client)).toEqual([[null, '', false]]);
  });

  test('names the place of a colour that a filter cannot mean', async () => {
    const { client } = await dataDirWith({ id: 1 });
    expect(await client.filter.check({ filter: 'is:pinned colour:pink' })).toEqual({
      ok: false,
      column: 17,
      message: 'One of red, orange, yellow, green, blue, purple, none is expected.',
    });
  });
});

describe('marks', () => {
  test.each(['har', 'rrpair', 'rrpair-json', 'sidetap'] as const)('go out and come in with %s', async (as) => {
    const { client, dir } = await dataDirWith({ id: 1, ...json }, { id: 2, ...json }, { id: 3, ...json });
    await client.pairs.mark({ ids: [1], colour: 'orange' });
    await client.pairs.mark({ ids: [2], colour: 'blue', note: 'two\nlines “ä” ```' });
    const target = path.join(dir, 'out');
    await exported(client, { as, path: target });
    expect(await imported(client, target)).toMatchObject({ pairs: 3, problemCount: 0 });
    // What is imported does not escape retention.
    expect(await marks(client, 'source:import')).toEqual([
      ['orange', '', false],
      ['blue', 'two\nlines “ä” ```', false],
      [null, '', false],
    ]);
  });

  test('stand where other tools look for notes', async () => {
    const { client, dir } = await dataDirWith({ id: 1, ...json });
    await client.pairs.mark({ ids: [1], colour: 'orange', note: 'ask Ana' });
    await exported(client, { as: 'har', path: path.join(dir, 'x.har') });
    const har = JSON.parse(readFileSync(path.join(dir, 'x.har'), 'utf8')) as { log: { entries: unknown[] } };
    expect(har.log.entries[0]).toMatchObject({ comment: 'ask Ana', _colour: 'orange' });
    await exported(client, { as: 'rrpair-json', path: path.join(dir, 'x') });
    expect(JSON.parse(only(path.join(dir, 'x'), '.json'))).toMatchObject({ notes: 'ask Ana', sidetap: { colour: 'orange' } });
  });

  test('are in a snapshot as they were', async () => {
    const { client } = await dataDirWith({ id: 1 }, { id: 2 });
    await client.pairs.mark({ ids: [1], colour: 'red', note: 'then' });
    await saved(client, { name: 's' });
    await client.pairs.mark({ ids: [1], colour: null, note: 'now' });
    await client.pairs.mark({ ids: [2], colour: 'blue' });
    expect(await marks(client, 'is:marked', 's')).toEqual([['red', 'then', false]]);
    expect(await client.pairs.get({ id: 1, snapshot: 's' })).toMatchObject({ colour: 'red', note: 'then' });
    expect(await marks(client, 'note:now')).toEqual([[null, 'now', true]]);
  });

  test('leave without the secrets in them', async () => {
    const token = 'ghp_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789';
    const { client, dir } = await dataDirWith({ id: 1, requestHeaders: ['Authorization: Bearer header-token-123'], ...json });
    await client.pairs.mark({ ids: [1], note: `with ${token}, header-token-123 and https://x.test/?password=hunter2hunt too` });
    for (const as of ['har', 'rrpair', 'rrpair-json', 'sidetap'] as const) {
      mkdirSync(path.join(dir, `${as}-out`));
      const target = path.join(dir, `${as}-out`, 'it');
      const written = await exported(client, { as, path: target, ids: [1] });
      expect(written.masked).toBeGreaterThanOrEqual(3);
      const files = readdirSync(path.join(dir, `${as}-out`), { withFileTypes: true, recursive: true }).filter((each) =>
        each.isFile(),
      );
      for (const file of files) {
        const text = contentOf(path.join(file.parentPath, file.name));
        expect(text).toContain('with ');
        for (const secret of [token, 'header-token-123', 'hunter2hunt']) expect(text, `${as} ${secret}`).not.toContain(secret);
      }
      // And once more, from what was imported of the one that was let out with them.
      const bare = path.join(dir, `${as}-out`, `bare-${as}`);
      await exported(client, { as, path: bare, ids: [1], reveal: true });
      const { source } = await imported(client, bare);
      const again = path.join(dir, `${as}-again`);
      await exported(client, { as, path: again, query: { filter: `source:="${source}"` } });
      const all = as.startsWith('rrpair') ? only(again, as === 'rrpair' ? '.md' : '.json') : contentOf(again);
      for (const secret of [token, 'header-token-123', 'hunter2hunt']) expect(all, `${as} again ${secret}`).not.toContain(secret);
      expect(all).toContain('with ');
    }
  });
});

describe('a file of another tool', () => {
  test('keeps its own note as long as nobody changes it, however long it is', async () => {
    const { client, dir } = await dataDirWith();
    const [entry] = devtoolsHar().log.entries;
    const long = `${'long '.repeat(limits.noteChars)}end`;
    const file = path.join(dir, 'x.har');
    const entries = [{ ...entry, comment: long, _colour: 'pink' }, { ...entry, comment: 'short' }, entry];
    writeFileSync(file, JSON.stringify({ log: { entries } }));
    await imported(client, file);
    const [one, two, three] = await rows(client);
    expect(one).toMatchObject({ colour: null, note: long.slice(0, limits.noteChars).trim() });
    expect([two?.note, three?.note]).toEqual(['short', '']);
    const out = path.join(dir, 'out.har');
    const written = async (): Promise<{ comment?: string; _colour?: string }[]> => {
      await exported(client, { as: 'har', path: out, reveal: true });
      return (JSON.parse(readFileSync(out, 'utf8')) as { log: { entries: { comment?: string; _colour?: string }[] } }).log.entries;
    };
    expect(await written()).toEqual(entries);
    await client.pairs.mark({ ids: [one?.id ?? 0], note: 'mine' });
    await client.pairs.mark({ ids: [two?.id ?? 0], note: '' });
    await client.pairs.mark({ ids: [three?.id ?? 0], colour: 'green' });
    expect((await written()).map(({ comment, _colour }) => [comment, _colour])).toEqual([
      ['mine', 'pink'],
      [undefined, undefined],
      [undefined, 'green'],
    ]);
    await exported(client, { as: 'har', path: out });
    expect(readFileSync(out, 'utf8')).toContain('"comment":"mine"');
  });

  test('may have notes that are no text: they stay, and ours stand beside them', async () => {
    const { client, dir } = await dataDirWith({ id: 1, ...json });
    await exported(client, { as: 'rrpair-json', path: path.join(dir, 'made') });
    const pair = JSON.parse(only(path.join(dir, 'made'), '.json')) as object;
    const file = path.join(dir, 'x.json');
    writeFileSync(file, JSON.stringify({ ...pair, notes: ['a', 'b'] }));
    const { source } = await imported(client, file);
    const filter = `source:="${source}"`;
    const [row] = await rows(client, filter);
    expect(row).toMatchObject({ note: '' });
    await client.pairs.mark({ ids: [row?.id ?? 0], note: 'mine', colour: 'red' });
    await exported(client, { as: 'rrpair-json', path: path.join(dir, 'out'), query: { filter } });
    const text = only(path.join(dir, 'out'), '.json');
    expect(JSON.parse(text)).toMatchObject({ notes: ['a', 'b'], sidetap: { note: 'mine', colour: 'red' } });
    writeFileSync(path.join(dir, 'y.json'), text);
    const again = await imported(client, path.join(dir, 'y.json'));
    expect(await marks(client, `source:="${again.source}"`)).toEqual([['red', 'mine', false]]);
  });

  test('of Sidetap may hold anything where marks are', async () => {
    const { client, dir } = await dataDirWith({ id: 1 }, { id: 2 });
    await client.pairs.mark({ ids: [1], colour: 'red', note: 'fine' });
    const file = path.join(dir, 'x.sidetap');
    await exported(client, { as: 'sidetap', path: file });
    const database = new DatabaseSync(file);
    database
      .prepare("UPDATE pair SET marked = 7, colour = 'javascript:alert(1)', note = ? WHERE id = 1")
      .run('n'.repeat(1_000_000));
    database.close();
    await imported(client, file);
    const [row] = await rows(client, 'source:import');
    expect(row).toMatchObject({ colour: null, note: 'n'.repeat(limits.noteChars) });
    expect(await rows(client, 'source:import is:marked')).toHaveLength(1);
  });
});
