import { expect, test } from 'vitest';
import { batchOf, readBatch } from './batch.ts';
import { isPlainSummary } from './plain-summary.ts';
import { pairFields } from './testing/pair-fields.ts';

function written(location: string): string {
  const nothing = new Uint8Array(0);
  const extra = { command: 'GET', location, status: 'OK' };
  const blobs = { connection: nothing, extra, requestHead: [], responseHead: [], requestBody: [], responseBody: [] };
  const [entry] = readBatch(batchOf(pairFields(), blobs));
  return entry?.kind === 'pair' ? String(entry.extra) : '';
}

test('what may be written as it is, is the JSON of it', () => {
  // Every character that there may be in one.
  for (let code = 0; code < 0x1_00_00; code++) {
    const summary = { command: 'GET', location: `a${String.fromCharCode(code)}b`, status: 'OK' };
    if (isPlainSummary(summary)) expect(written(summary.location)).toBe(JSON.stringify({ summary }));
  }
});

test.each(['key:1', '', 'SELECT 1', "it's [a] {b} ~"])('%j may', (location) => {
  expect(isPlainSummary({ command: 'GET', location, status: 'OK' })).toBe(true);
});

test.each(['a "b"', 'a\\b', 'a\nb', '\u007f', 'é', '鍵', '\ud800', 'x'.repeat(1_000)])('%j may not', (location) => {
  expect(isPlainSummary({ command: 'GET', location, status: 'OK' })).toBe(false);
});
