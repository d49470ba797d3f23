import type { HeaderField } from '../rrpair/shapes.ts';
import { parseHeads } from '../wire/http1/head.ts';
import { clientPreface } from '../wire/http2/detect.ts';
import { type Frame, FrameReader, flags, frameTypes } from '../wire/http2/frame-reader.ts';
import { writeFields, writeFrame } from '../wire/http2/write.ts';
import type { ReplayableRequest } from './request.ts';

/** The only stream of the connection. */
const STREAM = 1;
/** RFC 9113 6.5.2 and 6.9.2: what holds until the server's SETTINGS say something else. */
const DEFAULT_WINDOW = 65_535;
const DEFAULT_FRAME_BYTES = 16_384;
const LARGEST_WINDOW = 2 ** 31 - 1;
const ENABLE_PUSH = 2;
const INITIAL_WINDOW_SIZE = 4;
const MAX_FRAME_SIZE = 5;
const SETTING_BYTES = 6;
const ACK = 1;

/**
 * Says one recorded request in HTTP/2 (RFC 9113), over a connection of its own: its fields in their order, with their duplicates, its body as fast as the server
 * lets it, its trailers. Of what the server says it needs only what concerns that; reading the answer is somebody else's.
 */
export class Http2Sender {
  readonly #send: (bytes: Buffer) => void;
  readonly #frames: FrameReader;
  readonly #trailers: readonly HeaderField[];
  #rest: Buffer;
  #ended = false;
  #connectionWindow = DEFAULT_WINDOW;
  #streamWindow = DEFAULT_WINDOW;
  #initialWindow = DEFAULT_WINDOW;
  #frameBytes = DEFAULT_FRAME_BYTES;

  /** `send` puts bytes on the wire. */
  constructor(request: ReplayableRequest, send: (bytes: Buffer) => void) {
    const { final, trailers } = parseHeads(request.head);
    this.#send = send;
    this.#rest = request.body;
    this.#trailers = trailers;
    this.#frames = new FrameReader({
      data: () => {},
      dataEnded: () => {},
      frame: () => {},
      control: (frame, payload) => this.#control(frame, payload),
    });
    const head: HeaderField[] = [[':method', final?.method ?? 'GET'], [':path', final?.target ?? '/'], ...(final?.headers ?? [])];
    send(Buffer.concat([clientPreface, ourSettings, ourWindow]));
    this.#ended = this.#rest.length === 0 && trailers.length === 0;
    this.#sendFields(head, this.#ended);
    this.#sendBody();
  }

  /** The server sent bytes. */
  received(bytes: Buffer): void {
    this.#frames.push(bytes, 0, 0);
  }

  #sendFields(list: readonly HeaderField[], endStream: boolean): void {
    const block = writeFields(list);
    for (let at = 0; at === 0 || at < block.length; at += this.#frameBytes) {
      const last = at + this.#frameBytes >= block.length;
      const type = at === 0 ? frameTypes.headers : frameTypes.continuation;
      const set = (last ? flags.endHeaders : 0) | (at === 0 && endStream ? flags.endStream : 0);
      this.#send(writeFrame(type, set, STREAM, block.subarray(at, at + this.#frameBytes)));
    }
  }

  #sendBody(): void {
    while (!this.#ended && this.#rest.length > 0) {
      const length = Math.min(this.#rest.length, this.#frameBytes, this.#connectionWindow, this.#streamWindow);
      if (length <= 0) return;
      const run = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      this.#connectionWindow -= length;
      this.#streamWindow -= length;
      this.#ended = this.#rest.length === 0 && this.#trailers.length === 0;
      this.#send(writeFrame(frameTypes.data, this.#ended ? flags.endStream : 0, STREAM, run));
    }
    if (this.#ended || this.#rest.length > 0) return;
    this.#ended = true;
    this.#sendFields(this.#trailers, true);
  }

  #control(frame: Frame, payload: Buffer): void {
    switch (frame.type) {
      case frameTypes.settings:
        if ((frame.flags & ACK) !== 0) return;
        this.#obey(payload);
        this.#send(writeFrame(frameTypes.settings, ACK, 0));
        break;
      case frameTypes.ping:
        if ((frame.flags & ACK) === 0) this.#send(writeFrame(frameTypes.ping, ACK, 0, payload));
        return;
      case frameTypes.windowUpdate:
        if (payload.length !== 4) return;
        if (frame.stream === 0) this.#connectionWindow += payload.readUInt32BE(0) & LARGEST_WINDOW;
        else this.#streamWindow += payload.readUInt32BE(0) & LARGEST_WINDOW;
        break;
      default:
        return;
    }
    this.#sendBody();
  }

  #obey(payload: Buffer): void {
    for (let at = 0; at + SETTING_BYTES <= payload.length; at += SETTING_BYTES) {
      const value = payload.readUInt32BE(at + 2);
      switch (payload.readUInt16BE(at)) {
        case INITIAL_WINDOW_SIZE:
          // RFC 9113 6.9.2: it may make a window negative.
          this.#streamWindow += value - this.#initialWindow;
          this.#initialWindow = value;
          break;
        case MAX_FRAME_SIZE:
          this.#frameBytes = Math.max(DEFAULT_FRAME_BYTES, Math.min(value, 2 ** 24 - 1));
          break;
        default:
          break;
      }
    }
  }
}

function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(SETTING_BYTES);
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** A replay reads less than the largest window (`limits.replayBytes`), so that it never has to be opened again. */
const ourSettings = writeFrame(
  frameTypes.settings,
  0,
  0,
  Buffer.concat([setting(ENABLE_PUSH, 0), setting(INITIAL_WINDOW_SIZE, LARGEST_WINDOW)]),
);
const windowIncrement = Buffer.alloc(4);
windowIncrement.writeUInt32BE(LARGEST_WINDOW - DEFAULT_WINDOW);
const ourWindow = writeFrame(frameTypes.windowUpdate, 0, 0, windowIncrement);
