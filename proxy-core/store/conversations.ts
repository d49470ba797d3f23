import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { ARRIVAL_BYTES, readArrivals } from '../rrpair/arrivals.ts';
import type { Conversation, ConversationKind, ConversationQuery, MessageBody } from '../rrpair/conversation.ts';
import type { StoredStream, StreamReader } from '../wire/conversation.ts';
import type { ProtoNames } from '../wire/grpc/names.ts';
import { parseHeads } from '../wire/http1/head.ts';
import { conversationKind, conversationPage, messageBody, streamReader } from '../wire/streams.ts';
import type { PairEntry, PairExtra } from './batch.ts';
import type { Bodies } from './bodies.ts';
import type { KeptNames } from './proto-names.ts';

const nothing = Buffer.alloc(0);

/** A stored pair, as far as its messages are concerned. */
export interface StoredPair {
  entry: PairEntry;
  extra: PairExtra;
  open: boolean;
}

/** Reads the messages of pairs that are streams of them. The one that was read last is read on, because it is looked at again and again while it grows. */
export class Conversations {
  readonly #bodies: Bodies;
  readonly #names: KeptNames | null;
  /** `ended`: all of it was read, and nothing of it changes any more. Its bytes are let go of. */
  #last: { id: number; reader: StreamReader; names: ProtoNames | null; ended: StoredStream | null } | undefined;

  constructor(bodies: Bodies, names: KeptNames | null) {
    this.#bodies = bodies;
    this.#names = names;
  }

  kind({ entry }: Pick<StoredPair, 'entry'>): ConversationKind | null {
    return conversationKind(parseHeads(entry.responseHead).final, parseHeads(entry.requestHead).final);
  }

  /** Null for pairs that are no stream of messages. */
  page(pair: StoredPair, query: ConversationQuery): Conversation | null {
    const read = this.#read(pair);
    return read === null ? null : conversationPage(read.reader, read.stream, query);
  }

  /** Throws `message-not-found`. */
  message(pair: StoredPair, number: number): MessageBody {
    const read = this.#read(pair);
    const body = read === null ? undefined : messageBody(read.reader, number, limits.messageBytes);
    if (body === undefined)
      throw new SidetapError('message-not-found', `The pair ${String(pair.entry.id)} has no message ${String(number)}.`);
    return body;
  }

  forget(): void {
    this.#last = undefined;
  }

  #read({ entry, extra, open }: StoredPair): { reader: StreamReader; stream: StoredStream } | null {
    const { final: response, trailers } = parseHeads(entry.responseHead);
    const request = parseHeads(entry.requestHead).final;
    const kind = conversationKind(response, request);
    if (kind === null) return null;
    const names = kind === 'grpc' ? (this.#names?.current() ?? null) : null;
    if (this.#last?.id !== entry.id || this.#last.reader.kind !== kind || this.#last.names !== names)
      this.#last = { id: entry.id, reader: streamReader(kind, response, request, names), names, ended: null };
    const { reader, ended } = this.#last;
    if (ended !== null) return { reader, stream: ended };
    const stream = { ...this.#stream(entry, extra, open), heads: { response, trailers } };
    reader.readOn(stream);
    if (!open) this.#last.ended = { ...stream, request: nothing, response: nothing, arrivals: [] };
    return { reader, stream };
  }

  #stream(entry: PairEntry, extra: PairExtra, open: boolean): StoredStream {
    const request = this.#bodies.wire(entry, 'request', Number.POSITIVE_INFINITY);
    const response = this.#bodies.wire(entry, 'response', Number.POSITIVE_INFINITY);
    const arrivals = this.#bodies.arrivals(entry.id);
    return {
      request,
      requestCut: request.length < entry.requestWireBytes,
      response,
      responseCut: response.length < entry.responseWireBytes,
      arrivals: readArrivals(arrivals),
      arrivalsFull: arrivals.length + 2 * ARRIVAL_BYTES > limits.arrivalBytes,
      open,
      failure: extra.failure ?? null,
    };
  }
}
