import type { FailureCode, ImportedFacts, PairMark, PairState, ReadingContext } from '../rrpair/pair.ts';
import { type PlainSummary, plainSummaryBytes, summaryJson } from './plain-summary.ts';

/**
 * How pairs travel from the capture thread to the writer thread: one transferred ArrayBuffer per batch, so that handing over costs
 * neither a structured clone nor a second copy. Everything else about a pair is derived on the other side.
 *
 * A batch is a run of records: u32 length (of what follows), u8 kind, then
 *
 *     kind 1, pair:  f64 id · f64 startedAtMicros · f64 requestEnd, responseStart, responseEnd · f64 replayOf
 *                    f64 request wireBytes, payloadBytes · f64 response wireBytes, payloadBytes
 *                    u32 request crc32 · u32 response crc32 · u8 flags
 *                    blob connection (JSON of ConnectionInfo, encoded once per connection), or a reference to the same one in an earlier record
 *                    blob extra (JSON of {failure, summary, context, imported, mark}, empty when all are absent)
 *                    blob request head · blob response head · blob request body · blob response body
 *     kind 2, part:  f64 id · u8 side (0 request body, 1 response body, 2 arrivals: see `rrpair/arrivals.ts`) · f64 offset · blob bytes
 *
 * A blob is u32 length and bytes; a reference is u32 alone, the place of that blob in the batch with the highest bit set. Numbers are little-endian. The bodies inside a pair record are whole, or empty when the body went
 * ahead in parts (flags tell); all parts of a body come before the pair record that closes it. An open pair may be written any number
 * of times: a later record with the same id replaces an earlier one.
 */

export interface PairFields {
  id: number;
  state: PairState;
  startedAtMicros: number;
  requestEnd: number;
  responseStart: number;
  responseEnd: number;
  replayOf: number;
  requestWireBytes: number;
  requestPayloadBytes: number;
  requestCrc32: number;
  requestTruncated: boolean;
  /** The request body went ahead in parts. */
  requestInParts: boolean;
  responseWireBytes: number;
  responsePayloadBytes: number;
  responseCrc32: number;
  responseTruncated: boolean;
  responseInParts: boolean;
  bodyShed: boolean;
}

/** JSON of the `extra` blob. */
export interface PairExtra {
  failure?: { code: FailureCode; detail: string };
  summary?: { command: string; location: string; status: string };
  context?: ReadingContext;
  imported?: ImportedFacts;
  /** As it was when the record was written; what holds stands in the row. */
  mark?: PairMark;
}

/** What a part belongs to, by the number that it has in a batch and in the table of parts. */
export const partSides = ['request', 'response', 'arrivals'] as const;
export type PartSide = (typeof partSides)[number];

const KIND_PAIR = 1;
const KIND_PART = 2;

const FLAG_DONE = 1;
const FLAG_REQUEST_TRUNCATED = 2;
const FLAG_REQUEST_IN_PARTS = 4;
const FLAG_RESPONSE_TRUNCATED = 8;
const FLAG_RESPONSE_IN_PARTS = 16;
const FLAG_BODY_SHED = 32;

/** Where the flags of a pair record stand, after its length and kind: ten numbers of 8 bytes and two of 4 come first. */
const FLAGS_AT = 10 * 8 + 2 * 4;

/** Bytes of a record before its blobs' contents: length, kind, numbers, and a length per blob. */
const PAIR_OVERHEAD = 4 + 1 + 10 * 8 + 2 * 4 + 1 + 6 * 4;
const PART_OVERHEAD = 4 + 1 + 8 + 1 + 8 + 4;

/** Of a reference; no blob is that long. */
const REFERENCE = 0x8000_0000;

function byteLength(chunks: readonly Uint8Array[]): number {
  let sum = 0;
  for (const chunk of chunks) sum += chunk.length;
  return sum;
}

function extraBytes(extra: PairBlobs['extra']): number {
  return extra instanceof Uint8Array ? extra.length : plainSummaryBytes(extra);
}

/** The parts of a pair record that are bytes; chunk lists are written one after the other, without joining them first. */
export interface PairBlobs {
  connection: Uint8Array;
  extra: Uint8Array | PlainSummary;
  requestHead: readonly Uint8Array[];
  responseHead: readonly Uint8Array[];
  requestBody: readonly Uint8Array[];
  responseBody: readonly Uint8Array[];
}

/** Bytes that `BatchWriter.pair` needs for it at most. */
export function pairRecordBytes(blobs: PairBlobs): number {
  return (
    PAIR_OVERHEAD +
    blobs.connection.length +
    extraBytes(blobs.extra) +
    byteLength(blobs.requestHead) +
    byteLength(blobs.responseHead) +
    byteLength(blobs.requestBody) +
    byteLength(blobs.responseBody)
  );
}

export function partRecordBytes(bytes: number): number {
  return PART_OVERHEAD + bytes;
}

/** Fills one batch. The caller asks `room` first; a record larger than a whole batch gets a batch of its own. */
export class BatchWriter {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  /** Of the same memory: the engine turns its calls into single instructions, which it does not do with Buffer's. */
  readonly #view: DataView;
  /** Where the facts of connections stand that were written already: they are a third of most records. */
  readonly #connections = new Map<Uint8Array, number>();
  #at = 0;
  #records = 0;

  /** `memory` is transferred with the batch, so it must not be shared: never one from Buffer's pool. */
  constructor(memory: ArrayBuffer) {
    this.#bytes = new Uint8Array(memory);
    this.#view = new DataView(memory);
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#at;
  }

  room(): number {
    return this.#bytes.length - this.#at;
  }

  pair(fields: PairFields, blobs: PairBlobs): void {
    const { connection } = blobs;
    const written = this.#connections.get(connection);
    this.#begin(KIND_PAIR, pairRecordBytes(blobs) - (written === undefined ? 0 : connection.length));
    this.#double(fields.id);
    this.#double(fields.startedAtMicros);
    this.#double(fields.requestEnd);
    this.#double(fields.responseStart);
    this.#double(fields.responseEnd);
    this.#double(fields.replayOf);
    this.#double(fields.requestWireBytes);
    this.#double(fields.requestPayloadBytes);
    this.#double(fields.responseWireBytes);
    this.#double(fields.responsePayloadBytes);
    this.#uint32(fields.requestCrc32);
    this.#uint32(fields.responseCrc32);
    this.#bytes[this.#at++] =
      (fields.state === 'done' ? FLAG_DONE : 0) |
      (fields.requestTruncated ? FLAG_REQUEST_TRUNCATED : 0) |
      (fields.requestInParts ? FLAG_REQUEST_IN_PARTS : 0) |
      (fields.responseTruncated ? FLAG_RESPONSE_TRUNCATED : 0) |
      (fields.responseInParts ? FLAG_RESPONSE_IN_PARTS : 0) |
      (fields.bodyShed ? FLAG_BODY_SHED : 0);
    if (written === undefined) {
      this.#connections.set(connection, this.#at);
      this.#blob(connection);
    } else this.#uint32((REFERENCE | written) >>> 0);
    if (blobs.extra instanceof Uint8Array) this.#blob(blobs.extra);
    else this.#summary(blobs.extra);
    this.#chunks(blobs.requestHead);
    this.#chunks(blobs.responseHead);
    this.#chunks(blobs.requestBody);
    this.#chunks(blobs.responseBody);
  }

  part(id: number, side: PartSide, offset: number, chunks: readonly Uint8Array[]): void {
    this.#begin(KIND_PART, partRecordBytes(byteLength(chunks)));
    this.#double(id);
    this.#bytes[this.#at++] = partSides.indexOf(side);
    this.#double(offset);
    this.#chunks(chunks);
  }

  /** The filled part, ready to be transferred. The writer must not be used afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at);
  }

  #begin(kind: number, bytes: number): void {
    this.#uint32(bytes - 4);
    this.#bytes[this.#at++] = kind;
    this.#records += 1;
  }

  #double(value: number): void {
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  #uint32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  #blob(bytes: Uint8Array): void {
    this.#uint32(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #summary(summary: PlainSummary): void {
    this.#uint32(plainSummaryBytes(summary));
    this.#ascii(summaryJson[0]);
    this.#ascii(summary.command);
    this.#ascii(summaryJson[1]);
    this.#ascii(summary.location);
    this.#ascii(summaryJson[2]);
    this.#ascii(summary.status);
    this.#ascii(summaryJson[3]);
  }

  /** Texts are so short that calling for an encoder costs more. */
  #ascii(text: string): void {
    for (let index = 0; index < text.length; index++) this.#bytes[this.#at++] = text.charCodeAt(index);
  }

  #chunks(chunks: readonly Uint8Array[]): void {
    const length = this.#at;
    this.#at += 4;
    for (const chunk of chunks) {
      this.#bytes.set(chunk, this.#at);
      this.#at += chunk.length;
    }
    this.#view.setUint32(length, this.#at - length - 4, true);
  }
}

/** A batch of one pair. */
export function batchOf(fields: PairFields, blobs: PairBlobs): Uint8Array<ArrayBuffer> {
  const writer = new BatchWriter(new ArrayBuffer(pairRecordBytes(blobs)));
  writer.pair(fields, blobs);
  return writer.finish();
}

export interface PairEntry extends PairFields {
  kind: 'pair';
  /** Where the record begins in its batch. */
  place: number;
  connection: Buffer;
  extra: Buffer;
  requestHead: Buffer;
  responseHead: Buffer;
  requestBody: Buffer;
  responseBody: Buffer;
}

/** What `BatchWriter` is given to write the same pair again. */
export function blobsOf(entry: PairEntry): PairBlobs {
  return {
    connection: entry.connection,
    extra: entry.extra,
    requestHead: [entry.requestHead],
    responseHead: [entry.responseHead],
    requestBody: [entry.requestBody],
    responseBody: [entry.responseBody],
  };
}

export interface PartEntry {
  kind: 'part';
  /** Where the record begins in its batch. */
  place: number;
  id: number;
  side: PartSide;
  offset: number;
  bytes: Buffer;
}

/**
 * How many pairs a batch brings to their end, without reading them: what is lost with it, each pair once, however often it was written while it was
 * open. `missing` tells of an id whether it counts.
 */
export function countPairs(batch: Uint8Array<ArrayBuffer>, missing: (id: number) => boolean = () => true): number {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  let pairs = 0;
  for (let at = 0; at + 5 <= batch.byteLength; at += 4 + view.getUint32(at, true)) {
    if (batch[at + 4] !== KIND_PAIR || ((batch[at + 5 + FLAGS_AT] ?? 0) & FLAG_DONE) === 0) continue;
    if (missing(view.getFloat64(at + 5, true))) pairs += 1;
  }
  return pairs;
}

/** Reads a batch. The entries' buffers are views of it. */
export function* readBatch(batch: Uint8Array<ArrayBuffer>): Generator<PairEntry | PartEntry> {
  const buffer = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength);
  const view = viewOf(buffer);
  let place = 0;
  while (place < buffer.length) {
    yield readRecord(buffer, view, place);
    place += 4 + view.getUint32(place, true);
  }
}

/** The record at a place in a batch. Throws when there is none. */
export function recordAt(batch: Buffer, place: number): PairEntry | PartEntry {
  return readRecord(batch, viewOf(batch), place);
}

/** Its calls become single instructions, which those of Buffer do not. */
function viewOf(batch: Buffer): DataView {
  return new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
}

function readRecord(batch: Buffer, view: DataView, place: number): PairEntry | PartEntry {
  const kind = batch[place + 4];
  if (kind === KIND_PAIR) return pairAt(batch, view, place);
  if (kind === KIND_PART) return partAt(batch, view, place);
  throw new Error(`unknown record kind ${String(kind)}`);
}

function pairAt(batch: Buffer, view: DataView, place: number): PairEntry {
  const start = place + 5;
  const flags = batch[start + FLAGS_AT] ?? 0;
  const connectionAt = start + FLAGS_AT + 1;
  const reference = referenceAt(view, connectionAt);
  const connection = blobAt(batch, view, reference ?? connectionAt);
  const blobs = blobsAt(batch, view, connectionAt + 4 + (reference === null ? connection.length : 0), 5);
  return {
    kind: 'pair',
    place,
    id: view.getFloat64(start, true),
    state: flags & FLAG_DONE ? 'done' : 'open',
    startedAtMicros: view.getFloat64(start + 8, true),
    requestEnd: view.getFloat64(start + 16, true),
    responseStart: view.getFloat64(start + 24, true),
    responseEnd: view.getFloat64(start + 32, true),
    replayOf: view.getFloat64(start + 40, true),
    requestWireBytes: view.getFloat64(start + 48, true),
    requestPayloadBytes: view.getFloat64(start + 56, true),
    requestCrc32: view.getUint32(start + 80, true),
    requestTruncated: (flags & FLAG_REQUEST_TRUNCATED) !== 0,
    requestInParts: (flags & FLAG_REQUEST_IN_PARTS) !== 0,
    responseWireBytes: view.getFloat64(start + 64, true),
    responsePayloadBytes: view.getFloat64(start + 72, true),
    responseCrc32: view.getUint32(start + 84, true),
    responseTruncated: (flags & FLAG_RESPONSE_TRUNCATED) !== 0,
    responseInParts: (flags & FLAG_RESPONSE_IN_PARTS) !== 0,
    bodyShed: (flags & FLAG_BODY_SHED) !== 0,
    connection,
    extra: blobs[0] ?? nothing,
    requestHead: blobs[1] ?? nothing,
    responseHead: blobs[2] ?? nothing,
    requestBody: blobs[3] ?? nothing,
    responseBody: blobs[4] ?? nothing,
  };
}

function partAt(batch: Buffer, view: DataView, place: number): PartEntry {
  const start = place + 5;
  return {
    kind: 'part',
    place,
    id: view.getFloat64(start, true),
    side: partSides[batch[start + 8] ?? 0] ?? 'arrivals',
    offset: view.getFloat64(start + 9, true),
    bytes: blobAt(batch, view, start + 17),
  };
}

const nothing = Buffer.alloc(0);

/** The place of the blob that is spoken of at `at`; null where the blob itself stands there. */
export function referenceAt(view: DataView, at: number): number | null {
  const length = view.getUint32(at, true);
  return length >= REFERENCE ? length - REFERENCE : null;
}

function blobAt(batch: Buffer, view: DataView, at: number): Buffer {
  const length = view.getUint32(at, true);
  // Most pairs have a few empty ones, and a view costs more than what is in it.
  return length === 0 ? nothing : batch.subarray(at + 4, at + 4 + length);
}

function blobsAt(batch: Buffer, view: DataView, start: number, count: number): Buffer[] {
  const blobs: Buffer[] = [];
  let at = start;
  for (let index = 0; index < count; index += 1) {
    const blob = blobAt(batch, view, at);
    blobs.push(blob);
    at += 4 + blob.length;
  }
  return blobs;
}
