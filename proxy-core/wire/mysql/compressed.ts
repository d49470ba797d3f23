import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { limits } from '../../limits.ts';

/** What the two sides agreed to compress with. */
export type Compression = 'zlib' | 'zstd';

/** Three bytes of length, a number, and the length of what it makes, which is 0 where it is as it is. */
const HEADER_BYTES = 7;

/**
 * Takes packets from those that carry them compressed (https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_compression.html). One side of a
 * connection; packets may begin and end anywhere within.
 */
export class CompressedPackets {
  readonly #compression: Compression;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #have = 0;
  /** Bytes of this one that are still to come. */
  #left = 0;
  /** What this one makes, bytes; 0 where it is not compressed. */
  #makes = 0;
  #collected: Buffer | null = null;
  /** Bytes that may be made now, and when that was so, µs. */
  #budget: number = limits.wireInflatedBytesPerSecond;
  #budgetAt = 0;
  /** Why what came cannot be read, as a sentence. */
  problem = '';

  constructor(compression: Compression) {
    this.#compression = compression;
  }

  /** Reads on from `from`; `at` is the time. What is given is only there during the call. */
  push(bytes: Buffer, from: number, at: number, give: (plain: Buffer) => void): void {
    const earned = ((at - this.#budgetAt) / 1_000_000) * limits.wireInflatedBytesPerSecond;
    this.#budget = Math.min(limits.wireInflatedBytesPerSecond, this.#budget + earned);
    this.#budgetAt = at;
    let place = from;
    while (place < bytes.length && this.problem === '') {
      if (this.#have < HEADER_BYTES) {
        this.#header[this.#have++] = bytes[place++] as number;
        if (this.#have === HEADER_BYTES) this.#begin();
      } else {
        const run = bytes.subarray(place, place + Math.min(this.#left, bytes.length - place));
        place += run.length;
        this.#take(run, give);
      }
    }
  }

  #begin(): void {
    this.#left = this.#header.readUIntLE(0, 3);
    this.#makes = this.#header.readUIntLE(4, 3);
    if (this.#left === 0) this.#have = 0;
    else if (Math.max(this.#left, this.#makes) > limits.wireInflatedBytes && this.#makes > 0) {
      const most = String(limits.wireInflatedBytes / 1024 ** 2);
      this.problem = `A compressed packet makes more than the ${most} MiB that are decompressed while traffic passes.`;
    } else if (this.#makes > this.#budget) {
      this.problem = 'The connection is compressed, and faster than it can be decompressed while traffic passes.';
    } else if (this.#makes > 0) {
      this.#budget -= this.#makes;
      this.#collected = Buffer.allocUnsafe(this.#left);
    }
  }

  #take(run: Buffer, give: (plain: Buffer) => void): void {
    const collected = this.#collected;
    if (collected !== null) run.copy(collected, collected.length - this.#left);
    this.#left -= run.length;
    if (this.#left === 0) {
      this.#have = 0;
      this.#collected = null;
    }
    if (collected === null) give(run);
    else if (this.#left === 0) {
      const plain = this.#inflated(collected);
      if (plain === null) this.problem = 'A compressed packet cannot be decompressed.';
      else give(plain);
    }
  }

  #inflated(compressed: Buffer): Buffer | null {
    const options = { maxOutputLength: this.#makes };
    try {
      const plain = this.#compression === 'zlib' ? inflateSync(compressed, options) : zstdDecompressSync(compressed, options);
      return plain.length === this.#makes ? plain : null;
    } catch {
      return null; // told as a problem
    }
  }
}
