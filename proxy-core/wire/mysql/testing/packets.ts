import { deflateSync, zstdCompressSync } from 'node:zlib';

/** Packets as the two sides send them, for tests. */

export function uint16(value: number): Buffer {
  return Buffer.of(value & 0xff, (value >> 8) & 0xff);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

export function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

/** With its length in front. */
export function counted(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([
    bytes.length < 0xfb ? Buffer.of(bytes.length) : Buffer.concat([Buffer.of(0xfc), uint16(bytes.length)]),
    bytes,
  ]);
}

export function packet(sequence: number, ...parts: readonly (Buffer | string | number)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part as string))));
  const header = Buffer.alloc(4);
  header.writeUIntLE(content.length, 0, 3);
  header[3] = sequence;
  return Buffer.concat([header, content]);
}

/** All that was usual in MySQL 5.7, without those that change how results are sent. */
export const usual = 0x00_bf_a6_8d & ~0x20;
export const withoutEof = 1 << 24;
export const queryAttributes = 1 << 27;
export const tls = 1 << 11;

export function greeting(flags = usual, version = '8.0.36'): Buffer {
  return packet(
    0,
    0x0a,
    text(version),
    uint32(7),
    '12345678',
    0,
    uint16(flags & 0xff_ff),
    0x21,
    uint16(2),
    uint16(flags >>> 16),
    21,
    Buffer.alloc(10),
    text('123456789012'),
    text('caching_sha2_password'),
  );
}

/** What the client answers; `secret` is its proof. */
export function introduction(flags = usual, secret = 'hunter2', sequence = 1): Buffer {
  const attributes = Buffer.concat([counted('program_name'), counted('shop')]);
  return packet(
    sequence,
    uint32(flags),
    uint32(1 << 24),
    0x21,
    Buffer.alloc(23),
    text('ada'),
    counted(secret),
    text('shop'),
    text('caching_sha2_password'),
    counted(attributes),
  );
}

export function request(sequence: number, command: number, ...parts: readonly (Buffer | string | number)[]): Buffer {
  return packet(sequence, command, ...parts);
}

export const query = (sql: string): Buffer => packet(0, 0x03, sql);
export const prepare = (sql: string): Buffer => packet(0, 0x16, sql);

export function ok(sequence: number, affected = 0, status = 2, insertId = 0): Buffer {
  return packet(sequence, 0, affected, insertId, uint16(status), uint16(0));
}

/** What ends rows in place of EOF, where both sides agreed on that. */
export function okAtEnd(sequence: number, status = 2): Buffer {
  return packet(sequence, 0xfe, 0, 0, uint16(status), uint16(0));
}

export function eof(sequence: number, status = 2): Buffer {
  return packet(sequence, 0xfe, uint16(0), uint16(status));
}

export function error(sequence: number, code: number, words: string): Buffer {
  return packet(sequence, 0xff, uint16(code), '#42S02', words);
}

export function column(sequence: number, name: string, type = 253, flags = 0): Buffer {
  const names = ['def', 'shop', 't', 't', name, name].map(counted);
  return packet(sequence, ...names, 0x0c, uint16(33), uint32(100), type, uint16(flags), 0, uint16(0));
}

export function row(sequence: number, ...values: readonly (string | null)[]): Buffer {
  return packet(sequence, ...values.map((value) => (value === null ? Buffer.of(0xfb) : counted(value))));
}

/** Packets as they are carried on a connection that is compressed; `as it is` where that would be longer. */
export function carried(sequence: number, by: 'zlib' | 'zstd' | 'as it is', ...packets: readonly Buffer[]): Buffer {
  const plain = Buffer.concat(packets);
  const content = by === 'zlib' ? deflateSync(plain) : by === 'zstd' ? zstdCompressSync(plain) : plain;
  const header = Buffer.alloc(7);
  header.writeUIntLE(content.length, 0, 3);
  header[3] = sequence;
  header.writeUIntLE(by === 'as it is' ? 0 : plain.length, 4, 3);
  return Buffer.concat([header, content]);
}
