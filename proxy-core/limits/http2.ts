import { KiB, MiB } from './units.ts';

/** Limits of HTTP/2 and of what is spoken on top of it. */
export const http2Limits = {
  /** Bytes of a header table, in the count of RFC 7541 4.1; browsers offer 64 KiB, the standard's default is 4. */
  hpackTableBytes: 1 * MiB,
  /** Heads that are remembered of each side of a connection: a request's, an answer's, the trailers', and one that comes between. */
  http2KnownHeads: 4,
  /** Bytes of a head that is; most have some hundred. */
  http2KnownHeadBytes: 2 * KiB,
  /** Bytes of a literal field that is remembered, with 31 others of that side. */
  hpackKnownLiteralBytes: 256,
  /** Streams of one connection that are open at once before it passes undecoded; servers allow some hundreds. */
  http2Streams: 10_000,
  /** Bytes of what a server says for people when it goes away. */
  goAwayTextBytes: 1 * KiB,
  /** Time for a client's first bytes to tell what it offers an application behind TLS, ms: they follow at once, but for clients that wait for the server. */
  clientOfferMillis: 500,
} as const;
