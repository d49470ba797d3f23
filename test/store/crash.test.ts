import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openStore } from '../../proxy-core/store/open.ts';
import { everything, idsOf, put, query, range, temporaryDirectory } from './pairs.ts';

const program = join(import.meta.dirname, 'load-process.ts');

/** Runs the load until it has reported so often, kills it in the midst of its work, and returns the first and last id it reported. */
async function loadAndKill(directory: string, reports: number): Promise<{ first: number; last: number }> {
  const child: ChildProcess = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('the process has no output');
  let report = '';
  let count = 0;
  for await (const line of createInterface(child.stdout)) {
    report = line;
    count += 1;
    if (count === reports) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  const [first = 0, last = 0] = report.split(' ').map(Number);
  return { first, last };
}

test('what was reported as stored is there after kill -9, and what was open has ended', async () => {
  const directory = temporaryDirectory();
  for (const reports of [1, 7, 20]) {
    const { first, last } = await loadAndKill(directory.path, reports);
    // The log of the dead process is there: reading alone must find what it holds.
    const reader = await openStore(directory.path, { readOnly: true });
    const read = await idsOf(reader, query(`id:${String(first)}..${String(last)}`));
    await reader.close();
    expect(read).toEqual(range(first, last));

    const store = await openStore(directory.path);
    expect(store.nextPairId).toBeGreaterThan(last);
    expect(store.nextPairId).toBeLessThan(1_000_000);
    expect(await idsOf(store, query(`id:${String(first)}..${String(last)}`))).toEqual(range(first, last));
    expect(store.status().pairs).toBe((await idsOf(store, everything)).length);
    const body = await store.body(last - 1, 'response', 'decoded', 0, 100);
    expect(Buffer.from(body.bytes).toString()).toBe(`body of ${String(last - 1)}`);
    expect((await store.body(last, 'response', 'wire', 0, 10)).totalBytes).toBe(100_000);
    expect(await store.detail(first)).toMatchObject({
      state: 'done',
      error: 'engine-died',
      status: 'engine-died',
      failure: { code: 'engine-died' },
    });
    const interrupted = await store.record(first + 1);
    expect(interrupted).toMatchObject({ state: 'done', failure: { code: 'engine-died' }, request: { wireBytes: 150_000 } });
    expect(Buffer.from(interrupted.request.body).equals(Buffer.alloc(150_000, 'p'))).toBe(true);
    expect(await idsOf(store, query('is:open'))).toEqual([]);
    // It goes on as if nothing had been.
    await put(store, { id: store.nextPairId });
    await store.close();

    const database = new DatabaseSync(join(directory.path, 'pairs.db'));
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(database.prepare('SELECT count(*) AS parts FROM part WHERE pair NOT IN (SELECT id FROM pair)').get()).toEqual({
      parts: 0,
    });
    database.close();
  }
  directory.remove();
}, 120_000);
