import type { HeaderField } from '../../rrpair/shapes.ts';

/** Frames and header blocks as bytes, for whoever speaks HTTP/2 itself. */

const NOTHING = Buffer.alloc(0);

/** One frame (RFC 9113 4.1). */
export function writeFrame(type: number, flags: number, stream: number, payload: Buffer = NOTHING): Buffer {
  const frame = Buffer.alloc(9 + payload.length);
  frame.writeUIntBE(payload.length, 0, 3);
  frame[3] = type;
  frame[4] = flags;
  frame.writeUInt32BE(stream, 5);
  payload.copy(frame, 9);
  return frame;
}

/** RFC 7541 6.3: a table of no bytes, which suits every decoder. */
const noTable = Buffer.of(0x20);
/** RFC 7541 6.2.2: a field that is not indexed, with a name of its own. */
const literal = Buffer.of(0);

/** A header block of literal fields (RFC 7541). Bytes as latin-1. */
export function writeFields(list: readonly HeaderField[]): Buffer {
  return Buffer.concat([noTable, ...list.flatMap(([name, value]) => [literal, writeText(name), writeText(value)])]);
}

/** RFC 7541 5.2, without Huffman. */
function writeText(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push(128 + (rest % 128));
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}
