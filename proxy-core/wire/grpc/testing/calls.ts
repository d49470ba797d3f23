import { expect } from 'vitest';
import type { Conversation } from '../../../rrpair/conversation.ts';
import type { StoredStream, StreamReader } from '../../conversation.ts';
import { type ParsedHeads, parseHeads } from '../../http1/head.ts';
import { conversationKind, conversationPage, streamReader } from '../../streams.ts';

/** Calls as they are stored, for tests. */

export function envelope(payload: Buffer | string, flags = 0): Buffer {
  const bytes = Buffer.from(payload);
  const prefix = Buffer.alloc(5);
  prefix[0] = flags;
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

export function heads(...lines: string[]): ParsedHeads {
  return parseHeads(Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1'));
}

export const asked = heads('POST /shop.Users/Get HTTP/2', 'content-type: application/grpc', 'grpc-encoding: gzip', '');
export const answered = heads('HTTP/2 200', 'content-type: application/grpc', '', 'grpc-status: 0', '');

export function streamOf(of: Partial<StoredStream>, { final, trailers }: ParsedHeads = answered): StoredStream {
  const nothing = Buffer.alloc(0);
  return {
    request: nothing,
    requestCut: false,
    response: nothing,
    responseCut: false,
    arrivals: [],
    arrivalsFull: false,
    open: false,
    heads: { response: final, trailers },
    failure: null,
    ...of,
  };
}

export function readerOf(request: ParsedHeads, response: ParsedHeads): StreamReader {
  const kind = conversationKind(response.final, request.final);
  expect(kind).toBe('grpc');
  return streamReader(kind ?? 'grpc', response.final, request.final);
}

export const all = { offset: 0, limit: 100, text: '', from: 'both' } as const;

export function read(stream: StoredStream, request = asked, response = answered): Conversation {
  const reader = readerOf(request, response);
  reader.readOn(stream);
  return conversationPage(reader, stream, all);
}
