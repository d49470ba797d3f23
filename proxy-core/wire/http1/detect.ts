import { limits } from '../../limits.ts';
import { isToken } from './characters.ts';

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const DELETE = 127;

/**
 * Tells whether the first bytes of a connection's client are an HTTP/1 request line (RFC 9112 3). `more` as long as they may become
 * one: only ` HTTP/1.x` at the end of the first line tells `GET /key` of an inline Redis or memcached command from a request. A line
 * longer than the sniffing limit counts when its target looks like one.
 */
export function startsLikeHttp1Request(bytes: Uint8Array): 'yes' | 'no' | 'more' {
  const start = skipEmptyLines(bytes);
  if (start < 0) return 'no';

  let at = start;
  while (at < bytes.length && isToken(bytes[at] as number)) at++;
  if (at - start > limits.methodBytes) return 'no';
  if (at === bytes.length) return pending(bytes);
  if (at === start || bytes[at] !== SPACE) return 'no';
  const target = at + 1;

  for (at = target; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === LF) return endsWithVersion(bytes, target, at) ? 'yes' : 'no';
    if (byte === CR) continue;
    if ((byte < SPACE && byte !== TAB) || byte === DELETE) return 'no';
  }
  if (bytes.length < limits.sniffBytes) return 'more';
  return looksLikeTarget(bytes, target) ? 'yes' : 'no';
}

/** RFC 9112 2.2: empty lines before a request are ignored. -1 when a CR stands alone. */
function skipEmptyLines(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] === CR && (at + 1 === bytes.length || bytes[at + 1] === LF)) at += 2;
    else if (bytes[at] === LF) at += 1;
    else if (bytes[at] === CR) return -1;
    else break;
  }
  return Math.min(at, bytes.length);
}

function pending(bytes: Uint8Array): 'more' | 'no' {
  return bytes.length < limits.sniffBytes ? 'more' : 'no';
}

const version = Buffer.from(' HTTP/1.');

/** The line from `target` to its LF ends with ` HTTP/1.` and a digit, and something stands before that. */
function endsWithVersion(bytes: Uint8Array, target: number, lf: number): boolean {
  const end = bytes[lf - 1] === CR ? lf - 1 : lf;
  const digit = bytes[end - 1] as number;
  if (digit < 48 || digit > 57) return false;
  const from = end - 1 - version.length;
  if (from <= target) return false;
  for (let i = 0; i < version.length; i++) if (bytes[from + i] !== version[i]) return false;
  return true;
}

/** Origin-form, or absolute-form of any scheme. */
function looksLikeTarget(bytes: Uint8Array, target: number): boolean {
  if (bytes[target] === 47) return true;
  return /^[a-z][a-z\d+.-]{0,30}:\/\//i.test(Buffer.from(bytes.subarray(target, target + 40)).toString('latin1'));
}
