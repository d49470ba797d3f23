import type { FailureCode, Side } from '../rrpair/pair.ts';

/**
 * Sans-io decoders: bytes of both directions in, calls to an observer out. A decoder owns no socket, clock or file; it never throws,
 * and it keeps no more than the limits allow. What it is given was already forwarded, or is being forwarded: it cannot hold it up.
 *
 * `at` is a monotonic time in µs, taken when the bytes passed.
 */
export interface WireDecoder {
  push(side: Side, bytes: Buffer, at: number): void;
  /** The side sent FIN (`closed`) or RST (`reset`), or we ended the connection (`stopped`). */
  end(side: Side, how: EndOfStream, at: number): void;
  /**
   * True once the decoder reads no further (after an upgrade, or when the framing cannot be trusted): the caller may stop pushing.
   * `end` is still called.
   */
  readonly passedThrough: boolean;
}

export type EndOfStream = 'closed' | 'reset' | 'stopped';

/** Makes one handle per exchange, in the order of the requests. */
export interface ExchangeObserver {
  /** The first byte of a request was seen. */
  exchangeStarted(at: number): ExchangeHandle;
}

/**
 * What a decoder tells about one exchange. Slices are views of what was pushed; whoever keeps them longer than the call must know that
 * they pin that memory. Calls come in the order of the bytes of each side; a response may begin before the request has ended.
 */
export interface ExchangeHandle {
  /** The complete head, start line to empty line. Once. */
  requestHead(bytes: Buffer, at: number): void;
  /** A run of body bytes as on the wire; `payloadBytes` of them are payload, the rest is chunk framing or trailers. */
  requestBody(wire: Buffer, payloadBytes: number, at: number): void;
  requestEnded(at: number): void;
  /** The first byte of the response (of its first interim head, where there is one). */
  responseStarted(at: number): void;
  /** A complete head: any number of interim (1xx) ones, then the final one. */
  responseHead(bytes: Buffer, interim: boolean, at: number): void;
  responseBody(wire: Buffer, payloadBytes: number, at: number): void;
  /** The exchange is over, well-formed. Nothing comes after it. */
  responseEnded(at: number): void;
  /** The exchange is over, or will not be decoded further. Nothing comes after it. `detail` says what was seen, for the user. */
  failed(code: FailureCode, detail: string, at: number): void;
}
