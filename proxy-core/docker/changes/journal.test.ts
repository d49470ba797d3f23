import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal } from './journal.ts';
import type { Line } from './record.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'sidetap-journal-'));
  file = path.join(dir, 'docker-changes.jsonl');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const noDamage = (copy: string): never => {
  throw new Error(`damage is told of ${copy}`);
};

const lines: Line[] = [
  { op: 'begin', change: 'c1', method: 'twin', target: { id: 'abc', name: 'web' }, daemon: 'd', at: '2026-01-01T00:00:00.000Z' },
  { op: 'step', change: 'c1', index: 0, step: { kind: 'stopped', container: 'abc' } },
  { op: 'made', change: 'c1', index: 0 },
  { op: 'step', change: 'c1', index: 1, step: { kind: 'renamed', container: 'abc', from: 'web', to: 'web-sidetap-original' } },
  { op: 'applied', change: 'c1', container: 'def', note: 'größer 🐳' },
  { op: 'undoing', change: 'c1', run: true },
  { op: 'undone', change: 'c1', index: 1 },
];

async function written(): Promise<Journal> {
  const journal = await Journal.open(dir, noDamage);
  for (const line of lines) await journal.append(line);
  return journal;
}

test('what was appended is there when it is opened again, for its owner only', async () => {
  const journal = await written();
  const records = [...journal.records.values()];
  await journal.close();
  const again = await Journal.open(dir, noDamage);
  expect([...again.records.values()]).toEqual(records);
  expect(records[0]?.steps.map(({ made, undone }) => [made, undone])).toEqual([
    [true, false],
    [false, true],
  ]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await again.close();
});

test('is made with the first change, whose folder is made too', async () => {
  await (await Journal.open(dir, noDamage)).close();
  expect(await readdir(dir)).toEqual([]);
  const below = path.join(dir, 'data');
  const journal = await Journal.open(below, noDamage);
  await journal.append(lines[0] as Line);
  await journal.close();
  expect(await readdir(below)).toEqual(['docker-changes.jsonl']);
});

test('is empty when no change stands any more', async () => {
  const journal = await written();
  await journal.append({ op: 'end', change: 'c1' });
  expect((await stat(file)).size).toBe(0);
  await journal.append(lines[0] as Line);
  await journal.close();
  expect((await readFile(file, 'utf8')).trim()).toBe(JSON.stringify(lines[0]));
});

test('cut off anywhere it tells of all lines that were whole, and takes further ones', async () => {
  await (await written()).close();
  const whole = await readFile(file);
  const boundaries = [...whole.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at);
  const cuts = [0, ...boundaries.flatMap((at) => [at - 1, at, at + 1, at + 2]), whole.length - 40].filter(
    (at) => at <= whole.length,
  );
  for (const length of cuts) {
    await writeFile(file, whole.subarray(0, length));
    const journal = await Journal.open(dir, noDamage);
    const told = whole.subarray(0, length).toString('latin1').split('\n').length - 1;
    expect(journal.records.size).toBe(told === 0 ? 0 : 1);
    await journal.append({ op: 'begin', change: 'c2', method: 'bundle', target: { id: 'x', name: 'y' }, daemon: 'd', at: '' });
    await journal.close();
    const again = await Journal.open(dir, noDamage);
    expect(again.records.has('c2')).toBe(true);
    expect(again.records.size).toBe(told === 0 ? 1 : 2);
    await again.close();
  }
});

test('damage in the middle is told, kept aside, and costs nothing but itself', async () => {
  await (await written()).close();
  const whole = await readFile(file, 'utf8');
  const copies: string[] = [];
  await writeFile(file, `\0\0garbage\n{"op":"made","change":"unknown","index":3}\n${whole}`);
  const journal = await Journal.open(dir, (copy) => copies.push(copy));
  await journal.close();
  expect(journal.records.get('c1')?.steps).toHaveLength(2);
  expect(copies).toEqual([`${file}.damaged`]);
  expect(await readFile(`${file}.damaged`, 'utf8')).toContain('garbage');
  await (await Journal.open(dir, noDamage)).close();
});

test('lines that are appended at once are written one after the other', async () => {
  const journal = await Journal.open(dir, noDamage);
  await Promise.all(
    Array.from({ length: 20 }, (_, number) =>
      journal.append({ op: 'begin', change: `c${number}`, method: 'bundle', target: { id: '', name: '' }, daemon: '', at: '' }),
    ),
  );
  await journal.close();
  const again = await Journal.open(dir, noDamage);
  expect(again.records.size).toBe(20);
  await again.close();
});

test('says what to do when it cannot be written', async () => {
  await writeFile(path.join(dir, 'file'), '');
  await expect(Journal.open(path.join(dir, 'file', 'below'), noDamage)).rejects.toMatchObject({ code: 'data-dir-unusable' });
});
