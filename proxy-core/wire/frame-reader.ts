import { limits } from '../limits.ts';
import type { SummarisedHandle } from './decoder.ts';
import { viewOf } from './http1/view.ts';

/** Where the bytes of a message go, and what of it is wanted. */
export interface Reception {
  /** Who records its bytes; null when nobody does. */
  to: 'request' | 'response' | null;
  handle: SummarisedHandle | null;
  /** The pair may be over before the message is complete, as a request that is answered early is; then nobody records the rest. */
  exchange?: { readonly requestOpen: boolean; readonly over: boolean } | null;
  /** First bytes of its content that are to be collected for `ended`. */
  collect: number;
  /** Bytes of its content after which the rest is masked; Infinity when none is. */
  clear: number;
  /** Is shown its content as it passes, before anything of it is masked. */
  look?: (content: Buffer) => void;
  /** It is one of masses of which nobody has to be told when they end. */
  bulk?: boolean;
}

/** How the messages of a protocol begin. */
export interface FrameShape {
  /** Bytes of the longest header. */
  readonly most: number;
  /** How many bytes a header has that begins with `have` bytes; any number above `have` when that is not known yet. */
  size(header: Buffer, have: number): number;
  /** What kind of message a complete header announces. */
  type(header: Buffer, size: number): number;
  /** Bytes that follow the header; negative when there is no such length. */
  length(header: Buffer, size: number): number;
}

export interface FrameSink {
  /** A message begins; `length` is that of its content. */
  begins(type: number, length: number): Reception;
  /** It is complete; `content` is the collected beginning, in memory of its own. */
  ended(type: number, content: Buffer): void;
}

const NOTHING = Buffer.alloc(0);

/** Cuts a stream into messages: a header that tells a length, and content. Keeps a header and what is to be collected, no more. */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #shape: FrameShape;
  /** The header that came last; while one is collected, its beginning. */
  readonly header: Buffer;
  #have = 0;
  #left = -1;
  #seen = 0;
  #type = 0;
  #reception: Reception | null = null;
  #collected: Buffer[] = [];
  #at = 0;
  /** Why what came is no message, as a sentence; nothing is read any more then. */
  problem = '';

  constructor(sink: FrameSink, shape: FrameShape) {
    this.#sink = sink;
    this.#shape = shape;
    this.header = Buffer.alloc(shape.most);
  }

  /** No message has begun that is not complete. */
  get between(): boolean {
    return this.#have === 0 && this.#left < 0;
  }

  /** Reads on from `from`; returns where reading stopped: the end, or where the reader was told to stop. */
  push(bytes: Buffer, at: number, from = 0): number {
    this.#at = at;
    let place = from;
    /** Bytes from here on were not given on yet. */
    let run = from;
    while (place < bytes.length && this.problem === '') {
      if (this.#left < 0) {
        const start = place;
        const before = this.#reception;
        const split = this.#have > 0;
        place = this.#readHeader(bytes, start);
        const begun = place >= 0 && this.#begin();
        const next = this.#reception;
        // Messages to the same place go in one run.
        if (begun && !split && before !== null && next !== null && before.handle === next.handle && before.to === next.to) {
          this.#have = 0;
        } else {
          this.#give(before, bytes, run, start);
          if (!begun) return place < 0 ? bytes.length : start;
          run = split ? place : start;
          if (split) this.#give(next, Buffer.from(this.header.subarray(0, this.#have)));
          this.#have = 0;
        }
      } else {
        const reception = this.#reception;
        const take = Math.min(this.#left, bytes.length - place);
        const room = (reception?.collect ?? 0) - this.#seen;
        if (room > 0) this.#collected.push(Buffer.from(bytes.subarray(place, place + Math.min(room, take))));
        reception?.look?.(bytes.subarray(place, place + take));
        const clear = Math.max(0, Math.min(take, (reception?.clear ?? 0) - this.#seen));
        if (clear < take) {
          this.#give(reception, bytes, run, place + clear);
          this.#give(reception, Buffer.alloc(take - clear, '*'));
          run = place + take;
        }
        this.#seen += take;
        this.#left -= take;
        place += take;
      }
      if (this.#left > 0) continue;
      this.#left = -1;
      if (this.#reception?.bulk === true) continue;
      this.#give(this.#reception, bytes, run, place);
      run = place;
      this.#end();
    }
    this.#give(this.#reception, bytes, run, place);
    return place;
  }

  /** Collects header bytes from `place` on; returns where the header ends, -1 when that has not come. */
  #readHeader(bytes: Buffer, place: number): number {
    let at = place;
    for (;;) {
      const size = this.#shape.size(this.header, this.#have);
      if (size <= this.#have) return at;
      if (at === bytes.length) return -1;
      // A header is so short that calling for a copy costs more.
      while (this.#have < size && at < bytes.length) this.header[this.#have++] = bytes[at++] as number;
    }
  }

  /** The header is complete. False when what it announces is not read. */
  #begin(): boolean {
    const size = this.#have;
    this.#type = this.#shape.type(this.header, size);
    const length = this.#shape.length(this.header, size);
    if (length < 0) {
      this.problem = 'A message has an impossible length.';
      return false;
    }
    this.#left = length;
    this.#seen = 0;
    if (this.#collected.length > 0) this.#collected = [];
    const reception = this.#sink.begins(this.#type, length);
    reception.collect = Math.min(reception.collect, limits.readingContextBytes);
    if (this.problem !== '') return false;
    this.#reception = reception;
    return true;
  }

  #end(): void {
    const collected = this.#collected;
    let content: Buffer = NOTHING;
    if (collected.length > 0) {
      content = collected.length === 1 ? (collected[0] ?? NOTHING) : Buffer.concat(collected);
      this.#collected = [];
    }
    this.#sink.ended(this.#type, content);
    this.#reception = null;
  }

  #give(reception: Reception | null, bytes: Buffer, from = 0, to = bytes.length): void {
    if (to <= from || reception === null) return;
    const { to: direction, handle, exchange } = reception;
    if (handle === null || exchange?.over === true || (direction === 'request' && exchange?.requestOpen === false)) return;
    if (direction === 'request') handle.requestBody(viewOf(bytes, from, to), to - from, this.#at);
    else if (direction === 'response') handle.responseBody(viewOf(bytes, from, to), to - from, this.#at);
  }
}
