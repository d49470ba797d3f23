import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { batchHeader, FrameReader, messageFrame } from './frames.ts';
import type { AgentNotice, Beat, FromAgent } from './messages.ts';

const notice: AgentNotice = { type: 'notice', id: 'a', level: 'info', text: 'Grüße — “quoted”, \u0000 and a line\nfeed' };
const beat: Beat = { type: 'beat' };
const batch = Uint8Array.from({ length: 300 }, (_, at) => at % 256);

/** Messages and batches in between, as they go over the link. */
const bytes = Buffer.concat([
  messageFrame(notice),
  batchHeader(batch.length),
  batch,
  messageFrame(beat),
  batchHeader(1),
  Buffer.of(7),
]);
const expected = [notice, Buffer.from(batch), beat, Buffer.of(7)];

function read(chunks: Iterable<Uint8Array>): unknown[] {
  const seen: unknown[] = [];
  const reader = new FrameReader<FromAgent | Beat>({
    message: (message) => seen.push(message),
    batch: (one) => seen.push(Buffer.from(one)),
  });
  for (const chunk of chunks) reader.push(chunk);
  return seen;
}

test('frames are read however the stream cuts them', () => {
  expect(read([bytes])).toEqual(expected);
  expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected);
  }
  for (let size = 2; size < 40; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    expect(read(chunks)).toEqual(expected);
  }
});

test('what is not complete is not delivered', () => {
  const first = messageFrame(notice).length;
  expect(read([bytes.subarray(0, first - 1)])).toEqual([]);
  expect(read([bytes.subarray(0, first + 4)])).toEqual([notice]);
});

test('a batch is the receiver’s own: the bytes it was read from may change', () => {
  const chunk = Buffer.concat([batchHeader(3), Buffer.of(1, 2, 3)]);
  let got: Uint8Array = new Uint8Array();
  new FrameReader<never>({ message: () => expect.unreachable(), batch: (one) => (got = one) }).push(chunk);
  chunk.fill(0);
  expect([...got]).toEqual([1, 2, 3]);
  expect(got.byteOffset).toBe(0);
  expect(got.buffer.byteLength).toBe(3);
});

test.each([
  ['no payload', Buffer.of(1, 0, 0, 0, 1)],
  ['a length of nothing', Buffer.of(0, 0, 0, 0, 1)],
  ['an unknown kind', Buffer.of(5, 0, 0, 0, 9)],
  ['more than a frame may hold', batchHeader(limits.linkFrameBytes + 1)],
  ['an HTTP answer', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['words of a program that prints', Buffer.from('node: not found\n')],
])('%s breaks the link, with a sentence', (_what, frame) => {
  expect(() => read([frame])).toThrow(expect.objectContaining({ code: 'link-broken', message: expect.stringMatching(/\.$/) }));
});

test('a message that is no JSON is refused', () => {
  const frame = messageFrame(beat);
  frame.write('x', 5);
  expect(() => read([frame])).toThrow(/JSON/);
});
