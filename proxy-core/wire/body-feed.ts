import type { HeaderField } from '../rrpair/shapes.ts';
import type { StoredStream } from './conversation.ts';
import { ChunkedReader } from './http1/chunked.ts';
import { headerValues } from './http1/head.ts';
import { readBody } from './read-body.ts';

/** Takes a run of the payload. `atMs` is when it came, null where that is not known. */
export type TakePayload = (payload: Uint8Array, atMs: number | null) => void;

/**
 * Gives the payload of a response as it grows, without framing and content coding, each byte once. Of a body that is compressed the whole is decompressed
 * again each time, and what is new of it has no time.
 */
export class BodyFeed {
  readonly #headers: readonly HeaderField[];
  readonly #coded: boolean;
  readonly #chunks: ChunkedReader | null;
  readonly #take: TakePayload;
  #bytes: Buffer = Buffer.alloc(0);
  #atMs: number | null = null;
  #to = 0;
  #decoded = 0;
  #nextArrival = 0;
  /** Why not all of it could be read; empty when it could. */
  problem = '';

  constructor(headers: readonly HeaderField[], take: TakePayload) {
    this.#headers = headers;
    this.#take = take;
    const transfer = codings(headers, 'transfer-encoding');
    this.#coded = codings(headers, 'content-encoding').length > 0 || transfer.some((coding) => coding !== 'chunked');
    this.#chunks =
      transfer.at(-1) === 'chunked'
        ? new ChunkedReader((from, to) => this.#take(this.#bytes.subarray(from, to), this.#atMs))
        : null;
  }

  readOn(stream: StoredStream): void {
    if (this.#coded) {
      this.#decode(stream.response);
      return;
    }
    const { response, arrivals, open } = stream;
    for (; this.#nextArrival < arrivals.length; this.#nextArrival++) {
      const arrival = arrivals[this.#nextArrival];
      if (arrival === undefined || !arrival.fromServer) continue;
      // What is noted is there a moment later.
      if (open && this.#to + arrival.bytes > response.length) return;
      this.#pass(response, Math.min(response.length, this.#to + arrival.bytes), arrival.at / 1000);
    }
    if (!open || stream.arrivalsFull) this.#pass(response, response.length, null);
  }

  #pass(response: Buffer, to: number, atMs: number | null): void {
    if (to <= this.#to || this.problem !== '') return;
    this.#bytes = response.subarray(0, to);
    this.#atMs = atMs;
    if (this.#chunks === null) this.#take(response.subarray(this.#to, to), atMs);
    else this.#chunks.read(this.#bytes, this.#to);
    this.#to = to;
    const broken = this.#chunks?.problem ?? null;
    if (broken !== null) this.problem = `${broken.detail} What follows is not read.`;
  }

  #decode(response: Buffer): void {
    if (response.length === this.#to) return;
    this.#to = response.length;
    const { bytes } = readBody(response, this.#headers, 'decoded');
    if (bytes.length > this.#decoded) this.#take(bytes.subarray(this.#decoded), null);
    this.#decoded = Math.max(this.#decoded, bytes.length);
  }
}

function codings(headers: readonly HeaderField[], name: string): string[] {
  return headerValues(headers, name)
    .join(',')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
}
