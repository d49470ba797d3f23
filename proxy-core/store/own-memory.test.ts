import { expect, test } from 'vitest';
import { freeMemory } from './own-memory.ts';

test('memory that is all theirs is given back at once', () => {
  const bytes = new Uint8Array(new ArrayBuffer(100_000));
  freeMemory(bytes);
  expect(bytes.length).toBe(0);
  expect(bytes.buffer.byteLength).toBe(0);
});

test('what others have a part of is left alone', () => {
  const shared = Buffer.from('a few bytes of a pool');
  freeMemory(shared);
  expect(String(shared)).toBe('a few bytes of a pool');
  const part = new Uint8Array(new ArrayBuffer(100_000)).subarray(10);
  freeMemory(part);
  expect(part.length).toBe(99_990);
});
