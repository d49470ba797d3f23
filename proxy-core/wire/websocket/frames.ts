import { limits } from '../../limits.ts';

/** Opcodes (RFC 6455 5.2). */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One frame where it lies in the bytes of its side. */
export interface WebSocketFrame {
  /** Where its header begins. */
  offset: number;
  fin: boolean;
  /** The three reserved bits as they stand: 4 is RSV1. */
  reserved: number;
  opcode: number;
  /** Null when it is not masked. */
  key: Uint8Array | null;
  /** Where its payload begins, and ends. */
  start: number;
  end: number;
}

/** What breaks the rules of the protocol so that what follows cannot be told; a sentence. */
export type BrokenFrame = string;

/**
 * The frame that begins at `from` (RFC 6455 5.2): null when its header is not complete by `to`. Its payload may end behind `to`.
 */
export function frameAt(bytes: Uint8Array, from: number, to: number): WebSocketFrame | BrokenFrame | null {
  if (to - from < 2) return null;
  const first = bytes[from] as number;
  const second = bytes[from + 1] as number;
  const masked = (second & 0x80) !== 0;
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = from + 2 + lengthBytes + (masked ? 4 : 0);
  if (start > to) return null;
  let length = short;
  if (lengthBytes > 0) {
    length = 0;
    for (let at = from + 2; at < from + 2 + lengthBytes; at++) length = length * 256 + (bytes[at] as number);
  }
  if (length > limits.frameBytes) return 'A frame is said to be longer than can be: the bytes are no frames of WebSocket.';
  const kind = first & 0x0f;
  const fin = (first & 0x80) !== 0;
  if (!known.has(kind)) return `A frame has the unknown opcode ${String(kind)}.`;
  if (kind >= 8 && (!fin || length > 125)) return 'A control frame is fragmented, or longer than 125 bytes.';
  return {
    offset: from,
    fin,
    reserved: (first >> 4) & 7,
    opcode: kind,
    key: masked ? bytes.subarray(start - 4, start) : null,
    start,
    end: start + length,
  };
}

const known: ReadonlySet<number> = new Set(Object.values(opcode));

/** The payload, unmasked (RFC 6455 5.3), in memory of its own; of one that was cut off, what is there. */
export function unmasked(bytes: Uint8Array, { start, end, key }: WebSocketFrame): Uint8Array {
  const view = bytes.subarray(start, end);
  // Of the pool: a hundred thousand small messages would cost more for their memory than for what they say.
  const payload = Buffer.allocUnsafe(view.length);
  payload.set(view);
  if (key !== null) for (let at = 0; at < payload.length; at++) payload[at] = (payload[at] as number) ^ (key[at & 3] as number);
  return payload;
}

/** The opcodes by the kinds of messages. */
export const kindNumbers: Readonly<Record<string, number>> = {
  text: opcode.text,
  binary: opcode.binary,
  close: opcode.close,
  ping: opcode.ping,
  pong: opcode.pong,
};

/** A frame that is a message by itself, as a side that may not compress sends it; of a client it is masked with a key of zeros, which changes nothing. */
export function plainFrame(kind: number, payload: Uint8Array, fromClient: boolean): Buffer {
  const { length } = payload;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + lengthBytes + (fromClient ? 4 : 0));
  head[0] = 0x80 | kind;
  head[1] = (fromClient ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(length, 2);
  if (lengthBytes === 8) head.writeUIntBE(length, 4, 6);
  return Buffer.concat([head, payload]);
}
