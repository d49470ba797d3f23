import { ambiguous, type Problem } from './problem.ts';

const HT = 9;
const SPACE = 32;
const COMMA = 44;
const ZERO = 48;

/** What a Transfer-Encoding field says of the length (RFC 9112 6.1). */
export type TransferCoding =
  /** There is no such field. */
  | 'none'
  /** The last coding is `chunked`: the body tells its own end. */
  | 'chunked'
  /** A response whose last coding is another one: it ends with the connection. */
  | 'other';

/** The value of a Content-Length field, or why it has none. */
export type ContentLength = number | Problem;

/**
 * Reads a Content-Length value (RFC 9112 6.3, item 5): digits only; a list of the same number, as some intermediaries make of
 * repeated fields, counts as that number. `before` is what an earlier field of the message said, -1 when there was none.
 */
export function readContentLength(bytes: Uint8Array, from: number, to: number, before: number): ContentLength {
  let length = before;
  for (let at = from; ; at++) {
    while (at < to && (bytes[at] === SPACE || bytes[at] === HT)) at++;
    const start = at;
    let value = 0;
    for (; at < to; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value > Number.MAX_SAFE_INTEGER) return ambiguous('The Content-Length is too large to be true.');
    }
    if (at === start) return ambiguous('The Content-Length is not a number.');
    while (at < to && (bytes[at] === SPACE || bytes[at] === HT)) at++;
    if (at < to && bytes[at] !== COMMA) return ambiguous('The Content-Length is not a number.');
    if (length >= 0 && length !== value) return ambiguous('The Content-Length is given more than once, with different values.');
    length = value;
    if (at >= to) return length;
  }
}

/** Reads the values of all Transfer-Encoding fields of a message, joined with commas (RFC 9112 6.1 and 6.3, items 3 and 4). */
export function readTransferCoding(value: string, kind: 'request' | 'response', http10: boolean): TransferCoding | Problem {
  if (http10) return ambiguous('An HTTP/1.0 message has a Transfer-Encoding.');
  const codings = value
    .split(',')
    .map((coding) => withoutBlanks(coding).toLowerCase())
    .filter((coding) => coding !== '');
  const last = codings.at(-1);
  if (last === undefined) return ambiguous('The Transfer-Encoding is empty.');
  if (last === 'chunked') {
    return codings.indexOf('chunked') === codings.length - 1 ? 'chunked' : ambiguous('The body is chunked twice over.');
  }
  if (kind === 'request') return ambiguous('The last Transfer-Encoding of a request is not chunked.');
  // Read as `chunked` by one and as unknown by another.
  if (last.includes('chunked')) return ambiguous('The last Transfer-Encoding is almost, but not quite, chunked.');
  return 'other';
}

/**
 * Takes off the white space around a list's element: only space and tab (RFC 9110 5.6.3). `trim` would also make `chunked` of what
 * others take for another word, and a regular expression would be slow on a value full of spaces.
 */
function withoutBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === HT;
}
