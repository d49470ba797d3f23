import { opcode } from '../frames.ts';

export interface FrameParts {
  /** Default text. */
  op?: number;
  payload?: string | Uint8Array;
  /** Default true. */
  fin?: boolean;
  /** RSV1 to RSV3 as a number; 4 is RSV1. */
  reserved?: number;
  masked?: boolean;
  /** Length field instead of the right one: how many bytes of it, and what it says. */
  length?: readonly [bytes: 0 | 2 | 8, value: number];
}

const KEY = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** One frame (RFC 6455 5.2). */
export function frame(parts: FrameParts = {}): Buffer {
  const payload = Buffer.from(parts.payload ?? '');
  const [lengthBytes, length] = parts.length ?? [payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8, payload.length];
  const masked = parts.masked === true;
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = ((parts.fin ?? true) ? 0x80 : 0) | ((parts.reserved ?? 0) << 4) | (parts.op ?? opcode.text);
  head[1] = (masked ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, payload]);
  return Buffer.concat([head, KEY, payload.map((byte, at) => byte ^ (KEY[at & 3] ?? 0))]);
}

/** The payload of a Close frame. */
export function closing(code: number, reason: string | Uint8Array = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}
