import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { folder } from './support.ts';

const run = promisify(execFile);

const MEGABYTES = 250;
/** Resident memory of the whole process: Node, the store's threads, and a transfer's, each with its own heap. It is the same for 100 MB. */
const MOST_MEGABYTES = 600;

test('files of hundreds of megabytes pass with flat memory', { timeout: 240_000 }, async () => {
  const dir = await folder();
  const program = path.join(import.meta.dirname, 'large-process.ts');
  const { stdout } = await run(process.execPath, [program, dir, String(MEGABYTES)], { timeout: 230_000, maxBuffer: 1 << 20 });
  const { entries, stored, bytes, steps } = JSON.parse(stdout) as {
    entries: number;
    stored: number;
    bytes: number;
    steps: Record<string, { peak: number; done: number }>;
  };
  expect(stored).toBe(entries);
  expect(bytes).toBeGreaterThan(MEGABYTES * 1024 * 1024);
  expect(Object.keys(steps)).toEqual(['import', 'snapshot', 'har', 'sidetap', 'snapshot from file', 'diff']);
  for (const [name, { peak, done }] of Object.entries(steps)) {
    expect(peak, name).toBeLessThan(MOST_MEGABYTES);
    // It told how far it was.
    expect(done, name).toBeGreaterThan(1);
  }
});
