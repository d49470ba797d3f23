import { limits } from '../limits.ts';
import type { Conversation, ConversationKind, ConversationQuery, MessageBody, MessageRow } from '../rrpair/conversation.ts';
import type { ReadMessage, StoredStream, StreamReader } from './conversation.ts';
import { ResponseStreamReader } from './event-stream/reader.ts';
import type { ProtoNames } from './grpc/names.ts';
import { GrpcReader } from './grpc/reader.ts';
import { type CallKind, callKind } from './grpc/status.ts';
import { hasMessages, UnaryReader } from './grpc/unary.ts';
import { headerValue, type ParsedHead } from './http1/head.ts';
import { textOf } from './reading.ts';
import { WebSocketReader } from './websocket/reader.ts';

/** Which kind of messages the bodies of an HTTP pair are; null when they are none. Calls may have some before they are answered. */
export function conversationKind(response: ParsedHead | null, request: ParsedHead | null = null): ConversationKind | null {
  if (callOf(request, response) !== null) return 'grpc';
  if (request !== null && hasMessages(request, response)) return 'grpc';
  if (response === null) return null;
  if (response.statusCode === 101)
    return headerValue(response.headers, 'upgrade')?.toLowerCase().trim() === 'websocket' ? 'websocket' : null;
  if (request !== null && asksForSocket(request)) return isSuccess(response) ? 'websocket' : null;
  return kindOfType(headerValue(response.headers, 'content-type') ?? '');
}

/** RFC 8441 4: over HTTP/2 a stream is asked for, instead of an upgrade of the connection. */
function asksForSocket({ method, headers }: ParsedHead): boolean {
  return method === 'CONNECT' && headerValue(headers, ':protocol')?.toLowerCase() === 'websocket';
}

function isSuccess({ statusCode }: ParsedHead): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function callOf(request: ParsedHead | null, response: ParsedHead | null): CallKind | null {
  // A server that knows nothing of calls answers with something else.
  return callKind(headerValue((response ?? request)?.headers ?? [], 'content-type') ?? '');
}

function kindOfType(contentType: string): ConversationKind | null {
  if (!streamType.test(contentType)) return null;
  return /^\s*text\/event-stream\b/i.test(contentType) ? 'events' : 'lines';
}

/** Media types whose bodies are messages one after the other. */
const streamType =
  /^\s*(?:text\/event-stream|application\/(?:x-ndjson|ndjson|jsonl|x-jsonl|jsonlines|x-jsonlines|json-seq|stream\+json))\s*(?:;|$)/i;

/** What reads the messages of such a pair. `names` are those of the messages of calls. */
export function streamReader(
  kind: ConversationKind,
  response: ParsedHead | null,
  request: ParsedHead | null = null,
  names: ProtoNames | null = null,
): StreamReader {
  const call = callOf(request, response);
  if (call !== null) return new GrpcReader(call, request, names);
  if (request !== null && hasMessages(request, response)) return new UnaryReader(request, names);
  if (response === null || kind === 'grpc') throw new Error('there is no response to read');
  return kind === 'websocket' ? new WebSocketReader(response) : new ResponseStreamReader(kind, response);
}

/** A page of what was read. */
export function conversationPage(reader: StreamReader, stream: StoredStream, query: ConversationQuery): Conversation {
  const { messages } = reader;
  const matching = matchingMessages(messages, query);
  const page = matching.slice(query.offset, query.offset + Math.min(query.limit, limits.messagePage));
  return {
    kind: reader.kind,
    open: stream.open,
    end: reader.end(stream),
    facts: reader.facts,
    nameless: reader.nameless ?? false,
    total: messages.length,
    fromClient: messages.reduce((sum, { from }) => sum + (from === 'client' ? 1 : 0), 0),
    matched: matching.length,
    offset: query.offset,
    messages: page.flatMap((number) => rowOf(number, messages[number])),
    problem: reader.problem,
  };
}

/** The payload of one message, up to `most` bytes; undefined when there is no such message. */
export function messageBody(reader: StreamReader, number: number, most: number): MessageBody | undefined {
  const message = reader.messages[number];
  if (message === undefined) return undefined;
  const { payload, mediaType, named } = message;
  const slice = payload.subarray(0, most);
  return {
    base64: Buffer.from(slice.buffer, slice.byteOffset, slice.byteLength).toString('base64'),
    totalBytes: payload.length,
    mediaType,
    named: named?.() ?? null,
  };
}

function matchingMessages(messages: readonly ReadMessage[], { text, from }: ConversationQuery): number[] {
  const wanted = text.toLowerCase();
  const found: number[] = [];
  for (const [number, message] of messages.entries()) {
    if (from !== 'both' && message.from !== from) continue;
    if (wanted === '' || contains(message, wanted)) found.push(number);
  }
  return found;
}

function contains({ kind, label, payload, text = '' }: ReadMessage, wanted: string): boolean {
  if ([kind, label, text].some((each) => each.toLowerCase().includes(wanted))) return true;
  return bufferOf(payload).toString('utf8').toLowerCase().includes(wanted);
}

function rowOf(number: number, message: ReadMessage | undefined): MessageRow[] {
  if (message === undefined) return [];
  const { payload, mediaType: _, compressed: _compressed, named: _named, text, ...row } = message;
  return [{ number, ...row, preview: text?.slice(0, limits.messagePreviewChars).toWellFormed() ?? previewOf(payload) }];
}

/** UTF-8 may end within a character. */
function previewOf(payload: Uint8Array): string {
  const most = limits.messagePreviewChars;
  const start = payload.subarray(0, most * 4);
  for (const less of [0, 1, 2, 3]) {
    const text = textOf(start.subarray(0, start.length - less));
    if (text !== null) return text.slice(0, most).toWellFormed();
    if (start.length === payload.length) break;
  }
  return bufferOf(payload.subarray(0, most / 4))
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1 ');
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
