import { limits } from '../../limits.ts';
import type { Command } from './request-reader.ts';
import { resp } from './resp-reader.ts';
import { commandsWithCredentials } from './secrets.ts';

/**
 * Commands and answers that have come whole, in one piece, as nearly all do: they are cut out at once, where `RespReader` would follow them byte by byte. What is
 * not whole, or not plain, is left to that.
 */

const CR = 13;
const LF = 10;

/** Longest line that is looked for its end; lengths and short texts are shorter. */
const LINE = 64;

/** Where the line that begins at `at` ends, behind its CR LF; -1 when that is not there, or too far away. */
function lineEnd(bytes: Buffer, at: number): number {
  const last = Math.min(bytes.length - 1, at + LINE);
  for (let place = at; place < last; place++) {
    if (bytes[place] === CR) return bytes[place + 1] === LF ? place + 2 : -1;
  }
  return -1;
}

/** The number that a line says behind its first byte; -1 when it says something else. `end` is that of the line. */
function numberOf(bytes: Buffer, at: number, end: number): number {
  const digits = end - at - 3;
  if (digits < 1 || digits > 9) return -1;
  let value = 0;
  for (let place = at + 1; place < end - 2; place++) {
    const digit = (bytes[place] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Where the bulk string ends whose line says its length and ends at `from`; -1 when it does not come whole. */
function bulkEnd(bytes: Buffer, from: number, length: number): number {
  const to = from + length;
  return length >= 0 && bytes[to] === CR && bytes[to + 1] === LF ? to + 2 : -1;
}

/** The command that begins at `at`, and where it ends; null when it is not whole, or may hold a credential. */
export function wholeCommand(bytes: Buffer, at: number): { command: Command; end: number } | null {
  let place = lineEnd(bytes, at);
  const count = numberOf(bytes, at, place);
  if (bytes[at] !== resp.array || count < 1 || count > limits.redisArguments) return null;
  const args: string[] = [];
  while (args.length < count) {
    const from = lineEnd(bytes, place);
    const length = numberOf(bytes, place, from);
    const end = bytes[place] === resp.bulk ? bulkEnd(bytes, from, length) : -1;
    if (end < 0) return null;
    args.push(bytes.toString('utf8', from, Math.min(end - 2, from + limits.wireTextBytes)));
    if (args.length === 1 && commandsWithCredentials.has((args[0] ?? '').toUpperCase())) return null;
    place = end;
  }
  return { command: { args, count }, end: place };
}

/** Where the answer ends that begins at `at`: a scalar of RESP2, or an array of such. -1 when it is not whole, or another one. */
export function wholeAnswer(bytes: Buffer, at: number): number {
  const end = lineEnd(bytes, at);
  if (end < 0 || bytes[at] !== resp.array) return wholeScalar(bytes, at, end);
  let place = end;
  for (let left = numberOf(bytes, at, end); left !== 0 && place >= 0; left--) {
    place = left < 0 ? -1 : wholeScalar(bytes, place, lineEnd(bytes, place));
  }
  return place;
}

/** `line` is where its first line ends. */
function wholeScalar(bytes: Buffer, at: number, line: number): number {
  switch (bytes[at]) {
    case resp.simple:
    case resp.error:
    case resp.integer:
      return line;
    case resp.bulk:
      return isNull(bytes, at, line) ? line : bulkEnd(bytes, line, numberOf(bytes, at, line));
    default:
      return -1;
  }
}

/** `$-1`: the line from `at` to `line` is all of it. */
export function isNull(bytes: Buffer, at: number, line: number): boolean {
  return line - at === 5 && bytes[at] === resp.bulk && bytes[at + 1] === 0x2d && bytes[at + 2] === 0x31;
}
