import { ChunkedReader } from './chunked.ts';
import type { Problem } from './problem.ts';

/** How a body ends (RFC 9112 6.3). */
type Framing = 'length' | 'chunked' | 'close';

/** Follows one body over any number of pieces, whichever way it is framed. Serves one message after the other. */
export class BodyReader {
  /** Payload bytes that the last call passed over. */
  payloadBytes = 0;
  /** Payload bytes of this body so far. */
  totalBytes = 0;
  done = false;
  problem: Problem | null = null;

  #framing: Framing = 'close';
  #left = 0;
  #chunked: ChunkedReader | null = null;

  beginLength(bytes: number): void {
    this.#begin('length');
    this.#left = bytes;
  }

  beginChunked(): void {
    this.#begin('chunked');
    this.#chunked ??= new ChunkedReader();
    this.#chunked.reset();
  }

  beginUntilClose(): void {
    this.#begin('close');
  }

  /** How long it is was stated. */
  get hasLength(): boolean {
    return this.#framing === 'length';
  }

  /** The end of the connection is the end of the body, and a proper one. */
  get endsWithConnection(): boolean {
    return this.#framing === 'close';
  }

  /** Reads on from `from`; returns where it stopped: at the end of the piece, behind the body, or at the first wrong byte. */
  read(bytes: Buffer, from: number): number {
    if (this.#framing === 'chunked') return this.#readChunked(bytes, from);
    const there = bytes.length - from;
    const passed = this.#framing === 'length' && there > this.#left ? this.#left : there;
    this.payloadBytes = passed;
    this.totalBytes += passed;
    if (this.#framing === 'length') {
      this.#left -= passed;
      this.done = this.#left === 0;
    }
    return from + passed;
  }

  /** How far it came, as the end of a sentence. */
  progress(kind: 'request' | 'response'): string {
    if (this.#framing === 'length') return `after ${this.totalBytes} of ${this.totalBytes + this.#left} bytes of the ${kind} body`;
    return `after ${this.totalBytes} bytes of the ${kind} body, whose length was not stated`;
  }

  #begin(framing: Framing): void {
    this.#framing = framing;
    this.payloadBytes = 0;
    this.totalBytes = 0;
    this.done = false;
    this.problem = null;
  }

  #readChunked(bytes: Buffer, from: number): number {
    const chunked = this.#chunked as ChunkedReader;
    const end = chunked.read(bytes, from);
    this.payloadBytes = chunked.payloadBytes;
    this.totalBytes += chunked.payloadBytes;
    this.done = chunked.done;
    this.problem = chunked.problem;
    return end;
  }
}
