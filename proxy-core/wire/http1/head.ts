import type { HeaderField } from '../../rrpair/shapes.ts';

/**
 * Reads a captured HTTP head (RFC 9112 2.1; those of HTTP/2 are kept in the same form) for display and lookup. The bytes are taken as they are: CRLF or LF ends a line, an
 * obs-fold stays inside its value, a line without a colon is kept as a name without a value. Nothing is dropped, merged or repaired,
 * and nothing throws.
 */

/** One head. What its kind does not have, or its start line does not say, is empty or 0. */
export interface ParsedHead {
  kind: 'request' | 'response';
  /** The first line without its line end. */
  startLine: string;
  /** Of a request. */
  method: string;
  /** Of a request, as sent: origin-form, absolute-form, authority-form or `*` (RFC 9112 3.2). */
  target: string;
  /** `HTTP/1.1`, `HTTP/2`. */
  version: string;
  /** Of a response; 0 when the status line has no number where it belongs. */
  statusCode: number;
  /** The reason phrase of a response; may be empty. */
  reason: string;
  /** In the order sent, case and duplicates kept, bytes read as latin-1. */
  headers: HeaderField[];
}

/** What is stored as the head of one message: any number of interim (1xx) response heads, then the final one, and trailers of HTTP/2. */
export interface ParsedHeads {
  interim: ParsedHead[];
  /** Null while only interim heads came. `101 Switching Protocols` is final, unless the answer to the upgraded request follows it (HTTP/2). */
  final: ParsedHead | null;
  trailers: HeaderField[];
}

const CR = 13;
const COLON = 58;

/** Reads one head, of a request or of a response: a response's begins with `HTTP/`, which no method can. */
export function parseHead(bytes: Uint8Array): ParsedHead {
  return readHead(latin1(bytes), 0).head;
}

/** Reads the first line of a head, given as latin-1 with or without its line end, and no fields. */
export function parseStartLine(line: string): ParsedHead {
  return readStartLine(line.slice(0, contentEnd(line, 0, line.length)));
}

/** Reads what is stored as the head of a message: of a response several heads, one after the other, when there were interim ones. */
export function parseHeads(bytes: Uint8Array): ParsedHeads {
  const text = latin1(bytes);
  const interim: ParsedHead[] = [];
  let at = 0;
  while (at < text.length) {
    const { head, end } = readHead(text, at);
    if (!isInterim(head) && !(head.statusCode === 101 && text.startsWith('HTTP/2 ', end))) {
      const trailers: HeaderField[] = [];
      readFields(text, end, trailers);
      return { interim, final: head, trailers };
    }
    interim.push(head);
    at = end;
  }
  return { interim, final: null, trailers: [] };
}

/** Where the request goes, as its fields name it: `:authority` of HTTP/2 is what Host is in HTTP/1 (RFC 9113 8.3.1). */
export function namedHost(headers: readonly HeaderField[]): string | undefined {
  return headerValue(headers, ':authority') ?? headerValue(headers, 'host');
}

/** The first value of the field with this name, whatever the case of either; undefined when there is none. */
export function headerValue(headers: readonly HeaderField[], name: string): string | undefined {
  for (const field of headers) if (sameName(field[0], name)) return field[1];
  return undefined;
}

/** All values of the fields with this name, in the order sent. */
export function headerValues(headers: readonly HeaderField[], name: string): string[] {
  const values: string[] = [];
  for (const field of headers) if (sameName(field[0], name)) values.push(field[1]);
  return values;
}

/** Reads field lines up to an empty line or the end: the trailer section of a chunked body (RFC 9112 7.1.2). */
export function parseFields(bytes: Uint8Array): HeaderField[] {
  return parseFieldLines(latin1(bytes));
}

/** As `parseFields`, from bytes as latin-1. */
export function parseFieldLines(text: string, from = 0): HeaderField[] {
  const headers: HeaderField[] = [];
  readFields(text, from, headers);
  return headers;
}

function sameName(a: string, b: string): boolean {
  return a.length === b.length && (a === b || a.toLowerCase() === b.toLowerCase());
}

function isInterim(head: ParsedHead): boolean {
  return head.statusCode >= 100 && head.statusCode < 200 && head.statusCode !== 101;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function readHead(text: string, from: number): { head: ParsedHead; end: number } {
  const lineEnd = endOfLine(text, from);
  const startLine = text.slice(from, contentEnd(text, from, lineEnd));
  const head = readStartLine(startLine);
  return { head, end: readFields(text, lineEnd, head.headers) };
}

function readStartLine(startLine: string): ParsedHead {
  return startLine.startsWith('HTTP/') ? readStatusLine(startLine) : readRequestLine(startLine);
}

function readRequestLine(startLine: string): ParsedHead {
  const head: ParsedHead = {
    kind: 'request',
    startLine,
    method: startLine,
    target: '',
    version: '',
    statusCode: 0,
    reason: '',
    headers: [],
  };
  const first = startLine.indexOf(' ');
  if (first < 0) return head;
  // The version is what follows the last space, so that a target with spaces in it (RFC 9112 3.2 forbids them) stays in one piece.
  const last = startLine.lastIndexOf(' ');
  const hasVersion = last > first && startLine.startsWith('HTTP/', last + 1);
  head.method = startLine.slice(0, first);
  head.target = startLine.slice(first + 1, hasVersion ? last : undefined);
  if (hasVersion) head.version = startLine.slice(last + 1);
  return head;
}

function readStatusLine(startLine: string): ParsedHead {
  const head: ParsedHead = {
    kind: 'response',
    startLine,
    method: '',
    target: '',
    version: startLine,
    statusCode: 0,
    reason: '',
    headers: [],
  };
  const first = startLine.indexOf(' ');
  if (first < 0) return head;
  head.version = startLine.slice(0, first);
  const code = startLine.slice(first + 1, first + 4);
  const separated = startLine.length <= first + 4 || startLine.charCodeAt(first + 4) === 32;
  const readable = code.length === 3 && separated && isDigits(code);
  if (readable) head.statusCode = Number(code);
  head.reason = startLine.slice(readable ? first + 5 : first + 1);
  return head;
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** Reads field lines from `at` into `headers`; returns where the empty line ends. */
function readFields(text: string, at: number, headers: HeaderField[]): number {
  let start = at;
  while (start < text.length) {
    let next = endOfLine(text, start);
    let end = contentEnd(text, start, next);
    if (end === start) return next;
    while (isBlank(text.charCodeAt(next))) {
      // RFC 9112 5.2: a line that begins with white space continues the value before it.
      const lineStart = next;
      next = endOfLine(text, lineStart);
      end = contentEnd(text, lineStart, next);
    }
    headers.push(readField(text, start, end));
    start = next;
  }
  return start;
}

function readField(text: string, start: number, end: number): HeaderField {
  // The names of HTTP/2's pseudo-header fields begin with a colon.
  let colon = text.charCodeAt(start) === COLON && isLower(text.charCodeAt(start + 1)) ? start + 1 : start;
  while (colon < end && text.charCodeAt(colon) !== COLON) colon++;
  if (colon === end) return [text.slice(start, end), ''];
  let from = colon + 1;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return [text.slice(start, colon), text.slice(from, to)];
}

/** Where the line after this one begins. */
function endOfLine(text: string, from: number): number {
  const lf = text.indexOf('\n', from);
  return lf < 0 ? text.length : lf + 1;
}

/** Where the line's content ends: before CRLF, LF or the end of the text. */
function contentEnd(text: string, from: number, lineEnd: number): number {
  let end = lineEnd;
  if (end > from && text.charCodeAt(end - 1) === 10) {
    end--;
    if (end > from && text.charCodeAt(end - 1) === CR) end--;
  }
  return end;
}

function isLower(code: number): boolean {
  return code >= 97 && code <= 122;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** White space around a value; the line ends are those of a fold that begins or ends it. */
function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 10;
}
