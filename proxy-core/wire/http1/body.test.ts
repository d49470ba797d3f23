import { expect, test } from 'vitest';
import { removeChunkFraming } from './body.ts';

const read = (wire: string) => {
  const { payload, trailers, complete } = removeChunkFraming(Buffer.from(wire, 'latin1'));
  return [Buffer.from(payload).toString('latin1'), trailers, complete];
};

test.each<[string, string, [string, string][], boolean]>([
  ['5\r\nhello\r\n0\r\n\r\n', 'hello', [], true],
  [
    '5;a="b"\r\nhello\r\nA \r\n0123456789\r\n000\r\nDigest: x\r\nx-y:z\r\n\r\n',
    'hello0123456789',
    [
      ['Digest', 'x'],
      ['x-y', 'z'],
    ],
    true,
  ],
  ['0\r\n\r\n', '', [], true],
  ['1\r\na\r\n0\r\n\r\nbehind it', 'a', [], true],
  ['', '', [], false],
  ['5\r\nhel', 'hel', [], false],
  ['5\r\nhello\r\n', 'hello', [], false],
  ['5\r\nhello\r\n0\r\nDigest: x\r\n', 'hello', [], false],
  ['5\r\nhello\r\nzz\r\nmore', 'hello', [], false],
  ['5\r\nhelloo\r\n0\r\n\r\n', 'hello', [], false],
])('%j', (wire, payload, trailers, complete) => {
  expect(read(wire)).toEqual([payload, trailers, complete]);
});

test('a single chunk is not copied', () => {
  const wire = Buffer.from('5\r\nhello\r\n0\r\n\r\n');
  expect(removeChunkFraming(wire).payload.buffer).toBe(wire.buffer);
});

test('a million chunks of one byte', () => {
  const { payload, complete } = removeChunkFraming(Buffer.from(`${'1\r\nx\r\n'.repeat(1_000_000)}0\r\n\r\n`));
  expect([payload.length, complete]).toEqual([1_000_000, true]);
});
