import { assertNever } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { largeHeads, Share } from '../allowance.ts';
import { viewOf } from '../http1/view.ts';

/** Frame types (RFC 9113 6). All others pass: they say nothing of messages. */
export const frameTypes = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

const controlTypes: ReadonlySet<number> = new Set([frameTypes.settings, frameTypes.ping, frameTypes.windowUpdate]);

/** Flags, as far as they matter here. */
export const flags = { endStream: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

const FRAME_HEADER_BYTES = 9;
/** RFC 9113 6.8: the last stream and the code; after those a server may say why, for people. */
const GOAWAY_BYTES = 8 + limits.goAwayTextBytes;

export interface Frame {
  type: number;
  flags: number;
  stream: number;
  /** When its first byte came. */
  startedAt: number;
}

export interface FrameSink {
  /** A run of what a DATA frame carries, without padding. */
  data(frame: Frame, bytes: Buffer, at: number): void;
  /** The end of a DATA frame. */
  dataEnded(frame: Frame, at: number): void;
  /** Any other frame that is read, complete. `payload` is only there during the call; of GOAWAY its beginning. */
  frame(frame: Frame, payload: Buffer, at: number): void;
  /** As `frame`, for SETTINGS, PING and WINDOW_UPDATE. They pass unread where nobody wants them. */
  control?(frame: Frame, payload: Buffer): void;
}

type Phase = 'header' | 'pad-length' | 'data' | 'collect' | 'skip';

const NOTHING = Buffer.alloc(0);

/** Takes apart what one side of a connection sends (RFC 9113 4.1). DATA passes in runs; what is collected is bounded. */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  readonly #share = new Share(largeHeads, limits.smallHeadBytes);
  #headerBytes = 0;
  #phase: Phase = 'header';
  #frame: Frame = { type: 0, flags: 0, stream: 0, startedAt: 0 };
  /** Bytes of the frame that are still to come, but for padding. */
  #left = 0;
  #padding = 0;
  #collected: Buffer[] = [];
  #collectedBytes = 0;
  /** Why nothing more can be read, as a sentence; null while it can. */
  problem: string | null = null;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(bytes: Buffer, from: number, at: number): void {
    let pos = from;
    while (pos < bytes.length && this.problem === null) pos = this.#step(bytes, pos, at);
  }

  /** Reads no further. */
  giveUp(problem: string): void {
    this.problem ??= problem;
    this.#forget();
  }

  #step(bytes: Buffer, pos: number, at: number): number {
    switch (this.#phase) {
      case 'header':
        return this.#readHeader(bytes, pos, at);
      case 'pad-length':
        return this.#readPadLength(bytes, pos, at);
      case 'data':
        return this.#readData(bytes, pos, at);
      case 'collect':
        return this.#collect(bytes, pos, at);
      case 'skip':
        return this.#skip(bytes, pos);
      default:
        return assertNever(this.#phase);
    }
  }

  #readHeader(bytes: Buffer, pos: number, at: number): number {
    if (this.#headerBytes === 0) this.#frame = { type: 0, flags: 0, stream: 0, startedAt: at };
    const header = this.#header;
    const next = Math.min(bytes.length, pos + FRAME_HEADER_BYTES - this.#headerBytes);
    // Nine bytes: calling for a copy costs more.
    for (let from = pos; from < next; from++) header[this.#headerBytes++] = bytes[from] as number;
    if (this.#headerBytes < FRAME_HEADER_BYTES) return next;
    this.#headerBytes = 0;
    const frame = this.#frame;
    this.#left = ((header[0] as number) << 16) | ((header[1] as number) << 8) | (header[2] as number);
    frame.type = header[3] as number;
    frame.flags = header[4] as number;
    frame.stream = header.readUInt32BE(5) & 0x7fff_ffff;
    this.#begin(at);
    return next;
  }

  #begin(at: number): void {
    const { type, flags: set } = this.#frame;
    this.#padding = 0;
    switch (type) {
      case frameTypes.data:
        if ((set & flags.padded) === 0) this.#beginData(at);
        else if (this.#left === 0) this.giveUp('A padded frame has no room for its padding.');
        else this.#phase = 'pad-length';
        return;
      case frameTypes.goAway:
        this.#padding = Math.max(0, this.#left - GOAWAY_BYTES);
        this.#left -= this.#padding;
        this.#beginCollecting(at);
        return;
      case frameTypes.headers:
      case frameTypes.resetStream:
      case frameTypes.pushPromise:
      case frameTypes.continuation:
        if (this.#left > limits.headBytes) this.giveUp(`A frame with header fields is longer than ${limits.headBytes} bytes.`);
        else this.#beginCollecting(at);
        return;
      case frameTypes.settings:
      case frameTypes.ping:
      case frameTypes.windowUpdate:
        if (this.#sink.control === undefined || this.#left > limits.headBytes) this.#beginSkipping();
        else this.#beginCollecting(at);
        return;
      default:
        this.#beginSkipping();
    }
  }

  #beginData(at: number): void {
    this.#phase = 'data';
    if (this.#left === 0) this.#endData(at);
  }

  #beginCollecting(at: number): void {
    this.#phase = 'collect';
    if (this.#left === 0) this.#deliver(NOTHING, at);
  }

  #beginSkipping(): void {
    this.#phase = this.#left + this.#padding === 0 ? 'header' : 'skip';
  }

  #readPadLength(bytes: Buffer, pos: number, at: number): number {
    this.#padding = bytes[pos] as number;
    this.#left -= 1 + this.#padding;
    if (this.#left < 0) this.giveUp('A frame has more padding than it is long.');
    else this.#beginData(at);
    return pos + 1;
  }

  #readData(bytes: Buffer, pos: number, at: number): number {
    const next = Math.min(bytes.length, pos + this.#left);
    this.#left -= next - pos;
    this.#sink.data(this.#frame, viewOf(bytes, pos, next), at);
    if (this.#left === 0) this.#endData(at);
    return next;
  }

  #endData(at: number): void {
    const frame = this.#frame;
    this.#beginSkipping();
    this.#sink.dataEnded(frame, at);
  }

  #collect(bytes: Buffer, pos: number, at: number): number {
    const next = Math.min(bytes.length, pos + this.#left);
    this.#left -= next - pos;
    if (this.#left === 0 && this.#collectedBytes === 0) {
      this.#deliver(viewOf(bytes, pos, next), at);
      return next;
    }
    this.#collectedBytes += next - pos;
    if (!this.#share.grow(this.#collectedBytes)) {
      this.giveUp(`Unfinished heads of all connections together are larger than ${limits.largeHeadsBytes} bytes.`);
      return next;
    }
    this.#collected.push(Buffer.from(bytes.subarray(pos, next)));
    if (this.#left === 0) {
      const payload = Buffer.concat(this.#collected);
      this.#forget();
      this.#deliver(payload, at);
    }
    return next;
  }

  #deliver(payload: Buffer, at: number): void {
    const frame = this.#frame;
    this.#beginSkipping();
    if (controlTypes.has(frame.type)) this.#sink.control?.(frame, payload);
    else this.#sink.frame(frame, payload, at);
  }

  #skip(bytes: Buffer, pos: number): number {
    const wanted = this.#left + this.#padding;
    const next = Math.min(bytes.length, pos + wanted);
    this.#left = 0;
    this.#padding = wanted - (next - pos);
    if (this.#padding === 0) this.#phase = 'header';
    return next;
  }

  #forget(): void {
    this.#collected = [];
    this.#collectedBytes = 0;
    this.#share.end();
  }
}
