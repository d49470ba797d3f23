import { readArrivals } from '../rrpair/arrivals.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { type ParsedHead, parseHeads } from '../wire/http1/head.ts';
import { conversationKind } from '../wire/streams.ts';
import { kindNumbers } from '../wire/websocket/frames.ts';
import { WebSocketReader } from '../wire/websocket/reader.ts';

/** A message as browsers' tools write it, in a field of their own. */
export interface HarSocketMessage {
  type: 'send' | 'receive';
  /** Unix epoch, s. */
  time: number;
  opcode: number;
  /** Text; of other messages base64. */
  data: string;
}

/** The messages of a WebSocket; null for all other pairs. */
export function harSocketMessages(record: PairRecord, response: ParsedHead | null): HarSocketMessage[] | null {
  if (response === null || conversationKind(response, parseHeads(record.request.head).final) !== 'websocket') return null;
  const reader = new WebSocketReader(response);
  reader.readOn({
    request: bufferOf(record.request.body),
    requestCut: record.request.truncated,
    response: bufferOf(record.response.body),
    responseCut: record.response.truncated,
    arrivals: readArrivals(record.arrivals ?? new Uint8Array(0)),
    arrivalsFull: false,
    open: false,
    failure: record.failure,
  });
  return reader.messages.map(({ from, kind, atMs, payload, compressed }): HarSocketMessage => {
    const isText = kind === 'text' && compressed !== true;
    return {
      type: from === 'client' ? 'send' : 'receive',
      time: (record.startedAtMicros + (atMs ?? 0) * 1_000) / 1_000_000,
      opcode: kindNumbers[kind] ?? 0,
      data: bufferOf(payload).toString(isText ? 'utf8' : 'base64'),
    };
  });
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
