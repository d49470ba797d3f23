import type { FailureCode, ReadingContext, Side, SpokenFacts } from '../rrpair/pair.ts';

/**
 * Sans-io decoders: bytes of both directions in, calls to an observer out. A decoder owns no socket, clock or file; it never throws,
 * and it keeps no more than the limits allow. What it is given was already forwarded, or is being forwarded: it cannot hold it up.
 *
 * The bytes are a view of memory that may be used again once the call has returned: what a decoder itself keeps beyond the call, it copies. What it
 * gives to a handle is the handle's concern.
 *
 * `at` is a monotonic time in µs, taken when the bytes passed.
 */
export interface WireDecoder {
  push(side: Side, bytes: Buffer, at: number): void;
  /** The side sent FIN (`closed`) or RST (`reset`), or we ended the connection (`stopped`). */
  end(side: Side, how: EndOfStream, at: number): void;
  /**
   * True once the decoder reads no further (after an upgrade, or when the framing cannot be trusted): the caller may stop pushing.
   * `end` is still called. Of a protocol of the registry, what still passes gets a row of its own.
   */
  readonly passedThrough: boolean;
  /** Why it reads no further, as a sentence for that row; empty while it does. */
  readonly problem?: string;
}

export type EndOfStream = 'closed' | 'reset' | 'stopped';

/** Makes one handle per exchange, in the order of the requests. */
export interface ExchangeObserver {
  /** The first byte of a request was seen. */
  exchangeStarted(at: number): ExchangeHandle;
}

/** What a decoder tells of the connection as a whole, and asks of whoever passes its bytes. */
export interface WireConnection {
  /** What the wire has told of the server or of the session. Goes with every pair that is written from now on. */
  learned(facts: SpokenFacts): void;
  /**
   * The client may go on with TLS: the two sides agreed on it, or are about to. `where` is given all bytes that the client sends from now on, before they are
   * passed on, and tells how many of them come before its ClientHello; `no` when there is none, `more` when that cannot be told yet. What
   * is said inside of TLS gets a decoder of its own, so the exchanges of this one must be over by then. `way` brings another connection there.
   */
  tlsMayFollow(where: TlsPlace, way: WayToTls): void;
  /** The server has told its clients where to connect to next, as the nodes of a cluster do. Said as often as the server says it. */
  goesOn(places: readonly ServerPlace[]): void;
}

/** Where a server can be reached, as it says itself. */
export interface ServerPlace {
  readonly host: string;
  readonly port: number;
}

export type TlsPlace = (bytes: Buffer) => number | 'no' | 'more';

/** How a connection to the same server is brought to where TLS may begin. */
export interface WayToTls {
  /** What is said, which may be nothing, and how much of what the server says then is the answer. It says no more before the client's TLS begins. */
  steps: readonly { say: Buffer; heard: TlsPlace }[];
  /**
   * For the client such a connection is as good as its own. It is not where the server has greeted with a challenge; then another one can only show whether the
   * server's TLS can be had.
   */
  replaces: boolean;
}

/** What the list shows of an exchange whose protocol has no heads to derive it from. */
export interface ExchangeSummary {
  /** The verb: `GET`, `Query`. */
  command: string;
  /** What it is about, see `rrpair/protocols.ts`. */
  location: string;
  /** How it ended, empty while it is open. What begins with `ERR` counts as an error everywhere: `ERR`, or `ERR:` and the protocol's code. */
  status: string;
}

/**
 * What a decoder tells about one exchange. Slices are views of what was pushed; whoever keeps them longer than the call must know that
 * they pin that memory. Calls come in the order of the bytes of each side; a response may begin before the request has ended.
 */
export interface ExchangeHandle {
  /**
   * The complete head, start line to empty line. Once; a second time for trailers that are no part of the body's framing (HTTP/2): fields to the empty line,
   * before the end of the request.
   */
  requestHead(bytes: Buffer, at: number): void;
  /** A run of body bytes as on the wire; `payloadBytes` of them are payload, the rest is chunk framing or trailers. */
  requestBody(wire: Buffer, payloadBytes: number, at: number): void;
  requestEnded(at: number): void;
  /** The first byte of the response (of its first interim head, where there is one). */
  responseStarted(at: number): void;
  /** A complete head: any number of interim (1xx) ones, then the final one, and behind the body trailers as above. */
  responseHead(bytes: Buffer, interim: boolean, at: number): void;
  responseBody(wire: Buffer, payloadBytes: number, at: number): void;
  /**
   * What follows is a stream of messages: when each run of it came is worth keeping. Called before the first of it. `duplex`: the connection was given over to it, so
   * that runs of the request's body come as well, in any order, though the request has ended.
   */
  streams(duplex: boolean): void;
  /**
   * What reading this pair later needs and its own bytes do not say, such as the text of a statement that was prepared before. Small
   * (`limits.readingContextBytes`); said again, it replaces what was said.
   */
  context(context: ReadingContext): void;
  /** The exchange is over, well-formed. Nothing comes after it. */
  responseEnded(at: number): void;
  /** The exchange is over, or will not be decoded further. Nothing comes after it. `detail` says what was seen, for the user. */
  failed(code: FailureCode, detail: string, at: number): void;
}

/** As `ExchangeHandle`, for exchanges that cannot be told by their heads. */
export interface SummarisedHandle extends ExchangeHandle {
  /** What is known by now. May be said again when more is; the last word comes before the end. Without it, the heads are read. */
  summary(summary: ExchangeSummary): void;
}

export interface SummarisedObserver extends ExchangeObserver {
  exchangeStarted(at: number): SummarisedHandle;
}
