/** Reads binary content from its beginning; past its end there is nothing but zeros and empty texts. Numbers are big-endian where the name does not say `le`. */
export class Content {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  int16(): number {
    const value = this.left >= 2 ? this.bytes.readInt16BE(this.at) : 0;
    this.at += 2;
    return value;
  }

  uint16(): number {
    return this.int16() & 0xff_ff;
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  int32(): number {
    const value = this.left >= 4 ? this.bytes.readInt32BE(this.at) : 0;
    this.at += 4;
    return value;
  }

  uint64(): bigint {
    const value = this.left >= 8 ? this.bytes.readBigUInt64BE(this.at) : 0n;
    this.at += 8;
    return value;
  }

  uint16le(): number {
    return this.#littleEndian(2);
  }

  uint24le(): number {
    return this.#littleEndian(3);
  }

  uint32le(): number {
    return this.#littleEndian(4);
  }

  uint64le(): bigint {
    const value = this.left >= 8 ? this.bytes.readBigUInt64LE(this.at) : 0n;
    this.at += 8;
    return value;
  }

  /** A text that ends with a zero, or with the content. */
  text(): string {
    const from = Math.min(this.at, this.bytes.length);
    const zero = this.bytes.indexOf(0, from);
    const end = zero < 0 ? this.bytes.length : zero;
    this.at = end + 1;
    return this.bytes.toString('utf8', from, end);
  }

  take(length: number): Buffer {
    const from = Math.min(this.at, this.bytes.length);
    this.at += length;
    return this.bytes.subarray(from, Math.min(this.bytes.length, from + length));
  }

  rest(): Buffer {
    return this.take(Math.max(0, this.left));
  }

  #littleEndian(bytes: number): number {
    const value = this.left >= bytes ? this.bytes.readUIntLE(this.at, bytes) : 0;
    this.at += bytes;
    return value;
  }
}
