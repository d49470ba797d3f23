import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { packed, unpacked } from './packed.ts';

function bytesOf(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer);
}

/** Begins as every batch does: with the length of its first record. */
function batch(content: Buffer): Uint8Array<ArrayBuffer> {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return bytesOf(Buffer.concat([length, content]));
}

const repetitive = batch(Buffer.from('{"id":1,"name":"pen"}'.repeat(10_000)));

test.each([
  ['what repeats itself', repetitive],
  ['what does not shrink', batch(randomBytes(200_000))],
  ['a few bytes', batch(Buffer.from('a'))],
  ['what is larger than any batch of ours', batch(Buffer.alloc(limits.batchBytes * 3))],
])('%s comes out as it went in', (_what, bytes) => {
  expect(Buffer.compare(unpacked(bytesOf(Buffer.from(packed(bytes)))), bytes)).toBe(0);
});

test('what repeats itself takes a fraction of its room, and nothing takes more', () => {
  expect(packed(repetitive).length).toBeLessThan(repetitive.length / 10);
  const random = batch(randomBytes(1_000));
  expect(packed(random)).toBe(random);
});

test('a batch that was stored before batches were packed is read as it is', () => {
  expect(unpacked(repetitive)).toBe(repetitive);
});

function altered(change: (stored: Buffer) => Buffer): Uint8Array<ArrayBuffer> {
  return bytesOf(change(Buffer.from(packed(repetitive))));
}

test.each([
  ['a frame that is cut off', altered((stored) => stored.subarray(0, -5))],
  ['no frame at all', altered((stored) => Buffer.concat([stored.subarray(0, 8), Buffer.from('not a frame')]))],
  ['more than was said', altered((stored) => (stored.writeUInt32LE(100, 4), stored))],
  ['less than was said', altered((stored) => (stored.writeUInt32LE(repetitive.length + 1, 4), stored))],
  ['a bomb', altered((stored) => (stored.writeUInt32LE(0xffff_ffff, 4), stored))],
])('%s is refused with a sentence', (_what, stored) => {
  expect(() => unpacked(stored)).toThrow(expect.objectContaining({ code: 'store-unusable' }));
});
