/** Records as clients write them, for tests. */

export interface Sample {
  key: string | null;
  value: string | null;
  headers?: Readonly<Record<string, string>>;
}

/** A number of seven bits a byte, its sign in the lowest bit. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value < 0 ? -2 * value - 1 : 2 * value;
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return Buffer.from([...bytes, left]);
}

function sized(text: string | null): Buffer {
  if (text === null) return varint(-1);
  const bytes = Buffer.from(text);
  return Buffer.concat([varint(bytes.length), bytes]);
}

/** 2026-11-20. */
export const FIRST_TIME = 1_795_132_800_000n;

function record({ key, value, headers = {} }: Sample, index: number): Buffer {
  const heads = Object.entries(headers).flatMap(([name, of]) => [sized(name), sized(of)]);
  const count = varint(heads.length / 2);
  const content = Buffer.concat([Buffer.of(0), varint(index), varint(index), sized(key), sized(value), count, ...heads]);
  return Buffer.concat([varint(content.length), content]);
}

export interface BatchOptions {
  offset?: number;
  codec?: number;
  compress?: (records: Buffer) => Buffer;
  attributes?: number;
}

/** Version 2. */
export function batch(
  samples: readonly Sample[],
  { offset = 0, codec = 0, compress = (bytes) => bytes, attributes = 0 }: BatchOptions = {},
): Buffer {
  const records = compress(Buffer.concat(samples.map(record)));
  const head = Buffer.alloc(61);
  head.writeBigInt64BE(BigInt(offset), 0);
  head.writeInt32BE(49 + records.length, 8);
  head[16] = 2;
  head.writeInt16BE(codec | attributes, 21);
  head.writeInt32BE(samples.length - 1, 23);
  head.writeBigInt64BE(FIRST_TIME, 27);
  head.writeBigInt64BE(FIRST_TIME + 1_000n, 35);
  head.writeInt32BE(samples.length, 57);
  return Buffer.concat([head, records]);
}

function withLength(bytes: Buffer | null): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes?.length ?? -1);
  return Buffer.concat([length, bytes ?? Buffer.alloc(0)]);
}

/** Version 0 or 1. */
export function oldMessage(magic: 0 | 1, offset: number, key: string | null, value: string | Buffer, codec = 0): Buffer {
  const time = Buffer.alloc(magic === 1 ? 8 : 0);
  if (magic === 1) time.writeBigInt64BE(FIRST_TIME);
  const content = Buffer.concat([
    Buffer.of(0, 0, 0, 0, magic, codec),
    time,
    withLength(key === null ? null : Buffer.from(key)),
    withLength(Buffer.from(value)),
  ]);
  const head = Buffer.alloc(12);
  head.writeBigInt64BE(BigInt(offset), 0);
  head.writeInt32BE(content.length, 8);
  return Buffer.concat([head, content]);
}
