import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryDirectory } from './pairs.ts';

const run = promisify(execFile);

interface Result {
  full: { problem: string; unwritten: number };
  readableWhenFull: number;
  pendingWhenFull: number;
  unwritten: number;
  after: { problem: string; unwritten: number; pairs: number };
  sent: number;
  stored: number;
  storedAfter: number;
  longestWrite: number;
  integrity: string;
}

/** Runs the program with a disk of its own of that size: a tmpfs in a mount namespace, which ends with the process. */
async function onSmallDisk(program: string, directory: string, megabytes: number): Promise<string> {
  const namespace = process.getuid?.() === 0 ? ['-m'] : ['-Urm'];
  const script = 'mount -t tmpfs -o size="$1"m sidetap-test "$2" && exec "$3" "$4" "$2"';
  const { stdout } = await run('unshare', [
    ...namespace,
    'sh',
    '-c',
    script,
    'sh',
    String(megabytes),
    directory,
    process.execPath,
    program,
  ]);
  return stdout;
}

test('on a full disk pairs are given up and counted, and storing goes on when there is space again', async () => {
  const directory = temporaryDirectory();
  const output = await onSmallDisk(join(import.meta.dirname, 'full-disk-process.ts'), directory.path, 32);
  const result = JSON.parse(output) as Result;
  expect(result.full.problem).toMatch(/disk is full.*Capture goes on/);
  expect(result.readableWhenFull).toBeGreaterThan(1_000);
  expect(result.pendingWhenFull).toBe(0);
  expect(result.longestWrite).toBeLessThan(1_000);
  expect(result.after).toMatchObject({ problem: '', unwritten: result.unwritten, pairs: result.stored });
  expect(result.storedAfter).toBe(1_000);
  expect(result.unwritten).toBeGreaterThan(0);
  // Every pair is either there or counted.
  expect(result.stored + result.unwritten).toBe(result.sent);
  expect(result.integrity).toBe('ok');
  directory.remove();
}, 60_000);
