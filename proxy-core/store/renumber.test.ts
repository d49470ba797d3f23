import { expect, test } from 'vitest';
import { BatchWriter, type PairFields, readBatch } from './batch.ts';
import { type ForeignRecord, renumberBatch } from './renumber.ts';

const fields: PairFields = {
  id: 7,
  state: 'done',
  startedAtMicros: 1_700_000_000_000_000,
  requestEnd: 1,
  responseStart: 2,
  responseEnd: 3,
  replayOf: 0,
  requestWireBytes: 4,
  requestPayloadBytes: 4,
  requestCrc32: 5,
  requestTruncated: false,
  requestInParts: true,
  responseWireBytes: 6,
  responsePayloadBytes: 6,
  responseCrc32: 7,
  responseTruncated: true,
  responseInParts: false,
  bodyShed: false,
};

const text = (value: string): Uint8Array => Buffer.from(value);

function batch(): Uint8Array<ArrayBuffer> {
  const writer = new BatchWriter(new ArrayBuffer(4096));
  const blobs = {
    connection: text('{"id":1}'),
    extra: text(''),
    requestHead: [text('GET / HTTP/1.1\r\n\r\n')],
    responseHead: [text('HTTP/1.1 200 OK\r\n\r\n')],
    requestBody: [],
    responseBody: [text('body')],
  };
  writer.part(7, 'request', 100, [text('part')]);
  writer.pair({ ...fields, id: 8, state: 'open' }, blobs);
  writer.pair(fields, blobs);
  return writer.finish();
}

test('gives each record its new id and moves the start of pairs, and nothing else', () => {
  const bytes = batch();
  const before = [...readBatch(batch())];
  const seen: Omit<ForeignRecord, 'bytes'>[] = [];
  renumberBatch(bytes, 5_000, ({ id, kind }) => {
    seen.push({ id, kind });
    return id + 1_000;
  });
  expect(seen).toEqual([
    { id: 7, kind: 'part' },
    { id: 8, kind: 'open' },
    { id: 7, kind: 'done' },
  ]);
  for (const entry of before) {
    entry.id += 1_000;
    if (entry.kind === 'pair') entry.startedAtMicros += 5_000;
  }
  expect([...readBatch(bytes)]).toEqual(before);
});

test('a batch that begins anywhere in its memory is read as well', () => {
  const bytes = batch();
  const shifted = new Uint8Array(bytes.byteLength + 3);
  shifted.set(bytes, 3);
  renumberBatch(shifted.subarray(3), 0, () => 42);
  expect([...readBatch(shifted.subarray(3))].map(({ id }) => id)).toEqual([42, 42, 42]);
});

test('a record may only refer to what an earlier one says of its connection', () => {
  const bytes = batch();
  const place = (recordEnds(bytes)[1] ?? 0) + 94;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const reference = view.getUint32(place, true);
  expect(reference).toBeGreaterThan(0x8000_0000);
  for (const wrong of [reference + 1, reference - 1, 0x8000_0000, 0xffff_ffff, 0x8000_0000 + place]) {
    view.setUint32(place, wrong, true);
    expect(() => renumberBatch(bytes, 0, ({ id }) => id)).toThrow('refers to a blob that is not there');
  }
});

test('bytes that are no batch are refused, however they are damaged', () => {
  const whole = batch();
  for (let length = 1; length < whole.byteLength; length += 1) {
    const cut = whole.slice(0, length);
    const boundaries = new Set([0, 30, ...recordEnds(whole)]);
    const run = (): void => renumberBatch(cut, 0, ({ id }) => id);
    if (boundaries.has(length)) expect(run).not.toThrow();
    else expect(run).toThrow(/batch|record|blob/);
  }
  const unknown = whole.slice();
  unknown[4] = 9;
  expect(() => renumberBatch(unknown, 0, ({ id }) => id)).toThrow('unknown record kind 9');
  const huge = whole.slice();
  huge.fill(0xff, 0, 4);
  expect(() => renumberBatch(huge, 0, ({ id }) => id)).toThrow('ends within a record');
});

function recordEnds(bytes: Uint8Array<ArrayBuffer>): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const ends: number[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    at += 4 + view.getUint32(at, true);
    ends.push(at);
  }
  return ends;
}
