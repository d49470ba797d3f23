import type { HeaderField } from '../../rrpair/shapes.ts';
import { headerValue } from '../http1/head.ts';

const PADDING = 0x3d;
const CHARS = 4;
const BYTES = 3;

/** gRPC-Web whose bodies are in base64, because its client can read nothing but text while it comes. */
export function isWebText(headers: readonly HeaderField[]): boolean {
  return /^\s*application\/grpc-web-text\b/i.test(headerValue(headers, 'content-type') ?? '');
}

/** What such a body says, and how much of it so many characters said. Whoever wrote it may have ended with padding any number of times (grpc/grpc-web, PROTOCOL-WEB). */
export interface WebText {
  bytes: Buffer;
  /** Bytes that are known from the characters up to here. */
  lengthAt: (chars: number) => number;
}

export function readWebText(wire: Buffer): WebText {
  const bytes = Buffer.alloc(Math.ceil(wire.length / CHARS) * BYTES);
  /** Where each part ends, in characters and in bytes. */
  const chars: number[] = [0];
  const known: number[] = [0];
  let length = 0;
  for (let from = 0; from < wire.length; ) {
    const padding = wire.indexOf(PADDING, from);
    const rest = (padding < 0 ? wire.length : padding + 1) - from;
    const to = Math.min(wire.length, from + (padding < 0 ? rest - (rest % CHARS) : Math.ceil(rest / CHARS) * CHARS));
    if (to <= from) break;
    length += bytes.write(wire.toString('latin1', from, to), length, 'base64');
    chars.push(to);
    known.push(length);
    from = to;
  }
  const lengthAt = (until: number): number => {
    const place = lastUpTo(chars, until);
    const before = known[place] ?? 0;
    const more = Math.floor((until - (chars[place] ?? 0)) / CHARS) * BYTES;
    return Math.min(before + more, known[place + 1] ?? before);
  };
  return { bytes: bytes.subarray(0, length), lengthAt };
}

/** Place of the last of these rising numbers that is not larger; the first is never larger. */
function lastUpTo(numbers: readonly number[], most: number): number {
  let place = 0;
  let last = numbers.length - 1;
  while (place < last) {
    const middle = (place + last + 1) >> 1;
    if ((numbers[middle] ?? 0) <= most) place = middle;
    else last = middle - 1;
  }
  return place;
}

/** The body of a call as its messages are cut from it. */
export function callBody(headers: readonly HeaderField[], body: Buffer): Buffer {
  return isWebText(headers) ? readWebText(body).bytes : body;
}
