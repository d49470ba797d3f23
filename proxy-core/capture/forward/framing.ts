import { limits } from '../../limits.ts';
import { ChunkedReader } from '../../wire/http1/chunked.ts';
import { readContentLength, readTransferCoding } from '../../wire/http1/framing.ts';
import { type Head, HeadCollector, listOf, parseHead } from './head.ts';

/**
 * Where messages end, and nothing else: the front forwards bytes as they are and only has to know when the next request begins. What a
 * pair looks like is the decoder's business.
 */
export type Framing =
  | { kind: 'none' }
  | { kind: 'length'; length: number }
  | { kind: 'chunked' }
  | { kind: 'until-close' }
  /** Cannot be told, or must not be guessed (RFC 9112 6.1, 6.3): the connection goes on as raw bytes. */
  | { kind: 'unknown' };

function framing(head: Head, kind: 'request' | 'response', http10: boolean): Framing {
  let length = -1;
  for (const field of head.fields) {
    if (field.name !== 'content-length') continue;
    const value = Buffer.from(field.value, 'latin1');
    const read = readContentLength(value, 0, value.length, length);
    if (typeof read !== 'number') return { kind: 'unknown' };
    length = read;
  }
  const codings = head.fields.filter((field) => field.name === 'transfer-encoding').map((field) => field.value);
  if (codings.length > 0) {
    const coding = readTransferCoding(codings.join(','), kind, http10);
    if (length >= 0 || typeof coding !== 'string') return { kind: 'unknown' };
    return { kind: coding === 'chunked' ? 'chunked' : 'until-close' };
  }
  if (length >= 0) return { kind: 'length', length };
  return { kind: kind === 'request' ? 'none' : 'until-close' };
}

/** RFC 9112 6.3 for a request. */
export function requestFraming(head: Head, version: string): Framing {
  return framing(head, 'request', version === 'HTTP/1.0');
}

/** RFC 9112 6.3 for a final response with this status to a request with this method. */
export function responseFraming(head: Head, version: string, status: number, method: string): Framing {
  if (method === 'HEAD' || status === 204 || status === 304) return { kind: 'none' };
  return framing(head, 'response', version === 'HTTP/1.0');
}

/** Whether the sender of this head means to keep the connection (RFC 9112 9.3). */
export function keepsAlive(head: Head, version: string): boolean {
  const options = listOf(head.fields, 'connection');
  if (options.includes('close')) return false;
  return version === 'HTTP/1.1' || options.includes('keep-alive');
}

/** Finds the end of a body in bytes that pass. */
export class BodyEnd {
  readonly #framing: Framing;
  readonly #chunks: ChunkedReader | null;
  #left: number;
  #done: boolean;
  #lost: boolean;

  constructor(framing: Framing) {
    this.#framing = framing;
    this.#chunks = framing.kind === 'chunked' ? new ChunkedReader() : null;
    this.#left = framing.kind === 'length' ? framing.length : 0;
    this.#done = framing.kind === 'none' || (framing.kind === 'length' && framing.length === 0);
    this.#lost = framing.kind === 'unknown';
  }

  /** The body is complete. */
  get done(): boolean {
    return this.#done;
  }

  /** The end cannot be told any more: everything that follows belongs to this connection as raw bytes. */
  get lost(): boolean {
    return this.#lost;
  }

  /** How many of the bytes belong to the body: all of them, until it is done. */
  take(bytes: Buffer): number {
    if (this.#done) return 0;
    if (this.#lost || this.#framing.kind === 'until-close') return bytes.length;
    if (this.#chunks !== null) {
      const end = this.#chunks.read(bytes, 0);
      this.#done = this.#chunks.done;
      this.#lost = this.#chunks.problem !== null;
      return this.#lost ? bytes.length : end;
    }
    const taken = Math.min(this.#left, bytes.length);
    this.#left -= taken;
    this.#done = this.#left === 0;
    return taken;
  }
}

/** Finds the end of the response to one request in the bytes of the server: interim heads, the final head, the body. */
export class ResponseEnd {
  readonly #method: string;
  readonly #head = new HeadCollector(limits.forwardHeadBytes);
  #body: BodyEnd | null = null;
  #switched = false;
  #lost = false;
  #keepAlive = false;

  constructor(method: string) {
    this.#method = method;
  }

  /** The response is complete. */
  get done(): boolean {
    return this.#body?.done ?? false;
  }

  /** The server means to keep the connection; known once the final head was seen. */
  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  /** The rest is raw bytes both ways: the protocol was switched (101), or the end cannot be told. */
  get raw(): boolean {
    return this.#switched || this.#lost || (this.#body?.lost ?? false);
  }

  /** How many of the bytes belong to the response: all of them, until it is done. */
  take(bytes: Buffer): number {
    let position = 0;
    while (this.#body === null && !this.raw && position < bytes.length) {
      const step = this.#head.push(bytes.subarray(position));
      if (step.state === 'more') return bytes.length;
      if (step.state === 'too-large') {
        this.#lost = true;
        break;
      }
      position = bytes.length - step.rest.length;
      this.#endHead(parseHead(step.head));
    }
    if (this.raw || this.#body === null) return bytes.length;
    return position + this.#body.take(position === 0 ? bytes : bytes.subarray(position));
  }

  #endHead(head: Head): void {
    const match = /^(HTTP\/1\.\d) +(\d{3})(?: |$)/.exec(head.startLine);
    const version = match?.[1] ?? '';
    const status = Number(match?.[2] ?? 0);
    if (match === null || status < 100) {
      this.#lost = true;
      return;
    }
    if (status === 101) {
      this.#switched = true;
    } else if (status >= 200) {
      this.#body = new BodyEnd(responseFraming(head, version, status, this.#method));
      this.#keepAlive = keepsAlive(head, version);
    }
  }
}
