import type { Protocol } from './protocols.ts';

/**
 * The RRPair model: one request and its response, for every protocol.
 *
 * This folder imports nothing of the others, and everything may import it. Times inside the engine are microseconds as plain numbers:
 * one wall-clock start per pair (Unix epoch), everything else an offset from it taken from the monotonic clock.
 */

/** Seen from the watched application: `in` is a call that it receives, `out` is a call that it makes. */
export type Direction = 'in' | 'out';

/** Who sent the bytes: the side that opened the connection, or the side that accepted it. */
export type Side = 'client' | 'server';

/**
 * What the bytes of a pair were read as. `tls` is a TLS connection that was passed on undecrypted, `tcp` is any other
 * connection whose protocol is not decoded; both are one row per connection.
 */
export type { Protocol } from './protocols.ts';

/** `open` while bytes may still come, `done` when no more will. */
export type PairState = 'open' | 'done';

/**
 * Why an exchange did not end as its protocol says, or what keeps us from showing all of it. Stable: users filter on it
 * (`error:upstream-refused`) and tests compare it. The sentence for each stands in `failure.ts`.
 */
export type FailureCode =
  | 'upstream-refused'
  | 'upstream-unreachable'
  | 'upstream-name-not-found'
  | 'upstream-timeout'
  | 'upstream-reset'
  | 'upstream-closed-early'
  | 'upstream-tls-failed'
  | 'upstream-certificate-invalid'
  | 'client-gone'
  | 'client-reset'
  | 'client-rejected-certificate'
  | 'client-tls-failed'
  | 'proxy-loop'
  | 'ambiguous-framing'
  | 'malformed-message'
  | 'head-too-large'
  | 'not-decoded'
  | 'capture-stopped'
  | 'engine-died';

/** Facts about TLS on one leg of a connection. */
export interface TlsInfo {
  /** `TLSv1.2`, `TLSv1.3`; empty when the handshake did not finish or was only watched. */
  version: string;
  /** IANA cipher suite name; empty as above. */
  cipher: string;
  /** The negotiated ALPN protocol, empty when none was. */
  alpn: string;
  /** The name the client asked for (SNI), empty when it asked for none. */
  serverName: string;
  /** False when the connection was passed on undecrypted. */
  decrypted: boolean;
  /** Why it was not decrypted, as a sentence for the user; empty when it was. */
  reason: string;
}

/** What is the same for every pair of one connection. Encoded once per connection, not once per pair. */
export interface ConnectionInfo {
  /** Unique within the run of an engine. */
  id: number;
  direction: Direction;
  /** Which source it belongs to: `local` for proxy mode, a container's name in container mode, `replay` for replays. */
  source: string;
  /** The way the client came in. */
  entry: 'reverse' | 'http-proxy' | 'connect' | 'socks4' | 'socks5' | 'transparent' | 'replay';
  protocol: Protocol;
  clientAddress: string;
  clientPort: number;
  /** Docker's name for the client's address; empty outside container mode, or when it has none. */
  clientName: string;
  /**
   * The TCP connection with the other host as both its ends see it, `10.0.0.2:41000>10.0.0.3:80`, client first. When both ends are
   * captured, the same text marks the pairs of the other end. Empty outside container mode.
   */
  flow: string;
  /** Host name or address that was dialled, as the client named it, without a port. */
  upstreamHost: string;
  upstreamPort: number;
  /** The address it resolved to; empty when it was never reached. */
  upstreamAddress: string;
  /** DNS + TCP connect time to the upstream, µs; 0 when never reached. */
  dialMicros: number;
  /** TLS handshake time with the upstream, µs; 0 without TLS. */
  tlsMicros: number;
  clientTls: TlsInfo | null;
  upstreamTls: TlsInfo | null;
  /** What the protocol told of the server and the session; absent where it told nothing. */
  spoken?: SpokenFacts;
}

/** What a decoder learned of a connection beside its exchanges. */
export interface SpokenFacts {
  /** The server with its version: `Redis 7.0.15`. Empty when the wire does not tell. */
  server: string;
  /** What was seen and where; empty as above. */
  evidence: string;
  /** The session, for people: user, database, client name. Never a credential. */
  facts: readonly (readonly [name: string, value: string])[];
}

/** Small facts that reading a pair needs and its bytes do not say. From a file it may hold anything: readers look before they use it. */
export type ReadingContext = Readonly<Record<string, unknown>>;

/** One direction's message as it went over the wire. */
export interface MessageCapture {
  /**
   * HTTP: the head exactly as sent, from the first byte of the start line to the empty line, inclusive. Interim (1xx) heads come
   * before the final one. Empty for every other protocol.
   */
  head: Uint8Array;
  /**
   * What follows the head on the wire, chunk framing and trailers included, up to the kept limit. Protocols without heads: the bytes of the command, or of its
   * answer, in which credentials are replaced by as many `*`.
   */
  body: Uint8Array;
  /** Bytes of body on the wire, framing included, kept or not. */
  wireBytes: number;
  /** Bytes of body without transfer framing (before content decoding), kept or not. */
  payloadBytes: number;
  /** True when fewer than `wireBytes` were kept. */
  truncated: boolean;
  /** CRC-32 of all wire bytes of the body; 0 unless `truncated`. Tells two long bodies apart, guards against nothing. */
  crc32: number;
}

/** When things happened, µs after `startedAtMicros`; -1 when it did not (yet). */
export interface PairTiming {
  /** Last byte of the request. */
  requestEnd: number;
  /** First byte of the response: this is the latency. Where interim (1xx) heads came before, when the final head was complete. */
  responseStart: number;
  /** Last byte of the response: this is the duration. */
  responseEnd: number;
}

/** The colours that a user may give pairs. */
export type Colour = 'red' | 'orange' | 'yellow' | 'green' | 'blue' | 'purple';

/** What a user thinks of a pair. */
export interface PairMark {
  colour: Colour | null;
  /** In the user's words; empty when there is none. That of an import may come from anybody. */
  note: string;
}

/** Everything capture knows of a pair. What can be derived (command, location, technologies…) is derived where it is stored. */
export interface PairRecord {
  /** Rises with every pair of a data directory, across runs. A later record with the same id replaces an earlier one. */
  id: number;
  state: PairState;
  connection: ConnectionInfo;
  /** Unix epoch, µs. */
  startedAtMicros: number;
  timing: PairTiming;
  request: MessageCapture;
  response: MessageCapture;
  failure: { code: FailureCode; detail: string } | null;
  /** The pair that this one repeats; 0 when it is not a replay. */
  replayOf: number;
  /** Set where there is no head to derive them from (connection rows, protocols that summarise themselves). */
  summary: { command: string; location: string; status: string } | null;
  /** See `ReadingContext`; absent where there is none. */
  context?: ReadingContext;
  /** Bodies were given up to keep the queue bounded ("shed"); the pair itself was not. */
  bodyShed: boolean;
  /** When the bytes of a stream came, see `arrivals.ts`; absent where that was not noted. */
  arrivals?: Uint8Array;
  /** What the file that it was imported from said; absent when it was captured. */
  imported?: ImportedFacts;
  /** Absent when it has neither colour nor note. */
  mark?: PairMark;
}

/** A pair as its file had it, so that an export in the same format loses nothing that this model does not know. */
export interface ImportedFacts {
  format: 'rrpair' | 'har';
  /** The pair's JSON, its members in the file's order and its numbers in the file's digits; bodies are empty, they stand in the record. */
  text: string;
}
