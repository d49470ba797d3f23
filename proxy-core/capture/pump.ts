import type { Socket } from 'node:net';
import { nowMicros } from './clock.ts';
import { DirectSocket } from './direct-socket.ts';
import type { Tap } from './route.ts';

/** One end of a connection. */
export interface Leg {
  /** Where plain bytes are read and written: the socket itself, or the TLS socket on top of it. */
  stream: Socket;
  /** The TCP socket below. */
  socket: Socket;
}

/** A tap that tells whether it keeps what it was shown. */
export interface PumpTap extends Tap {
  /** Returns true when nothing of the bytes is kept: their memory may be used again. */
  data(side: 'client' | 'server', bytes: Buffer, at: number): boolean;
  /** Bytes of the server that are about to be passed on, with a notice in them that they are the last; null when they have no place for it. */
  lastAnswer(bytes: Buffer): Buffer | null;
}

export interface PumpEvents {
  /** A side ended with an error instead of a FIN. */
  failed?(side: 'client' | 'server', error: NodeJS.ErrnoException): void;
  /** Both sides are closed. Once. */
  closed(): void;
}

/** Sees the client's bytes instead of the upstream, until it is opened. */
export interface Gate {
  data(chunk: Buffer, at: number): void;
  /** The client sends no more: what was held back must go on now. */
  end(): void;
  /** Whether these first bytes of the server have time until the client has said something. */
  mayWait?(chunk: Buffer): boolean;
}

/**
 * Passes bytes both ways as they come, with back-pressure, and shows them to a tap after they were passed on. FIN goes through as FIN, so that half-closed
 * connections live on, and RST as RST.
 */
export class Pump {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #clientLeg: Leg;
  readonly #upstreamLeg: Leg;
  readonly #tap: PumpTap;
  readonly #events: PumpEvents;
  #gate: Gate | null;
  #retiring = false;
  #serverSpoke = false;
  /** What it said first is back in its socket, which is paused. */
  #serverWaits = false;
  /** The last bytes of that side are needed by nobody but the socket that they are being written to. */
  #clientBytesUnkept = false;
  #serverBytesUnkept = false;
  #clientEnded = false;
  #serverEnded = false;
  #open = 2;
  /** We have nothing to do with the sockets any more. */
  #stopped = false;

  constructor(client: Leg, upstream: Leg, tap: PumpTap, events: PumpEvents, gate: Gate | null = null) {
    this.#clientLeg = client;
    this.#upstreamLeg = upstream;
    this.#client = client.stream;
    this.#upstream = upstream.stream;
    this.#tap = tap;
    this.#events = events;
    this.#gate = gate;
  }

  /** `first` are bytes of the client that were read before. */
  start(first: { bytes: Buffer; at: number } | null): void {
    const client = this.#client;
    const upstream = this.#upstream;
    client.on('data', this.#clientData);
    upstream.on('data', this.#serverData);
    client.on('drain', this.#clientDrained);
    upstream.on('drain', this.#serverDrained);
    client.on('end', this.#clientEnd);
    upstream.on('end', this.#serverEnd);
    client.on('error', this.#clientError);
    upstream.on('error', this.#serverError);
    client.on('close', this.#clientClose);
    upstream.on('close', this.#serverClose);
    if (first !== null) this.fromClient(first.bytes, first.at);
    // What happened before we listened.
    if (client.destroyed) this.#broken('client', client.errored);
    if (upstream.destroyed) this.#broken('server', upstream.errored);
    if (client.readableEnded && !this.#stopped) this.#clientEnd();
  }

  /** Lets go of both sockets, which stay open, paused, for someone else. */
  detach(): void {
    const client = this.#client;
    const upstream = this.#upstream;
    client.off('data', this.#clientData);
    upstream.off('data', this.#serverData);
    client.off('drain', this.#clientDrained);
    upstream.off('drain', this.#serverDrained);
    client.off('end', this.#clientEnd);
    upstream.off('end', this.#serverEnd);
    client.off('error', this.#clientError);
    upstream.off('error', this.#serverError);
    client.off('close', this.#clientClose);
    upstream.off('close', this.#serverClose);
    client.pause();
    upstream.pause();
    this.#stopped = true;
  }

  /** The server has sent something. */
  get serverSpoke(): boolean {
    return this.#serverSpoke;
  }

  /** From now on the client's bytes go to the upstream. */
  openGate(): void {
    this.#gate = null;
    if (!this.#serverWaits) return;
    this.#serverWaits = false;
    this.#upstream.resume();
  }

  /** From now on the gate sees the client's bytes first, as at the beginning. */
  closeGate(gate: Gate): void {
    this.#gate = gate;
  }

  /** Takes bytes of the client that were read before. */
  fromClient(chunk: Buffer, at: number): void {
    if (this.#gate !== null) {
      this.#gate.data(chunk, at);
      return;
    }
    const upstream = this.#upstream;
    if (!write(upstream, chunk)) this.#client.pause();
    this.#clientBytesUnkept = this.#tap.data('client', chunk, at);
    if (this.#clientBytesUnkept && upstream.writableLength === 0) reuse(this.#client);
  }

  /**
   * Lets the next answer be the last. The one place where other bytes are passed on than were sent: a client that goes on at once would otherwise have to be
   * cut off in the middle of a request.
   */
  retire(): void {
    this.#retiring = true;
  }

  /** Ends the connection from our side. */
  stop(how?: 'reset'): void {
    this.#stopped = true;
    this.#endTap();
    if (how === 'reset') {
      resetNow(this.#clientLeg);
      resetNow(this.#upstreamLeg);
      return;
    }
    this.#client.destroy();
    this.#upstream.destroy();
    this.#clientLeg.socket.destroy();
    this.#upstreamLeg.socket.destroy();
  }

  readonly #clientData = (chunk: Buffer): void => {
    this.fromClient(chunk, nowMicros());
  };

  readonly #serverData = (chunk: Buffer): void => {
    if (!this.#serverSpoke && this.#gate?.mayWait?.(chunk) === true) {
      this.#serverWaits = true;
      this.#upstream.pause();
      this.#upstream.unshift(chunk);
      return;
    }
    const at = nowMicros();
    const client = this.#client;
    const passed = this.#retiring ? (this.#tap.lastAnswer(chunk) ?? chunk) : chunk;
    if (!write(client, passed)) this.#upstream.pause();
    this.#serverSpoke = true;
    this.#serverBytesUnkept = this.#tap.data('server', chunk, at);
    if (this.#serverBytesUnkept && client.writableLength === 0) reuse(this.#upstream);
  };

  readonly #clientDrained = (): void => {
    if (this.#serverBytesUnkept) reuse(this.#upstream);
    this.#upstream.resume();
  };

  readonly #serverDrained = (): void => {
    if (this.#clientBytesUnkept) reuse(this.#client);
    this.#client.resume();
  };

  readonly #clientEnd = (): void => {
    this.#gate?.end();
    this.#upstream.end();
    this.#ended('client', 'closed');
  };

  readonly #serverEnd = (): void => {
    this.#client.end();
    this.#ended('server', 'closed');
  };

  readonly #clientError = (error: NodeJS.ErrnoException): void => {
    this.#broken('client', error);
  };

  readonly #serverError = (error: NodeJS.ErrnoException): void => {
    this.#broken('server', error);
  };

  readonly #clientClose = (): void => {
    // Closed by ourselves, or by an error that was handled: an end that was seen has been passed on already.
    if (!this.#clientEnded && !this.#stopped) this.#broken('client', null);
    this.#closed();
  };

  readonly #serverClose = (): void => {
    if (!this.#serverEnded && !this.#stopped) this.#broken('server', null);
    this.#closed();
  };

  #broken(side: 'client' | 'server', error: NodeJS.ErrnoException | null): void {
    if (this.#stopped) return;
    if (error !== null) this.#events.failed?.(side, error);
    this.#ended(side, 'reset');
    reset(side === 'client' ? this.#upstreamLeg : this.#clientLeg);
  }

  #ended(side: 'client' | 'server', how: 'closed' | 'reset' | 'stopped'): void {
    if (side === 'client') {
      // An RST after a FIN still tells something: the decoder may be waiting for the response.
      if (this.#clientEnded && how === 'closed') return;
      this.#clientEnded = true;
    } else {
      if (this.#serverEnded && how === 'closed') return;
      this.#serverEnded = true;
    }
    this.#tap.end(side, how, nowMicros());
  }

  #endTap(): void {
    if (!this.#clientEnded) this.#ended('client', 'stopped');
    if (!this.#serverEnded) this.#ended('server', 'stopped');
  }

  #closed(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    this.#endTap();
    this.#events.closed();
  }
}

function write(to: Socket, bytes: Buffer): boolean {
  return to instanceof DirectSocket ? to.pass(bytes) : to.write(bytes);
}

function reuse(source: Socket): void {
  if (source instanceof DirectSocket) source.reuse();
}

const NOTHING = Buffer.alloc(0);

/** Sends an RST, once what still waits in this process was handed to the system: who reads slowly loses no more than it would without us. */
export function reset(leg: Leg): void {
  const { stream } = leg;
  const flows = !stream.destroyed && stream.errored === null && !stream.writableEnded;
  if (flows && stream.writableLength > 0) stream.write(NOTHING, () => resetNow(leg));
  else resetNow(leg);
}

function resetNow({ stream, socket }: Leg): void {
  if (!socket.destroyed) socket.resetAndDestroy();
  if (stream !== socket) stream.destroy();
}
