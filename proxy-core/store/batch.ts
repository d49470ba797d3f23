import type { FailureCode, PairState } from '../rrpair/pair.ts';

/**
 * How pairs travel from the capture thread to the writer thread: one transferred ArrayBuffer per batch, so that handing over costs
 * neither a structured clone nor a second copy. Everything else about a pair is derived on the other side.
 *
 * A batch is a run of records: u32 length (of what follows), u8 kind, then
 *
 *     kind 1, pair:  f64 id · f64 startedAtMicros · f64 requestEnd, responseStart, responseEnd · f64 replayOf
 *                    f64 request wireBytes, payloadBytes · f64 response wireBytes, payloadBytes
 *                    u32 request crc32 · u32 response crc32 · u8 flags
 *                    blob connection (JSON of ConnectionInfo, encoded once per connection)
 *                    blob extra (JSON of {failure, summary}, empty when both are null)
 *                    blob request head · blob response head · blob request body · blob response body
 *     kind 2, body part:  f64 id · u8 side (0 request, 1 response) · f64 offset · blob bytes
 *
 * A blob is u32 length and bytes. Numbers are little-endian. The bodies inside a pair record are whole, or empty when the body went
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
}

const KIND_PAIR = 1;
const KIND_PART = 2;

const FLAG_DONE = 1;
const FLAG_REQUEST_TRUNCATED = 2;
const FLAG_REQUEST_IN_PARTS = 4;
const FLAG_RESPONSE_TRUNCATED = 8;
const FLAG_RESPONSE_IN_PARTS = 16;
const FLAG_BODY_SHED = 32;

/** Bytes of a record before its blobs' contents: length, kind, numbers, and a length per blob. */
const PAIR_OVERHEAD = 4 + 1 + 10 * 8 + 2 * 4 + 1 + 6 * 4;
const PART_OVERHEAD = 4 + 1 + 8 + 1 + 8 + 4;

function byteLength(chunks: readonly Uint8Array[]): number {
  let sum = 0;
  for (const chunk of chunks) sum += chunk.length;
  return sum;
}

/** The parts of a pair record that are bytes; chunk lists are written one after the other, without joining them first. */
export interface PairBlobs {
  connection: Uint8Array;
  extra: Uint8Array;
  requestHead: readonly Uint8Array[];
  responseHead: readonly Uint8Array[];
  requestBody: readonly Uint8Array[];
  responseBody: readonly Uint8Array[];
}

/** Bytes that `BatchWriter.pair` needs for it. */
export function pairRecordBytes(blobs: PairBlobs): number {
  return (
    PAIR_OVERHEAD +
    blobs.connection.length +
    blobs.extra.length +
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
    this.#begin(KIND_PAIR, pairRecordBytes(blobs));
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
    this.#blob(blobs.connection);
    this.#blob(blobs.extra);
    this.#chunks(blobs.requestHead);
    this.#chunks(blobs.responseHead);
    this.#chunks(blobs.requestBody);
    this.#chunks(blobs.responseBody);
  }

  part(id: number, side: 'request' | 'response', offset: number, chunks: readonly Uint8Array[]): void {
    this.#begin(KIND_PART, partRecordBytes(byteLength(chunks)));
    this.#double(id);
    this.#bytes[this.#at++] = side === 'request' ? 0 : 1;
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

export interface PairEntry extends PairFields {
  kind: 'pair';
  connection: Buffer;
  extra: Buffer;
  requestHead: Buffer;
  responseHead: Buffer;
  requestBody: Buffer;
  responseBody: Buffer;
}

export interface PartEntry {
  kind: 'part';
  id: number;
  side: 'request' | 'response';
  offset: number;
  bytes: Buffer;
}

/** How many pair records a batch holds, without reading them. */
export function countPairs(batch: Uint8Array<ArrayBuffer>): number {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  let pairs = 0;
  for (let at = 0; at + 5 <= batch.byteLength; at += 4 + view.getUint32(at, true)) {
    if (batch[at + 4] === KIND_PAIR) pairs += 1;
  }
  return pairs;
}

/** Reads a batch. The entries' buffers are views of it. */
export function* readBatch(batch: Uint8Array<ArrayBuffer>): Generator<PairEntry | PartEntry> {
  const buffer = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength);
  let at = 0;
  const double = (): number => {
    const value = buffer.readDoubleLE(at);
    at += 8;
    return value;
  };
  const blob = (): Buffer => {
    const length = buffer.readUInt32LE(at);
    at += 4;
    const bytes = buffer.subarray(at, at + length);
    at += length;
    return bytes;
  };
  while (at < buffer.length) {
    const end = at + 4 + buffer.readUInt32LE(at);
    const kind = buffer[at + 4];
    at += 5;
    if (kind === KIND_PART) {
      yield { kind: 'part', id: double(), side: buffer[at++] === 0 ? 'request' : 'response', offset: double(), bytes: blob() };
    } else if (kind === KIND_PAIR) {
      const id = double();
      const startedAtMicros = double();
      const requestEnd = double();
      const responseStart = double();
      const responseEnd = double();
      const replayOf = double();
      const requestWireBytes = double();
      const requestPayloadBytes = double();
      const responseWireBytes = double();
      const responsePayloadBytes = double();
      const requestCrc32 = buffer.readUInt32LE(at);
      const responseCrc32 = buffer.readUInt32LE(at + 4);
      const flags = buffer[at + 8] ?? 0;
      at += 9;
      yield {
        kind: 'pair',
        id,
        state: flags & FLAG_DONE ? 'done' : 'open',
        startedAtMicros,
        requestEnd,
        responseStart,
        responseEnd,
        replayOf,
        requestWireBytes,
        requestPayloadBytes,
        requestCrc32,
        requestTruncated: (flags & FLAG_REQUEST_TRUNCATED) !== 0,
        requestInParts: (flags & FLAG_REQUEST_IN_PARTS) !== 0,
        responseWireBytes,
        responsePayloadBytes,
        responseCrc32,
        responseTruncated: (flags & FLAG_RESPONSE_TRUNCATED) !== 0,
        responseInParts: (flags & FLAG_RESPONSE_IN_PARTS) !== 0,
        bodyShed: (flags & FLAG_BODY_SHED) !== 0,
        connection: blob(),
        extra: blob(),
        requestHead: blob(),
        responseHead: blob(),
        requestBody: blob(),
        responseBody: blob(),
      };
    } else {
      throw new Error(`unknown record kind ${String(kind)}`);
    }
    at = end;
  }
}
