import { ARRIVAL_BYTES, readArrivals, writeArrival } from '../rrpair/arrivals.ts';
import type { MessageCapture, PairRecord } from '../rrpair/pair.ts';
import type { ReadMessage } from '../wire/conversation.ts';
import { parseHeads } from '../wire/http1/head.ts';
import { conversationKind } from '../wire/streams.ts';
import { kindNumbers, plainFrame } from '../wire/websocket/frames.ts';
import { WebSocketReader } from '../wire/websocket/reader.ts';
import { type Masker, type Work, withText } from './mask.ts';

/** The messages of a WebSocket on their way out. */
export interface SocketWork {
  messages: { message: ReadMessage; payload: Buffer }[];
  /** All that was said was looked through, so that it may leave byte for byte when nothing in it is a secret. */
  whole: boolean;
}

/**
 * Masks what was said over a WebSocket; null for all other pairs. What the client sends is scrambled (RFC 6455 5.3) and either side may compress, so that no secret can be found in
 * the bytes themselves.
 */
export function socketWork(record: PairRecord, masker: Masker, work: Work): SocketWork | null {
  const response = record.summary === null ? parseHeads(record.response.head).final : null;
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
  const messages = reader.messages.map((message) => {
    // What was not kept whole is looked through as far as it is there.
    return { message, payload: message.compressed !== true ? masker.body([], bufferOf(message.payload), work) : Buffer.alloc(0) };
  });
  const whole = reader.problem === '' && reader.messages.every(({ problem }) => problem === '');
  return { messages, whole };
}

type Said = Pick<PairRecord, 'request' | 'response' | 'arrivals'>;

/**
 * The bodies as they may leave: as they are when nothing in them is a secret, otherwise written anew as plain frames, without what could not be looked through. The heads
 * are those given, in which compression is no longer agreed on then.
 */
export function finishedSocket(
  record: PairRecord,
  { messages, whole }: SocketWork,
  heads: { request: Buffer; response: Buffer },
  repeats: (text: string) => string,
): Said {
  const last = messages.map(({ message, payload }) => ({ message, payload: withText(payload, repeats) }));
  const same = last.every(({ message, payload }) => bufferOf(message.payload).equals(payload));
  const { arrivals } = record;
  if (same && whole) {
    const { request, response } = record;
    return {
      request: { ...request, head: heads.request },
      response: { ...response, head: heads.response },
      ...(arrivals === undefined ? {} : { arrivals }),
    };
  }
  const sides = { client: [] as Buffer[], server: [] as Buffer[] };
  const log = new Uint8Array(last.length * ARRIVAL_BYTES);
  let logged = 0;
  let before = 0;
  for (const { message, payload } of last) {
    const frame = plainFrame(kindNumbers[message.kind] ?? 0, withCode(message, payload), message.from === 'client');
    sides[message.from].push(frame);
    const at = message.atMs === null ? before : Math.round(message.atMs * 1000);
    logged = writeArrival(log, logged, message.from === 'server', frame.length, Math.max(0, at - before));
    before = Math.max(before, at);
  }
  return {
    request: rewritten(record.request, heads.request, Buffer.concat(sides.client)),
    response: rewritten(record.response, withoutExtensions(heads.response), Buffer.concat(sides.server)),
    arrivals: log.slice(0, logged),
  };
}

/** The code of a Close frame stands before its reason. */
function withCode({ kind, label }: ReadMessage, payload: Buffer): Buffer {
  const code = Number(label);
  return kind !== 'close' || label === '' ? payload : Buffer.concat([Buffer.from([code >> 8, code & 0xff]), payload]);
}

function rewritten(message: MessageCapture, head: Buffer, body: Buffer): MessageCapture {
  const bytes = message.truncated ? Math.max(message.wireBytes, body.length) : body.length;
  return { ...message, head, body, wireBytes: bytes, payloadBytes: bytes, crc32: 0 };
}

function withoutExtensions(head: Buffer): Buffer {
  return Buffer.from(head.toString('latin1').replaceAll(/^sec-websocket-extensions:[^\n]*(?:\n[ \t][^\n]*)*\n/gim, ''), 'latin1');
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
