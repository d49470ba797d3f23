import { readArrivals } from '../../../proxy-core/rrpair/arrivals.ts';
import type { Conversation } from '../../../proxy-core/rrpair/conversation.ts';
import type { StreamReader } from '../../../proxy-core/wire/conversation.ts';
import type { ProtoNames } from '../../../proxy-core/wire/grpc/names.ts';
import { parseHeads } from '../../../proxy-core/wire/http1/head.ts';
import { conversationKind, conversationPage, streamReader } from '../../../proxy-core/wire/streams.ts';
import type { StoredPair } from '../../capture/support.ts';

/** Reads the messages of a pair that was captured, those of calls by the `names` of their fields. */
export function readerOf(pair: StoredPair, names: ProtoNames | null = null): { reader: StreamReader; conversation: Conversation } {
  const { final: response, trailers } = parseHeads(pair.responseHead);
  const request = parseHeads(pair.requestHead).final;
  const kind = conversationKind(response, request);
  if (kind === null) throw new Error('the pair is no stream of messages');
  const reader = streamReader(kind, response, request, names);
  const stream = {
    request: pair.requestBody,
    requestCut: pair.requestTruncated,
    response: pair.responseBody,
    responseCut: pair.responseTruncated,
    arrivals: readArrivals(pair.arrivals),
    arrivalsFull: false,
    open: pair.state === 'open',
    heads: { response, trailers },
    failure: pair.extra.failure ?? null,
  };
  reader.readOn(stream);
  return { reader, conversation: conversationPage(reader, stream, { offset: 0, limit: 500, text: '', from: 'both' }) };
}
