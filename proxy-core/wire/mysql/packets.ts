import type { Content } from '../content.ts';
import { FrameReader, type FrameShape, type Reception } from '../frame-reader.ts';

/** What the two sides agree on (https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html). */
export const capabilities = {
  /** Named `CLIENT_LONG_PASSWORD` once. MariaDB leaves it out and has capabilities of its own instead. */
  mysql: 1,
  withDatabase: 1 << 3,
  compress: 1 << 5,
  protocol41: 1 << 9,
  tls: 1 << 11,
  secureConnection: 1 << 15,
  pluginAuth: 1 << 19,
  attributes: 1 << 20,
  lengthOfAuth: 1 << 21,
  sessionTrack: 1 << 23,
  withoutEof: 1 << 24,
  optionalMetadata: 1 << 25,
  zstd: 1 << 26,
  queryAttributes: 1 << 27,
} as const;

/** Bits of the server's status in OK and EOF packets. */
export const serverStatus = { moreResults: 0x0008, cursor: 0x0040 } as const;

/** First byte of an answer's packet. */
export const answer = { ok: 0x00, moreAuth: 0x01, infile: 0xfb, eof: 0xfe, error: 0xff } as const;

/** Bytes of a packet's content from which on the next packet goes on with it. */
export const FULL = 0xff_ff_ff;

/** The type of a packet without content, or one that is not looked into. */
export const NONE = -1;

/** A packet: three bytes of length, a number, and content, whose first byte tells what it is. */
class Packets implements FrameShape {
  readonly most = 5;
  /** The packet that comes goes on with the one before. */
  continues = false;
  /** What answers the server during authentication has no type, and is secret from its first byte on. */
  secret = false;

  size(header: Buffer, have: number): number {
    if (have < 4) return 4;
    const untyped = this.continues || (this.secret && header[3] !== 0) || header.readUIntLE(0, 3) === 0;
    return untyped ? 4 : 5;
  }

  type(header: Buffer, size: number): number {
    return size === 5 ? (header[4] as number) : NONE;
  }

  length(header: Buffer, size: number): number {
    return header.readUIntLE(0, 3) - (size - 4);
  }
}

export interface PacketSink {
  /** A packet begins: its type, the bytes of its content with the type, and its number. */
  begins(type: number, length: number, sequence: number): Reception;
  /** It is complete, with all that went on with it. `content` is the collected beginning, behind the type. */
  ended(type: number, content: Buffer, length: number): void;
}

/** Reads packets, and joins those that are too long for one. */
export class PacketReader {
  readonly #sink: PacketSink;
  readonly #packets = new Packets();
  readonly #reader: FrameReader;
  #reception: Reception | null = null;
  #full = false;
  #type = NONE;
  #content: Buffer | null = null;
  #length = 0;

  constructor(sink: PacketSink) {
    this.#sink = sink;
    this.#reader = new FrameReader(
      { begins: (type, length) => this.#begins(type, length), ended: (_type, content) => this.#ended(content) },
      this.#packets,
    );
  }

  get problem(): string {
    return this.#reader.problem;
  }

  set problem(problem: string) {
    this.#reader.problem = problem;
  }

  get between(): boolean {
    return this.#reader.between && !this.#packets.continues;
  }

  set secret(secret: boolean) {
    this.#packets.secret = secret;
  }

  /** Reads on from `from`; returns where reading stopped. */
  push(bytes: Buffer, at: number, from: number): number {
    return this.#reader.push(bytes, at, from);
  }

  #begins(type: number, left: number): Reception {
    const length = left + (type === NONE ? 0 : 1);
    const goesOn = this.#packets.continues;
    this.#full = length === FULL;
    this.#packets.continues = this.#full;
    if (goesOn && this.#reception !== null) {
      this.#length += length;
      return { ...this.#reception, collect: 0 };
    }
    this.#type = type;
    this.#content = null;
    this.#length = length;
    this.#reception = this.#sink.begins(type, length, this.#reader.header[3] as number);
    return this.#reception;
  }

  #ended(content: Buffer): void {
    this.#content ??= content;
    if (!this.#full) this.#sink.ended(this.#type, this.#content, this.#length);
  }
}

/** A number of one to nine bytes; null is the value NULL. */
export function lengthEncoded(content: Content): number | null {
  const first = content.byte();
  if (first < 0xfb) return first;
  if (first === 0xfb) return null;
  if (first === 0xfc) return content.uint16le();
  if (first === 0xfd) return content.uint24le();
  return Number(content.uint64le());
}

/** Bytes with a length in front; null is the value NULL. */
export function lengthEncodedBytes(content: Content): Buffer | null {
  const length = lengthEncoded(content);
  return length === null ? null : content.take(length);
}

export function lengthEncodedText(content: Content): string {
  return lengthEncodedBytes(content)?.toString('utf8') ?? '';
}

/** What stands behind the first byte of an ERR packet. */
export function errorOf(content: Content): { code: number; state: string; message: string } {
  const code = content.uint16le();
  const marked = content.bytes[content.at] === 0x23;
  const state = marked ? content.take(6).toString('latin1', 1) : '';
  return { code, state, message: content.rest().toString('utf8') };
}

/** What stands behind the first byte of an OK packet, also of one that ends rows. */
export interface Success {
  affected: number;
  insertId: number;
  status: number;
  warnings: number;
}

export function successOf(content: Content): Success {
  return {
    affected: lengthEncoded(content) ?? 0,
    insertId: lengthEncoded(content) ?? 0,
    status: content.uint16le(),
    warnings: content.uint16le(),
  };
}

/** The server's status in the packet that ends columns or rows: EOF, or the OK that took its place (CLIENT_DEPRECATE_EOF). */
export function statusAtEnd(content: Content, length: number): number {
  if (length > EOF_BYTES) return successOf(content).status;
  content.uint16le();
  return content.uint16le();
}

/** Bytes of an EOF packet; the OK that took its place has at least seven. */
export const EOF_BYTES = 5;

export interface ColumnFacts {
  name: string;
  type: number;
  flags: number;
  charset: number;
  decimals: number;
}

/** A column definition. Its fixed part is read from the end: MariaDB puts more in front of it. */
export function columnOf(bytes: Buffer, content: Content): ColumnFacts {
  content.at = 0;
  for (let skipped = 0; skipped < 4; skipped += 1) lengthEncodedBytes(content);
  const name = lengthEncodedText(content);
  if (bytes.length < 12) return { name, type: 0, flags: 0, charset: 0, decimals: 0 };
  const from = bytes.length - 12;
  return {
    name,
    charset: bytes.readUInt16LE(from),
    type: bytes[from + 6] as number,
    flags: bytes.readUInt16LE(from + 7),
    decimals: bytes[from + 9] as number,
  };
}
