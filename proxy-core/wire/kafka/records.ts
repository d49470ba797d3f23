import { limits } from '../../limits.ts';
import { Content } from '../content.ts';

/** A record as it is shown. */
export interface KafkaRecord {
  offset: bigint;
  /** When it was made or appended, ms; negative where that is not told. */
  timestamp: bigint;
  /** Null where there is none; a value that is null deletes what was kept under the key. */
  key: Buffer | null;
  value: Buffer | null;
  headers: readonly (readonly [name: string, value: Buffer | null])[];
}

/** Records that were written together (https://kafka.apache.org/documentation/#recordbatch), or a message of the forms before (#messageset). */
export interface Batch {
  /** Where it begins in what was given, and its bytes. */
  at: number;
  length: number;
  magic: number;
  offset: bigint;
  codec: number;
  /** How many records it says it has; of the old forms, those inside of a message are not known before they are decompressed. */
  count: number;
  /** It belongs to a transaction; it tells how one ended. */
  transactional: boolean;
  control: boolean;
}

/** Up to where the offset and the length stand. */
const BATCH_HEAD = 12;
/** Bytes of a record without key, value and headers. */
const LEAST_RECORD = 7;
/** Up to where the records of version 2 begin. */
const BATCH_BYTES = 61;

/** All that are complete, and where the last of them ends: what is fetched may end in the middle of one. */
export function batchesOf(bytes: Buffer): { batches: Batch[]; end: number } {
  const batches: Batch[] = [];
  let end = 0;
  while (end + BATCH_HEAD + 5 <= bytes.length && batches.length < limits.kafkaBatches) {
    const length = BATCH_HEAD + bytes.readInt32BE(end + 8);
    const batch = length >= BATCH_HEAD + 5 && end + length <= bytes.length ? batchAt(bytes, end, length) : null;
    if (batch === null) break;
    batches.push(batch);
    end += length;
  }
  return { batches, end };
}

function batchAt(bytes: Buffer, at: number, length: number): Batch | null {
  const magic = bytes[at + 16] as number;
  const offset = bytes.readBigInt64BE(at);
  if (magic === 2 && length >= BATCH_BYTES) {
    const attributes = bytes.readInt16BE(at + 21);
    const control = (attributes & 0x20) !== 0;
    const codec = attributes & 7;
    const room = codec === 0 ? length - BATCH_BYTES : limits.messageBytes;
    const count = Math.min(Math.max(0, bytes.readInt32BE(at + 57)), Math.floor(room / LEAST_RECORD));
    return { at, length, magic, offset, codec, count, transactional: (attributes & 0x10) !== 0, control };
  }
  if (magic > 1) return null;
  const codec = (bytes[at + 17] ?? 0) & 7;
  return { at, length, magic, offset, codec, count: 1, transactional: false, control: false };
}

/** What a batch has; `problem` says why it is not all. */
export interface Decoded {
  records: KafkaRecord[];
  /** How many it has. */
  count: number;
  problem: string;
}

const INCOMPLETE = 'Not all records are complete.';

/** What of a batch may be compressed, whose bytes are `own`: its records, or the value of a message; null where there is none. */
export function packedIn(own: Buffer, { magic }: Batch): Buffer | null {
  if (magic === 2) return own.subarray(BATCH_BYTES);
  const { content } = messageHead(own, magic);
  return sized(content);
}

/** The records `from` up to `to` of a batch whose bytes are `own`, and whose records, decompressed, are `content`. */
export function recordsOf(own: Buffer, batch: Batch, content: Buffer, from: number, to: number): Decoded {
  if (batch.magic === 2) return recordsOfBatch(own, batch, content, from, to);
  const records = batch.codec === 0 ? [recordOfMessage(own, batch)] : recordsInside(batch, content);
  return { records: records.slice(from, to), count: records.length, problem: '' };
}

function recordsOfBatch(own: Buffer, { count, offset, control }: Batch, content: Buffer, from: number, to: number): Decoded {
  const isAppendTime = (own.readInt16BE(21) & 8) !== 0;
  const time = own.readBigInt64BE(isAppendTime ? 35 : 27);
  const records: KafkaRecord[] = [];
  const reader = new Varints(content);
  for (let index = 0; index < Math.min(count, to); index += 1) {
    const length = Number(reader.next());
    if (length < LEAST_RECORD - 1 || length > reader.left) return { records, count, problem: INCOMPLETE };
    const end = reader.at + length;
    if (index >= from) {
      const record = recordOf(reader, end, { offset, time, isAppendTime });
      records.push(control ? markerOf(record) : record);
    }
    reader.at = end;
  }
  return { records, count, problem: to >= count && reader.left > 0 ? 'There is more in a batch than its records.' : '' };
}

/** What the records of a batch count from. */
interface Base {
  offset: bigint;
  time: bigint;
  /** It is the time of all of them. */
  isAppendTime: boolean;
}

function recordOf(reader: Varints, end: number, base: Base): KafkaRecord {
  // Attributes, of which there are none.
  reader.at += 1;
  const later = reader.next();
  const offset = base.offset + reader.next();
  const key = reader.bytes(end);
  const value = reader.bytes(end);
  const headers: [string, Buffer | null][] = [];
  for (let left = Number(reader.next()); left > 0 && reader.at < end; left -= 1) {
    const name = reader.bytes(end);
    headers.push([name?.toString() ?? '', reader.bytes(end)]);
  }
  return { offset, timestamp: base.isAppendTime ? base.time : base.time + later, key, value, headers };
}

/** The end of a transaction is told by a record whose key is a version and a kind. */
function markerOf(record: KafkaRecord): KafkaRecord {
  const kind = record.key !== null && record.key.length >= 4 ? record.key.readInt16BE(2) : -1;
  const name = kind === 0 ? 'ABORT' : kind === 1 ? 'COMMIT' : `control ${String(kind)}`;
  return { ...record, key: Buffer.from(name), value: null };
}

/** The time and the key of a message of version 0 or 1; its value follows. */
function messageHead(own: Buffer, magic: number): { timestamp: bigint; key: Buffer | null; content: Content } {
  const content = new Content(own, 18);
  const timestamp = magic === 1 ? BigInt.asIntN(64, content.uint64()) : -1n;
  return { timestamp, key: sized(content), content };
}

function recordOfMessage(own: Buffer, { magic, offset }: Batch): KafkaRecord {
  const { timestamp, key, content } = messageHead(own, magic);
  return { offset, timestamp, key, value: sized(content), headers: [] };
}

/** The messages that are compressed in one. */
function recordsInside({ magic, offset }: Batch, content: Buffer): KafkaRecord[] {
  const records = batchesOf(content)
    // Messages inside of messages inside of messages are made by nobody.
    .batches.filter((batch) => batch.magic < 2 && batch.codec === 0)
    .map((batch) => recordOfMessage(content.subarray(batch.at, batch.at + batch.length), batch));
  // In version 1 those inside count from 0, and the outer one has the offset of the last.
  const shift = magic === 1 ? offset - (records.at(-1)?.offset ?? 0n) : 0n;
  for (const record of records) record.offset += shift;
  return records;
}

/** Bytes with their length in front; null where that is negative. */
function sized(content: Content): Buffer | null {
  const length = content.int32();
  return length < 0 ? null : content.take(length);
}

/** Numbers of seven bits a byte, the least first and the sign in the lowest bit. */
class Varints {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  next(): bigint {
    let low = 0;
    let shift = 0;
    for (; shift < 28; shift += 7) {
      const byte = this.#bytes[this.at++] ?? 0;
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt((low >>> 1) ^ -(low & 1));
    }
    let value = BigInt(low);
    for (; shift < 70; shift += 7) {
      const byte = this.#bytes[this.at++] ?? 0;
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) break;
    }
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  }

  /** Bytes with their length in front, which end before `end`; null where there are none. */
  bytes(end: number): Buffer | null {
    const length = Number(this.next());
    if (length < 0) return null;
    const from = Math.min(this.at, end);
    this.at += length;
    return this.#bytes.subarray(from, Math.min(end, this.at));
  }
}
