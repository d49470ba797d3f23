import type { Socket } from 'node:net';
import type { ConnectionInfo, FailureCode, TlsInfo } from '../rrpair/pair.ts';
import type { EndOfStream } from '../wire/decoder.ts';

/** Where a client wants to go, as it named it. IPv6 literals stand without brackets. */
export interface Target {
  host: string;
  port: number;
}

/** An upstream connection, open and not yet read from. */
export interface Dialled {
  ok: true;
  socket: Socket;
  /** The address that the host name resolved to. */
  address: string;
  /** DNS + TCP connect time, µs. */
  dialMicros: number;
}

export interface DialFailure {
  ok: false;
  code: FailureCode;
  /** One plain sentence for the user. */
  message: string;
}

/** An upstream connection with TLS on top of it. */
export interface Secured {
  ok: true;
  socket: Socket;
  /** TLS handshake time, µs. */
  tlsMicros: number;
  tls: TlsInfo;
}

export type DialResult = Dialled | DialFailure;

/** What looks on while bytes pass. It never throws and never holds anything up. */
export interface Tap {
  /** `at` is `nowMicros()` when the bytes passed. The bytes must not be changed afterwards. */
  data(side: 'client' | 'server', bytes: Buffer, at: number): void;
  /**
   * The side sent FIN or RST, or we ended the connection. Once per side, or twice when an RST follows a FIN; when both have ended, the
   * record is closed.
   */
  end(side: 'client' | 'server', how: EndOfStream, at: number): void;
  /** No request waits for its answer: the connection may be closed without harm. */
  readonly idle: boolean;
}

/** One client of a proxy that asked for a connection to a target. */
export interface TunnelRequest extends Target {
  entry: 'connect' | 'socks4' | 'socks5';
  /** Bytes that came after the preamble: the first of what is for the target. */
  head: Buffer;
  /** The target is reached: answer the client that it may go on (`200`, SOCKS reply). Called at most once. */
  onDialed(): void;
  /** The target was not reached, and the failure is recorded. The socket is the caller's again: answer and end it. */
  onFailed(code: FailureCode, message: string): void;
}

/** What the forward front is given. It owns a socket from `accept` until it hands it to `tunnel`. */
export interface ForwardParts {
  /** Connects to a target. Refuses our own listeners (`proxy-loop`). Never rejects. */
  dial(target: Target): Promise<DialResult>;
  /** Takes over the socket of a client that sent CONNECT; from then on nobody else may listen on it. */
  tunnel(socket: Socket, request: TunnelRequest): void;
  /** The TLS handshake with an upstream that was dialled, for absolute-form requests to `https://`. Never rejects; a failure destroys the socket. */
  secure(target: Target, dialled: Dialled): Promise<Secured | DialFailure>;
  /**
   * Opens a record of an upstream connection that the front drives itself (absolute-form requests). The front pushes what it writes
   * to the upstream as `client` bytes and what it reads from it as `server` bytes.
   */
  tap(client: ClientAddress, target: Target, dialled: Dialled, secured: Secured | null): Tap;
  /** Told when a client takes the proxy for the application that it wants to call. */
  takenForApp(): void;
  /** Records requests that never reached an upstream: `head` is the request head as the client sent it. */
  recordRefused(client: ClientAddress, target: Target & { secure: boolean }, head: Buffer, failure: DialFailure): void;
}

export interface ClientAddress {
  address: string;
  port: number;
}

/** Plain HTTP requests in absolute form, and CONNECT. */
export interface ForwardFront {
  /** Takes a client's socket whose first bytes were unshifted. */
  accept(socket: Socket): void;
  /** Stops taking requests; resolves when its sockets are closed. */
  close(): Promise<void>;
}

/** The record of one connection, as far as it is known before anything is dialled. */
export type NewConnection = Pick<
  ConnectionInfo,
  'direction' | 'entry' | 'protocol' | 'clientAddress' | 'clientPort' | 'upstreamHost' | 'upstreamPort'
>;
