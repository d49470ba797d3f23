import { expect, test } from 'vitest';
import { decompressed } from './decompress.ts';

const SNAPPY = 2;
const LZ4 = 3;
/** Three bytes, and eight from three before. */
const snappy = Buffer.from([11, 8, 97, 98, 99, 0x11, 3]);
/** The same, and one byte behind it: a block ends with bytes. */
const block = Buffer.from([0x34, 97, 98, 99, 3, 0, 0x10, 120]);
const head = Buffer.from([4, 0x22, 0x4d, 0x18, 0x60, 0x40, 0]);
const lz4 = Buffer.concat([head, Buffer.from([8, 0, 0, 0]), block, Buffer.alloc(4)]);

test('copies of what came before', () => {
  expect(decompressed(snappy, SNAPPY, 11)?.toString()).toBe('abcabcabcab');
  expect(decompressed(lz4, LZ4, 12)?.toString()).toBe('abcabcabcabx');
});

test('a longer number of literals and a longer copy', () => {
  const text = Buffer.alloc(300, 'xy');
  const literal = Buffer.concat([Buffer.from([0xac, 2, 61 << 2, 43, 1]), text]);
  expect(decompressed(literal, SNAPPY, 300)?.equals(text)).toBe(true);
  const far = Buffer.from([70, 4, 120, 121, (63 << 2) | 2, 2, 0, (3 << 2) | 3, 2, 0, 0, 0]);
  expect(decompressed(far, SNAPPY, 70)?.toString()).toBe('xy'.repeat(35));
  const long = Buffer.concat([head, Buffer.from([9, 0, 0, 0, 0x2f, 120, 121, 2, 0, 255, 24, 0x10, 122]), Buffer.alloc(4)]);
  expect(decompressed(long, LZ4, 1_000)?.toString()).toBe(`${'xy'.repeat(150)}z`);
});

test('no more than is asked for, and nothing of what is broken', () => {
  expect(decompressed(snappy, SNAPPY, 10)).toBeNull();
  expect(decompressed(lz4, LZ4, 11)).toBeNull();
  for (let length = 0; length < snappy.length; length += 1) expect(decompressed(snappy.subarray(0, length), SNAPPY, 11)).toBeNull();
  for (let length = 0; length < lz4.length; length += 1) expect(decompressed(lz4.subarray(0, length), LZ4, 12)).toBeNull();
  // A copy from before the beginning.
  expect(decompressed(Buffer.from([11, 8, 97, 98, 99, 0x11, 4]), SNAPPY, 11)).toBeNull();
  expect(decompressed(Buffer.from('none'), 7, 11)).toBeNull();
});
