import { limits } from '../../limits.ts';
import { tokenTable } from './characters.ts';

const SPACE = 32;

/** Bytes of `HTTP/1.1`. */
export const VERSION_BYTES = 8;

const headMethod = Buffer.from('HEAD ');
const connectMethod = Buffer.from('CONNECT ');
const versionPrefix = Buffer.from('HTTP/1.');

/** What of a request's method decides over the framing of its response (RFC 9112 6.3, items 1 and 2). */
export type Method = 'HEAD' | 'CONNECT' | 'other';

/** Where the space after the method stands; -1 when there is none where one can be. */
export function methodEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && tokenTable[bytes[at] as number] === 1) at++;
  return at > start && at - start <= limits.methodBytes && at < end && bytes[at] === SPACE ? at : -1;
}

export function methodAt(bytes: Buffer, start: number, end: number): Method {
  if (startsWith(bytes, start, end, headMethod)) return 'HEAD';
  return startsWith(bytes, start, end, connectMethod) ? 'CONNECT' : 'other';
}

/** Methods are case-sensitive (RFC 9110 9.1). */
function startsWith(bytes: Buffer, start: number, end: number, text: Uint8Array): boolean {
  if (end - start < text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}

/** RFC 9112 3. A target with a space in it is let pass: the version is the last word, and the framing does not depend on it. */
export function isRequestLine(bytes: Buffer, start: number, lineEnd: number): boolean {
  const method = methodEnd(bytes, start, lineEnd);
  const version = lineEnd - VERSION_BYTES;
  return (
    method > 0 && version > method + 2 && bytes[version - 1] === SPACE && bytes[version - 2] !== SPACE && isVersion(bytes, version)
  );
}

/** The status code of the status line at `start`; -1 when it is none (RFC 9112 4). The space before an empty reason is often left out. */
export function statusAt(bytes: Buffer, start: number, lineEnd: number): number {
  if (lineEnd - start < 12 || !isVersion(bytes, start) || bytes[start + VERSION_BYTES] !== SPACE) return -1;
  if (lineEnd > start + 12 && bytes[start + 12] !== SPACE) return -1;
  const hundreds = digitAt(bytes, start + 9);
  const tens = digitAt(bytes, start + 10);
  const ones = digitAt(bytes, start + 11);
  return hundreds < 0 || tens < 0 || ones < 0 ? -1 : hundreds * 100 + tens * 10 + ones;
}

/** The version at `at`, which is one, is HTTP/1.0. */
export function isHttp10(bytes: Buffer, at: number): boolean {
  return bytes[at + VERSION_BYTES - 1] === 48;
}

/** `HTTP/1.` and a digit stand at `at`. */
function isVersion(bytes: Buffer, at: number): boolean {
  return startsWith(bytes, at, bytes.length, versionPrefix) && digitAt(bytes, at + versionPrefix.length) >= 0;
}

function digitAt(bytes: Buffer, at: number): number {
  const digit = (bytes[at] as number) - 48;
  return digit >= 0 && digit <= 9 ? digit : -1;
}
