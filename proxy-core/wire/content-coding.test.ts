import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { decodeContent } from './content-coding.ts';

// Half of it does not compress, so that a part of the data is a part of the text.
const text = Buffer.from(Array.from({ length: 4000 }, (_, i) => `line ${i} ${randomBytes(40).toString('base64')}\n`).join(''));

const codings: [string, (bytes: Uint8Array) => Buffer][] = [
  ['gzip', (bytes) => zlib.gzipSync(bytes)],
  ['X-GZIP', (bytes) => zlib.gzipSync(bytes)],
  ['deflate', (bytes) => zlib.deflateSync(bytes)],
  ['deflate', (bytes) => zlib.deflateRawSync(bytes)],
  ['br', (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } })],
  ['zstd', (bytes) => zlib.zstdCompressSync(bytes)],
];

describe.each(codings)('%s', (coding, encode) => {
  const encoded = encode(text);

  test('whole', () => {
    const { bytes, complete, problem } = decodeContent(encoded, coding);
    expect([complete, problem]).toEqual([true, '']);
    expect(text.equals(bytes)).toBe(true);
  });

  test('cut off: as far as it goes', () => {
    const { bytes, complete, problem } = decodeContent(encoded.subarray(0, Math.floor(encoded.length * 0.8)), coding);
    expect([complete, problem]).toEqual([false, `The ${coding.toLowerCase()} data ends early.`]);
    expect(bytes.length).toBeGreaterThan(text.length * 0.4);
    expect(text.subarray(0, bytes.length).equals(bytes)).toBe(true);
  });

  test('more than is asked for: stopped, with what came before', () => {
    const most = 100_000;
    const { bytes, complete, problem } = decodeContent(encoded, coding, most);
    expect([complete, problem]).toEqual([false, `The decoded body is larger than ${most} bytes; the rest of it is left out.`]);
    expect(bytes.length).toBeLessThanOrEqual(most);
    expect(text.subarray(0, bytes.length).equals(bytes)).toBe(true);
  });

  test('a bomb', () => {
    // Brotli makes up to 16 MiB of a few bytes, and stops between those.
    const most = 20 << 20;
    const { bytes, complete } = decodeContent(encode(Buffer.alloc(2 * most)), coding, most);
    expect(complete).toBe(false);
    expect(bytes.length).toBeGreaterThan(most / 4);
    expect(bytes.length).toBeLessThanOrEqual(most);
  });

  test('other data under its name: as sent', () => {
    const sent = Buffer.from('{"not":"encoded"}');
    const { bytes, complete, problem } = decodeContent(sent, coding);
    expect([Buffer.from(bytes).toString(), complete]).toEqual([sent.toString(), false]);
    expect(problem).toBe(`The body is not valid ${coding.toLowerCase()} data; it is shown as sent.`);
  });

  test('an empty body', () => {
    expect(decodeContent(Buffer.alloc(0), coding)).toEqual({ bytes: Buffer.alloc(0), complete: true, problem: '' });
  });
});

test('damage in the middle: what comes before it', () => {
  const damaged = zlib.gzipSync(text);
  const middle = damaged.length >> 1;
  damaged.fill(0xff, middle, middle + 40);
  const { bytes, complete, problem } = decodeContent(damaged, 'gzip');
  expect([complete, problem]).toEqual([false, 'The gzip data is damaged; what comes after the damage is left out.']);
  const sound = Math.floor(text.length * 0.3);
  expect(text.subarray(0, sound).equals(bytes.subarray(0, sound))).toBe(true);
});

test('stacked codings are undone from the last to the first', () => {
  const twice = zlib.gzipSync(zlib.brotliCompressSync(text));
  expect(text.equals(decodeContent(twice, ' br , identity,, GZip').bytes)).toBe(true);
});

test('an unknown coding: what stands inside it', () => {
  const { bytes, complete, problem } = decodeContent(zlib.gzipSync('inner'), 'aes128gcm, gzip');
  expect([Buffer.from(bytes).toString(), complete]).toEqual(['inner', false]);
  expect(problem).toBe('The content coding “aes128gcm” is not known; the body is shown as sent.');
});

test('codings without end', () => {
  const sent = Buffer.from('x');
  expect(
    decodeContent(
      sent,
      Array<string>(limits.contentCodings + 1)
        .fill('gzip')
        .join(','),
    ),
  ).toMatchObject({ bytes: sent, complete: false });
});

test('no coding, and identity', () => {
  const sent = Buffer.from('x');
  for (const none of ['', 'identity', ' , '])
    expect(decodeContent(sent, none)).toEqual({ bytes: sent, complete: true, problem: '' });
});

test('several gzip members and several zstd frames are one body', () => {
  const half = text.length >> 1;
  for (const [coding, encode] of [codings[0], codings[5]] as typeof codings) {
    const both = Buffer.concat([encode(text.subarray(0, half)), encode(text.subarray(half))]);
    expect(text.equals(decodeContent(both, coding).bytes)).toBe(true);
  }
});
