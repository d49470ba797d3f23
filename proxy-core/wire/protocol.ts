import type { Protocol, ReadingContext, Side } from '../rrpair/pair.ts';
import type { Reading } from '../rrpair/reading.ts';
import type { SummarisedObserver, WireConnection, WireDecoder } from './decoder.ts';

/** `more`: these bytes may be the beginning of the protocol, and further ones will tell. */
export type Verdict = 'yes' | 'no' | 'more';

/** What has passed on a connection so far. */
export interface FirstWords {
  /** All bytes of the client; empty while it is silent. */
  client: Buffer;
  /** All bytes of the server. */
  server: Buffer;
  /** Who sent the first byte. */
  spokeFirst: Side;
}

/** A pair's stored bytes, and what the decoder said about it. What comes from a file may hold anything. */
export interface StoredExchange {
  request: Buffer;
  /** Not all of the request was kept. */
  requestCut: boolean;
  response: Buffer;
  responseCut: boolean;
  summary: { command: string; location: string; status: string };
  context: ReadingContext;
  /** Number of the first row that is wanted of each table. */
  firstRow: number;
}

/** What stands beside the content of a message, as the fields of a head do in HTTP. */
export type MessageFields = readonly (readonly [name: string, value: string])[];

/** Where messages carry fields: identities of requests travel in them. */
export interface Carrier {
  /** Commands whose messages have such fields. */
  readonly commands: ReadonlySet<string>;
  /**
   * The fields of the first messages of a pair that have any, from its stored bytes, of which the end may be missing, and what the decoder said beside them. Bounded by
   * the `carried…` limits. Never throws, whatever the bytes and the context are.
   */
  fields(request: Buffer, response: Buffer, context: ReadingContext): readonly MessageFields[];
}

/** One protocol, as the registry lists it. */
export interface WireProtocol {
  /** Its entry in `rrpair/protocols.ts`, and its folder. */
  readonly name: Protocol;
  /** Where its servers usually listen. Only decides between protocols that all say `yes`. */
  readonly ports: readonly number[];
  /**
   * From the first bytes of either side: is it this protocol? Strict, because a wrong `yes` hides another protocol; and soon `no`, because until then the
   * connection has no row. Called again as more bytes come, up to `limits.sniffBytes` of each side; after a `no` never again.
   */
  detect(first: FirstWords): Verdict;
  /** A decoder that is given every byte from the connection's first on. */
  createDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder;
  /** What a pair says, from its stored bytes. Bounded by the `reading…` limits. What it throws is shown as a defect. */
  read(exchange: StoredExchange): Reading;
  /** Absent where messages carry nothing of the kind. */
  readonly carrier?: Carrier;
}
