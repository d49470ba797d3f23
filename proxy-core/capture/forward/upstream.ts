import type { Socket } from 'node:net';
import { limits } from '../../limits.ts';
import type { EndOfStream } from '../../wire/decoder.ts';
import { nowMicros } from '../clock.ts';
import type { Leg } from '../pump.ts';
import type { Tap } from '../route.ts';

/** Who is told what an upstream connection does. */
export interface UpstreamListener {
  /** Bytes came. The listener forwards them first and then shows them to the tap with `Upstream.seen`. */
  upstreamData(upstream: Upstream, bytes: Buffer): void;
  /** The server sent FIN. */
  upstreamEnded(upstream: Upstream): void;
  /** The connection is broken: reset, or a write failed. Nothing follows. */
  upstreamBroken(upstream: Upstream): void;
  /** What was written has left, so more may be. */
  upstreamDrained(upstream: Upstream): void;
}

/** One connection to an origin, with the tap that records it. */
export class Upstream {
  /** Scheme, host and port: requests to the same key may use the same connection. */
  readonly key: string;
  /** The server sent FIN. */
  ended = false;
  readonly #leg: Leg;
  readonly #socket: Socket;
  readonly #tap: Tap;
  #clientEnd: EndOfStream | null = null;
  #serverEnd: EndOfStream | null = null;
  #givenUp = false;

  constructor(key: string, leg: Leg, tap: Tap, listener: UpstreamListener) {
    this.key = key;
    this.#leg = leg;
    const socket = leg.stream;
    this.#socket = socket;
    this.#tap = tap;
    socket.on('data', (bytes: Buffer) => {
      if (!this.#givenUp) listener.upstreamData(this, bytes);
    });
    socket.on('end', () => {
      this.ended = true;
      this.#endServer('closed');
      if (!this.#givenUp) listener.upstreamEnded(this);
    });
    socket.on('drain', () => listener.upstreamDrained(this));
    // `close` follows every error, and is where it is dealt with.
    socket.on('error', () => this.#endServer('reset'));
    socket.on('close', (hadError) => {
      if (!this.ended) this.#endServer('reset');
      this.#endClient('stopped');
      if (!this.#givenUp && (hadError || !this.ended)) listener.upstreamBroken(this);
    });
  }

  /** Forwards bytes and shows them to the tap. `at` when they were received, if that is not now. */
  write(bytes: Buffer, at = nowMicros()): void {
    if (bytes.length === 0 || this.#clientEnd !== null) return;
    this.#socket.write(bytes);
    this.#tap.data('client', bytes, at);
  }

  /** Shows bytes of the server to the tap. */
  seen(bytes: Buffer): void {
    this.#tap.data('server', bytes, nowMicros());
  }

  /** More is waiting to be sent than should be. */
  get full(): boolean {
    return this.#socket.writableLength > limits.pumpHighWaterBytes;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends FIN, as the client did, or because nothing will follow (`stopped`). */
  end(how: EndOfStream): void {
    this.#endClient(how);
    this.#socket.end();
  }

  /** Gives the connection up at once. `how` the client's side ended; a reset is passed on as one. */
  destroy(how: EndOfStream): void {
    this.#giveUp(how);
    if (how === 'reset') this.#leg.socket.resetAndDestroy();
    this.#socket.destroy();
  }

  /** Nothing more is wanted of it: closes once what was written has left. */
  finish(how: EndOfStream): void {
    this.#giveUp(how);
    this.#socket.destroySoon();
    this.#socket.resume();
    if (!this.#socket.destroyed) this.#socket.setTimeout(limits.forwardLingerMillis, () => this.#socket.destroy());
  }

  #giveUp(how: EndOfStream): void {
    this.#givenUp = true;
    this.#endClient(how);
    this.#endServer('stopped');
  }

  #endClient(how: EndOfStream): void {
    if (!isNews(this.#clientEnd, how)) return;
    this.#clientEnd = how;
    this.#tap.end('client', how, nowMicros());
  }

  #endServer(how: EndOfStream): void {
    if (!isNews(this.#serverEnd, how)) return;
    this.#serverEnd = how;
    this.#tap.end('server', how, nowMicros());
  }
}

/** A side ends once, but a reset after a FIN still tells something: what was awaited will not come. */
function isNews(before: EndOfStream | null, how: EndOfStream): boolean {
  return before === null || (before === 'closed' && how === 'reset');
}
