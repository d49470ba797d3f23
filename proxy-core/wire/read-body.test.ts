import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import type { BodyForm, HeaderField } from '../rrpair/shapes.ts';
import { readBody } from './read-body.ts';

function chunked(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\nDigest: x\r\n\r\n')]);
}

function read(wire: Buffer, headers: HeaderField[], form: BodyForm): [string, number, boolean] {
  const { bytes, trailers, complete } = readBody(wire, headers, form);
  return [Buffer.from(bytes).toString('latin1'), trailers.length, complete];
}

const zipped = zlib.gzipSync('text');

test('a plain body is the same in every form', () => {
  for (const form of ['wire', 'payload', 'decoded'] as const)
    expect(read(Buffer.from('text'), [], form)).toEqual(['text', 0, true]);
});

test('chunked and compressed', () => {
  const headers: HeaderField[] = [
    ['Transfer-Encoding', 'Chunked'],
    ['content-encoding', 'gzip'],
  ];
  const wire = chunked(zipped);
  expect(read(wire, headers, 'wire')).toEqual([wire.toString('latin1'), 0, true]);
  expect(read(wire, headers, 'payload')).toEqual([zipped.toString('latin1'), 1, true]);
  expect(read(wire, headers, 'decoded')).toEqual(['text', 1, true]);
  expect(read(wire.subarray(0, -3), headers, 'decoded')).toEqual(['text', 0, false]);
});

test('compressed in transfer, given in two fields', () => {
  const headers: HeaderField[] = [
    ['Transfer-Encoding', 'gzip'],
    ['Transfer-Encoding', 'chunked'],
  ];
  expect(read(chunked(zipped), headers, 'decoded')).toEqual(['text', 1, true]);
  expect(read(zipped, headers.slice(0, 1), 'decoded')).toEqual(['text', 0, true]);
});

test('a body that never came', () => {
  for (const field of [
    ['content-encoding', 'br'],
    ['transfer-encoding', 'chunked'],
  ] as HeaderField[]) {
    expect(read(Buffer.alloc(0), [field], 'decoded')).toEqual(['', 0, true]);
  }
});
