import { limits } from '../../limits.ts';
import { Allowance, Share } from '../../wire/allowance.ts';

/** One field of a head, with the bytes it was sent as. Text is latin-1: one character is one byte, so nothing is lost. */
export interface HeadField {
  /** Lower case. */
  name: string;
  /** Without surrounding white space; a folded value is joined as sent. */
  value: string;
  /** The whole line as sent, line end and folded lines included. */
  raw: string;
}

/** The head of a request or a response, cut into lines and not otherwise changed. */
export interface Head {
  startLine: string;
  fields: HeadField[];
  /** How the start line ended: CRLF, or a bare LF from a sloppy sender (RFC 9112 2.2). */
  lineEnd: string;
}

export interface RequestLine {
  method: string;
  target: string;
  /** `HTTP/1.1`, as sent. */
  version: string;
}

/** Cuts a complete head (start line to empty line) into lines. */
export function parseHead(bytes: Buffer): Head {
  const lines = bytes.toString('latin1').match(/[^\n]*\n/g) ?? [];
  const startLine = lines[0] ?? '';
  const fields: HeadField[] = [];
  for (let index = 1; index < lines.length; index += 1) {
    const raw = lines[index] ?? '';
    if (raw === '\r\n' || raw === '\n') break;
    const last = fields.at(-1);
    if ((raw.startsWith(' ') || raw.startsWith('\t')) && last !== undefined) {
      last.raw += raw;
      last.value = `${last.value} ${raw.trim()}`.trim();
      continue;
    }
    const colon = raw.indexOf(':');
    fields.push(
      colon < 0
        ? { name: raw.trim().toLowerCase(), value: '', raw }
        : { name: raw.slice(0, colon).trim().toLowerCase(), value: raw.slice(colon + 1).trim(), raw },
    );
  }
  return { startLine: startLine.trimEnd(), fields, lineEnd: startLine.endsWith('\r\n') ? '\r\n' : '\n' };
}

/** Null when the line is not that of an HTTP/1.x request. Methods may be any token (RFC 9110 9.1), also ones nobody registered. */
export function parseRequestLine(line: string): RequestLine | null {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) +(.+?) +(HTTP\/1\.\d)$/.exec(line);
  if (match === null) return null;
  const [, method = '', target = '', version = ''] = match;
  return { method, target, version };
}

/** The members of a list-valued field, over all its lines, in lower case (RFC 9110 5.6.1). */
export function listOf(fields: readonly HeadField[], name: string): string[] {
  const members: string[] = [];
  for (const field of fields) {
    if (field.name !== name) continue;
    for (const member of field.value.split(',')) {
      const trimmed = member.trim().toLowerCase();
      if (trimmed !== '') members.push(trimmed);
    }
  }
  return members;
}

/** `rest` is what follows the head in the last chunk. */
export type CollectedHead = { state: 'more' } | { state: 'too-large' } | { state: 'complete'; head: Buffer; rest: Buffer };

const LF = 10;
const CR = 13;

/** Clients that begin a large head and leave it at that would otherwise cost megabytes each. */
const largeHeads = new Allowance(limits.largeHeadsBytes);

/**
 * Collects a head that arrives in pieces: everything up to and including the first empty line. Empty lines before the start line are
 * skipped (RFC 9112 2.2).
 */
export class HeadCollector {
  readonly #limit: number;
  readonly #share = new Share(largeHeads, limits.smallHeadBytes);
  /** What came of the head so far stands at its beginning. */
  #kept = Buffer.alloc(0);
  #bytes = 0;
  /** Nothing but the line end so far, as at the start of every line. */
  #lineEmpty = true;
  #started = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes of an unfinished head. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What came of it, as a view. */
  get collected(): Buffer {
    return this.#kept.subarray(0, this.#bytes);
  }

  /** Afterwards the collector is ready for the next head. */
  push(chunk: Buffer): CollectedHead {
    let start = 0;
    let position = 0;
    while (position < chunk.length) {
      if (this.#lineEmpty) {
        const byte = chunk[position];
        if (byte === CR) {
          position += 1;
          continue;
        }
        if (byte === LF) {
          position += 1;
          if (this.#started) return this.#complete(chunk, start, position);
          start = position;
          continue;
        }
        if (!this.#started) start = position;
        this.#started = true;
        this.#lineEmpty = false;
      }
      const lineEnd = chunk.indexOf(LF, position);
      if (lineEnd < 0) break;
      this.#lineEmpty = true;
      position = lineEnd + 1;
    }
    if (!this.#started) return { state: 'more' };
    if (!this.#keep(chunk.subarray(start))) return { state: 'too-large' };
    return { state: this.#bytes > this.#limit ? 'too-large' : 'more' };
  }

  /** Lets go of a head that is not complete. */
  drop(): void {
    this.#kept = Buffer.alloc(0);
    this.#share.end();
  }

  /**
   * Copies into a buffer that doubles: a head that dribbles in byte by byte costs no more memory than one that comes at once. False when the
   * large heads of all clients together take too much already.
   */
  #keep(bytes: Buffer): boolean {
    const needed = this.#bytes + bytes.length;
    if (needed > this.#kept.length) {
      const size = Math.max(needed, 2 * this.#kept.length);
      if (!this.#share.grow(size)) return false;
      const larger = Buffer.allocUnsafeSlow(size);
      this.#kept.copy(larger, 0, 0, this.#bytes);
      this.#kept = larger;
    }
    bytes.copy(this.#kept, this.#bytes);
    this.#bytes = needed;
    return true;
  }

  #complete(chunk: Buffer, start: number, end: number): CollectedHead {
    const last = chunk.subarray(start, end);
    if (this.#bytes + last.length > this.#limit) return { state: 'too-large' };
    let head = last;
    if (this.#bytes > 0) {
      if (!this.#keep(last)) return { state: 'too-large' };
      head = this.#kept.subarray(0, this.#bytes);
    }
    this.drop();
    this.#bytes = 0;
    this.#lineEmpty = true;
    this.#started = false;
    return { state: 'complete', head, rest: chunk.subarray(end) };
  }
}
