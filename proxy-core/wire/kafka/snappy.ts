/**
 * Undoes Snappy (https://github.com/google/snappy/blob/main/format_description.txt), up to `most` bytes; null where the bytes are none of it. Java's clients put
 * several pieces into a frame of their own (xerial), others send one.
 */
export function unsnappy(bytes: Buffer, most: number): Buffer | null {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return piece(bytes, most);
  const pieces: Buffer[] = [];
  let left = most;
  // Behind the name stand two versions.
  for (let at = XERIAL.length + 8; at + 4 <= bytes.length && left > 0; ) {
    const length = bytes.readUInt32BE(at);
    const out = piece(bytes.subarray(at + 4, at + 4 + length), left);
    if (out === null) return null;
    pieces.push(out);
    left -= out.length;
    at += 4 + length;
  }
  return Buffer.concat(pieces);
}

const XERIAL = Buffer.from('\u0082SNAPPY\0', 'latin1');

function piece(bytes: Buffer, most: number): Buffer | null {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined || shift > 28) return null;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  // No byte of it makes more than 64.
  if (length > most || length > bytes.length * 64) return null;
  const out = Buffer.alloc(length);
  let end = 0;
  while (at < bytes.length) {
    const tag = bytes[at++] as number;
    if ((tag & 3) === 0) {
      let literal = tag >> 2;
      if (literal >= 60) {
        const extra = literal - 59;
        if (at + extra > bytes.length) return null;
        literal = bytes.readUIntLE(at, extra);
        at += extra;
      }
      literal += 1;
      if (at + literal > bytes.length || end + literal > length) return null;
      bytes.copy(out, end, at, at + literal);
      at += literal;
      end += literal;
      continue;
    }
    const { offset, count, bytes: more } = copyOf(tag, bytes, at);
    at += more;
    if (at > bytes.length || !repeat(out, end, offset, count)) return null;
    end += count;
  }
  return end === length ? out : null;
}

/** A copy of what came before: from how far back, how much, and the bytes that say so behind the tag. */
function copyOf(tag: number, bytes: Buffer, at: number): { offset: number; count: number; bytes: number } {
  const wide = tag & 3;
  if (wide === 1) return { offset: ((tag >> 5) << 8) | (bytes[at] ?? 0), count: ((tag >> 2) & 7) + 4, bytes: 1 };
  const more = wide === 2 ? 2 : 4;
  return { offset: at + more <= bytes.length ? bytes.readUIntLE(at, more) : 0, count: (tag >> 2) + 1, bytes: more };
}

/** Writes at `end` the `count` bytes that stand `offset` before it, which may overlap; false where they stand nowhere. */
export function repeat(out: Buffer, end: number, offset: number, count: number): boolean {
  if (offset === 0 || offset > end || end + count > out.length) return false;
  for (let place = end; place < end + count; place += 1) out[place] = out[place - offset] as number;
  return true;
}
