import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { range } from '../store/pairs.ts';
import { dataDirWith, folder } from './support.ts';

const run = promisify(execFile);

test('a disk that is full is said in a sentence, and nothing half-written stays on it', async () => {
  const { dir, stored } = await dataDirWith(
    ...range(1, 2_000).map((id) => ({ id, responseBody: randomBytes(1_500).toString('hex') })),
  );
  await stored.close();
  const small = await folder();
  const namespace = process.getuid?.() === 0 ? ['-m'] : ['-Urm'];
  // In a mount namespace, which ends with the process.
  const script = 'mount -t tmpfs -o size=2m sidetap-test "$1" && exec "$2" "$3" "$1" "$4"';
  const program = path.join(import.meta.dirname, 'full-disk-process.ts');
  const { stdout } = await run('unshare', [...namespace, 'sh', '-c', script, 'sh', small, process.execPath, program, dir]);
  const { said, left } = JSON.parse(stdout) as { said: Record<string, { code: string; message: string }>; left: string[] };
  expect(left).toEqual([]);
  expect(Object.keys(said)).toEqual(['har', 'postman', 'rrpair', 'rrpair-json', 'sidetap']);
  for (const { code, message } of Object.values(said)) {
    expect(code).toBe('export-failed');
    expect(message).toMatch(/^The disk is full, so .* was not written\. .*\.$/);
  }
});
