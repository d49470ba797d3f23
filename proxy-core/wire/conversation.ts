import type { Arrival } from '../rrpair/arrivals.ts';
import type { ConversationKind, MessageBody, MessageRow } from '../rrpair/conversation.ts';
import type { FailureCode } from '../rrpair/pair.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import type { ParsedHead } from './http1/head.ts';

/** What is stored of a pair whose bodies are messages, as of now. While it is open the bodies grow, and nothing of them changes. */
export interface StoredStream {
  request: Buffer;
  /** Bytes came that were not kept. */
  requestCut: boolean;
  response: Buffer;
  responseCut: boolean;
  arrivals: readonly Arrival[];
  /** There will be no more of them, though bodies may grow. */
  arrivalsFull: boolean;
  open: boolean;
  /** Of the response, as far as it has come; for those whose messages need it. */
  heads?: { response: ParsedHead | null; trailers: readonly HeaderField[] };
  failure: { code: FailureCode; detail: string } | null;
}

/** A message as a reader keeps it. */
export interface ReadMessage extends Omit<MessageRow, 'number' | 'preview'> {
  /** Its payload, where all of it was read. */
  payload: Uint8Array;
  mediaType: string;
  /** The payload is still compressed: nobody can tell what it says. */
  compressed?: boolean;
  /** It as a line of text, shortened, where its bytes are none. */
  text?: string;
  /** All of it by the names of its fields. */
  named?: () => MessageBody['named'];
}

/** Reads the messages of one pair; made once for each pair that somebody looks at, and read on as it grows. Nothing here throws. */
export interface StreamReader {
  readonly kind: ConversationKind;
  readonly messages: readonly ReadMessage[];
  /** Why not everything can be read. */
  readonly problem: string;
  /** What was agreed on. */
  readonly facts: [name: string, value: string][];
  /** Fields would have names, if anybody told them. */
  readonly nameless?: boolean;
  readOn(stream: StoredStream): void;
  /** How it ended, as a sentence; empty while it is open. */
  end(stream: StoredStream): string;
}
