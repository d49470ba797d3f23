import { repeat } from './snappy.ts';

/**
 * Undoes an LZ4 frame (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md), up to `most` bytes; null where the bytes are none. Its checksums
 * are not looked at: those of old clients are wrong (KAFKA-3160).
 */
export function unlz4(bytes: Buffer, most: number): Buffer | null {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== MAGIC) return null;
  const flags = bytes[4] as number;
  const hasBlockChecksum = (flags & 0x10) !== 0;
  const hasSize = (flags & 0x08) !== 0;
  const hasDictionary = (flags & 0x01) !== 0;
  const out = new Growing(most);
  let at = 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  while (at + 4 <= bytes.length) {
    const size = bytes.readUInt32LE(at);
    at += 4;
    if (size === 0) return out.bytes;
    const length = size & 0x7f_ff_ff_ff;
    const block = bytes.subarray(at, at + length);
    const isPlain = size >= 0x80_00_00_00;
    if (block.length < length || !(isPlain ? out.add(block) : unblock(block, out))) return null;
    at += length + (hasBlockChecksum ? 4 : 0);
  }
  return null;
}

const MAGIC = 0x18_4d_22_04;

/** What has been made so far; blocks may refer to what came before them. */
class Growing {
  readonly #most: number;
  #all = Buffer.alloc(64 * 1024);
  #end = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get bytes(): Buffer {
    return this.#all.subarray(0, this.#end);
  }

  add(bytes: Buffer): boolean {
    if (!this.#room(bytes.length)) return false;
    bytes.copy(this.#all, this.#end);
    this.#end += bytes.length;
    return true;
  }

  repeat(offset: number, count: number): boolean {
    if (!this.#room(count) || !repeat(this.#all, this.#end, offset, count)) return false;
    this.#end += count;
    return true;
  }

  #room(more: number): boolean {
    const need = this.#end + more;
    if (need > this.#most) return false;
    if (need > this.#all.length) {
      const larger = Buffer.alloc(Math.max(need, this.#all.length * 2));
      this.#all.copy(larger, 0, 0, this.#end);
      this.#all = larger;
    }
    return true;
  }
}

/** Literals and copies by turns. */
function unblock(block: Buffer, out: Growing): boolean {
  let at = 0;
  /** Fifteen says that more of the number follows, in bytes that are added up to the first below 255. */
  const long = (nibble: number): number => {
    let sum = nibble;
    if (nibble < 15) return sum;
    for (;;) {
      const byte = block[at++] ?? 0;
      sum += byte;
      if (byte !== 255) return sum;
    }
  };
  while (at < block.length) {
    const token = block[at++] as number;
    const literals = long(token >> 4);
    if (at + literals > block.length || !out.add(block.subarray(at, at + literals))) return false;
    at += literals;
    // The last has no copy.
    if (at === block.length) return true;
    if (at + 2 > block.length) return false;
    const offset = block.readUInt16LE(at);
    at += 2;
    if (!out.repeat(offset, long(token & 15) + 4)) return false;
  }
  return true;
}
