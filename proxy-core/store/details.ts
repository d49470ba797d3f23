import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { technologiesOf } from '../detect/describe.ts';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Conversation, ConversationQuery, MessageBody } from '../rrpair/conversation.ts';
import { failureSentences } from '../rrpair/failure.ts';
import { keptMark } from '../rrpair/marks.ts';
import type { ConnectionInfo, MessageCapture, PairRecord } from '../rrpair/pair.ts';
import type { Reading } from '../rrpair/reading.ts';
import type { BodyBytes, BodyForm, HeaderField, MessageDetail, MessageSide, PairDetail } from '../rrpair/shapes.ts';
import { headerValue, headerValues, parseHeads } from '../wire/http1/head.ts';
import { type ReadBody, readBody } from '../wire/read-body.ts';
import { wireProtocol } from '../wire/registry.ts';
import { readFrames } from '../wire/websocket/read-frames.ts';
import type { PairEntry, PairExtra } from './batch.ts';
import type { Blocks } from './blocks.ts';
import type { Bodies } from './bodies.ts';
import { asBuffer } from './bytes.ts';
import { Conversations } from './conversations.ts';
import { parseMediaType, sniffMediaType } from './media-type.ts';
import { modelCallOf, readModelPair } from './model-calls.ts';
import { OtherEnds } from './other-ends.ts';
import { Promises } from './promises.ts';
import type { KeptNames } from './proto-names.ts';
import { extraOf } from './row.ts';
import { type PairRow, type Summaries, summaryOf } from './summaries.ts';

/** Everything that is kept of one pair, but for bodies in parts. */
interface Stored {
  row: PairRow;
  entry: PairEntry;
  connection: ConnectionInfo;
  extra: PairExtra;
}

/** Bytes of a body that are enough to tell what it is. */
const TELLING_BYTES = 64 * 1024;

const noHeaders: readonly HeaderField[] = [];

/** Reads one pair at a time. Every method throws `pair-not-found`. */
export class Details {
  readonly #summaries: Summaries;
  readonly #bodies: Bodies;
  readonly #blocks: Blocks;
  readonly #conversations: Conversations;
  readonly #connection: StatementSync;
  readonly #replays: StatementSync;
  readonly #otherEnds: OtherEnds;
  readonly #promises: Promises;
  /** The body that was read last, because it is read page after page. */
  #last: { key: string; body: ReadBody } | undefined;

  /** Without `names` messages are read by the numbers of their fields. */
  constructor(database: DatabaseSync, summaries: Summaries, blocks: Blocks, bodies: Bodies, names: KeptNames | null = null) {
    this.#summaries = summaries;
    this.#blocks = blocks;
    this.#bodies = bodies;
    this.#conversations = new Conversations(bodies, names);
    this.#connection = database.prepare('SELECT info FROM connection WHERE id = ?');
    this.#otherEnds = new OtherEnds(database);
    this.#promises = new Promises(database, blocks);
    this.#promises.tellFilters(database);
    this.#replays = database.prepare('SELECT id FROM pair WHERE replay_of > 0 AND replay_of = ? ORDER BY id');
  }

  detail(id: number): PairDetail {
    const stored = this.#read(id);
    const { row, entry, connection, extra } = stored;
    const responded = entry.responseHead.length > 0 || entry.responseWireBytes > 0;
    const failure = extra.failure ?? null;
    return {
      ...summaryOf(row),
      request: this.#messageDetail(stored, 'request'),
      response: responded ? this.#messageDetail(stored, 'response') : null,
      evidence: technologiesOf({
        connection,
        requestHead: entry.requestHead,
        responseHead: entry.responseHead,
        requestBody: this.#bodies.wire(entry, 'request', TELLING_BYTES),
        responseBody: this.#bodies.wire(entry, 'response', TELLING_BYTES),
        failure,
        summary: extra.summary ?? null,
        context: extra.context,
      }),
      failure: failure === null ? null : { code: failure.code, sentence: failureSentences[failure.code], detail: failure.detail },
      bodyShed: entry.bodyShed,
      timing: timingOf(row, entry, connection),
      connection: {
        id: connection.id,
        entry: connection.entry,
        clientAddress: connection.clientAddress,
        clientName: connection.clientName,
        upstreamHost: connection.upstreamHost,
        upstreamPort: connection.upstreamPort,
        upstreamAddress: connection.upstreamAddress,
        clientTls: connection.clientTls,
        upstreamTls: connection.upstreamTls,
        session: sessionOf(connection),
      },
      promisedWith: this.#promises.of(row, extra.context),
      pushes: this.#promises.because(row),
      otherEnds: this.#otherEndsOf(row, connection),
      conversation: this.#conversations.kind(stored),
      model: modelCallOf(entry, this.#bodies)?.model ?? null,
      replays: this.#replays.all(id).map((replay) => Number(replay['id'])),
    };
  }

  record(id: number): PairRecord {
    const { row, entry, connection, extra } = this.#read(id);
    // From the row: the record says what it was when it was written.
    const mark = keptMark(row, limits.noteChars);
    return {
      id,
      state: row.open === 1 ? 'open' : 'done',
      connection,
      startedAtMicros: row.started,
      timing: { requestEnd: entry.requestEnd, responseStart: row.latency ?? -1, responseEnd: row.duration ?? -1 },
      request: this.#capture(entry, 'request'),
      response: this.#capture(entry, 'response'),
      failure: extra.failure ?? null,
      replayOf: row.replay_of,
      summary: extra.summary ?? null,
      ...(extra.context === undefined ? {} : { context: extra.context }),
      bodyShed: entry.bodyShed,
      ...this.#arrivals(id),
      ...(extra.imported === undefined ? {} : { imported: extra.imported }),
      ...(mark === undefined ? {} : { mark }),
    };
  }

  #arrivals(id: number): Pick<PairRecord, 'arrivals'> {
    const arrivals = this.#bodies.arrivals(id);
    return arrivals.length === 0 ? {} : { arrivals: alone(arrivals) };
  }

  /** What a pair of a decoded protocol says, what is said to a model, and the frames of a WebSocket; null for all others. `firstRow` begins the page of each table. */
  reading(id: number, firstRow: number): Reading | null {
    const { row, entry, connection, extra } = this.#read(id);
    const protocol = wireProtocol(connection.protocol);
    if (protocol === undefined || extra.summary === undefined) return this.#insideHttp(entry, row.open === 1);
    const request = this.#bodies.wire(entry, 'request', Number.POSITIVE_INFINITY);
    const response = this.#bodies.wire(entry, 'response', Number.POSITIVE_INFINITY);
    try {
      return protocol.read({
        request,
        requestCut: request.length < entry.requestWireBytes,
        response,
        responseCut: response.length < entry.responseWireBytes,
        summary: extra.summary,
        context: extra.context ?? {},
        firstRow,
      });
    } catch (error) {
      // The bytes are there all the same.
      const problem = `Sidetap failed at reading it (${messageOf(error)}). The raw bytes show what was said.`;
      return { request: unread(problem), response: unread(problem) };
    }
  }

  #insideHttp(entry: PairEntry, open: boolean): Reading | null {
    if (this.#conversations.kind({ entry }) === 'websocket') {
      const frames = (side: MessageSide): Reading['request'] =>
        readFrames(this.#bodies.wire(entry, side, Number.POSITIVE_INFINITY));
      return { request: frames('request'), response: frames('response') };
    }
    const call = modelCallOf(entry, this.#bodies);
    return call === null ? null : readModelPair(entry, call, this.#bodies, open);
  }

  /** The messages of a pair whose bodies are a stream of them; null for all others. */
  conversation(id: number, query: ConversationQuery): Conversation | null {
    const { row, entry, extra } = this.#read(id);
    return this.#conversations.page({ entry, extra, open: row.open === 1 }, query);
  }

  /** Throws `message-not-found` too. */
  message(id: number, number: number): MessageBody {
    const { row, entry, extra } = this.#read(id);
    return this.#conversations.message({ entry, extra, open: row.open === 1 }, number);
  }

  body(id: number, side: MessageSide, form: BodyForm, offset: number, length: number): BodyBytes {
    const { row, entry } = this.#read(id);
    // A pair that is open, or has just ended, is read anew: its body may have grown.
    const key = [id, side, form, row.open, sideOf(entry, side).wireBytes].join(' ');
    if (this.#last?.key !== key) this.#last = { key, body: this.#readBody(entry, side, form) };
    const { bytes, complete, problem } = this.#last.body;
    const slice = bytes.subarray(offset, offset + Math.min(length, limits.bodyPageBytes));
    const kept = !sideOf(entry, side).truncated && !entry.bodyShed;
    return {
      bytes: Uint8Array.from(slice),
      offset,
      totalBytes: bytes.length,
      complete: complete && kept && row.open === 0,
      problem,
    };
  }

  /** The same call at the other end of its connection. */
  #otherEndsOf(row: PairRow, { flow }: ConnectionInfo): PairDetail['otherEnds'] {
    if (flow === '') return [];
    const end = this.#otherEnds.now({ ...row, flow });
    return end === undefined ? [] : [{ ...end, direction: row.outbound === 1 ? 'in' : 'out' }];
  }

  /** Lets go of the body that was read last. */
  forget(): void {
    this.#last = undefined;
    this.#conversations.forget();
    this.#blocks.forget();
  }

  #read(id: number): Stored {
    const row = this.#summaries.row(id);
    const entry = row === undefined ? undefined : this.#blocks.pair(row.block, row.place);
    if (row === undefined || entry === undefined) {
      throw new SidetapError('pair-not-found', `There is no pair ${String(id)}; it may have been deleted to keep the store small.`);
    }
    const info = asBuffer(this.#connection.get(row.connection)?.['info']);
    const stored = { row, entry, connection: JSON.parse(info.toString()) as ConnectionInfo, extra: extraOf(entry.extra) };
    return entry.state === 'open' && row.open === 0 ? this.#interrupted(stored) : stored;
  }

  /** A pair that the engine's death has ended: what came of its bodies is known from their parts only. */
  #interrupted({ row, entry, connection, extra }: Stored): Stored {
    const request = this.#bodies.keptInParts(entry.id, 'request');
    const response = this.#bodies.keptInParts(entry.id, 'response');
    return {
      row,
      entry: {
        ...entry,
        requestWireBytes: Math.max(entry.requestWireBytes, request),
        responseWireBytes: Math.max(entry.responseWireBytes, response),
      },
      connection,
      extra: { ...extra, failure: extra.failure ?? { code: 'engine-died', detail: '' } },
    };
  }

  #readBody(entry: PairEntry, side: MessageSide, form: BodyForm): ReadBody {
    const wire = this.#bodies.wire(entry, side, Number.POSITIVE_INFINITY);
    return readBody(wire, parseHeads(sideOf(entry, side).head).final?.headers ?? noHeaders, form);
  }

  #messageDetail({ row, entry }: Stored, side: MessageSide): MessageDetail {
    const { head, wireBytes, truncated, crc32 } = sideOf(entry, side);
    const { interim, final, trailers } = parseHeads(head);
    const headers = final?.headers ?? [];
    const { mediaType, charset } = parseMediaType(headerValue(headers, 'content-type') ?? '');
    const payload = this.#readBody(entry, side, 'payload');
    return {
      startLine: final?.startLine ?? '',
      headers,
      trailers: [...payload.trailers, ...trailers],
      interim: interim.map((one) => ({ startLine: one.startLine, headers: one.headers })),
      headBytes: head.length,
      wireBytes,
      payloadBytes: side === 'request' ? row.request_bytes : row.response_bytes,
      keptBytes: this.#bodies.keptBytes(entry, side),
      truncated,
      crc32: truncated ? crc32.toString(16).padStart(8, '0') : '',
      mediaType: mediaType || sniffMediaType(payload.bytes),
      charset,
      contentEncoding: headerValues(headers, 'content-encoding').join(', ').toLowerCase(),
    };
  }

  #capture(entry: PairEntry, side: MessageSide): MessageCapture {
    const { head, wireBytes, payloadBytes, truncated, crc32 } = sideOf(entry, side);
    const body = this.#bodies.wire(entry, side, Number.POSITIVE_INFINITY);
    return { head: alone(head), body: alone(body), wireBytes, payloadBytes, truncated, crc32 };
  }
}

/** What the protocol told of the server and the session. That of a file may hold anything. */
function sessionOf({ spoken }: ConnectionInfo): [name: string, value: string][] {
  if (spoken === undefined) return [];
  const facts = spoken.facts.map(([name, value]): [string, string] => [name, value]);
  return spoken.server === '' ? facts : [['Server', spoken.server], ...facts];
}

function unread(problem: string): Reading['request'] {
  return { sections: [], frames: [], moreFrames: false, packed: false, problem };
}

interface SideOfEntry {
  head: Buffer;
  wireBytes: number;
  payloadBytes: number;
  truncated: boolean;
  crc32: number;
}

function sideOf(entry: PairEntry, side: MessageSide): SideOfEntry {
  return side === 'request'
    ? {
        head: entry.requestHead,
        wireBytes: entry.requestWireBytes,
        payloadBytes: entry.requestPayloadBytes,
        truncated: entry.requestTruncated,
        crc32: entry.requestCrc32,
      }
    : {
        head: entry.responseHead,
        wireBytes: entry.responseWireBytes,
        payloadBytes: entry.responsePayloadBytes,
        truncated: entry.responseTruncated,
        crc32: entry.responseCrc32,
      };
}

/** The bytes in memory of their own: a view that goes to another thread takes all of the block along. */
function alone(bytes: Buffer): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

function timingOf(row: PairRow, entry: PairEntry, connection: ConnectionInfo): PairDetail['timing'] {
  const requestEnd = entry.requestEnd < 0 ? null : entry.requestEnd;
  return {
    dialMs: connection.dialMicros / 1000,
    tlsMs: connection.tlsMicros / 1000,
    requestMs: requestEnd === null ? null : requestEnd / 1000,
    waitMs: span(requestEnd, row.latency),
    responseMs: span(row.latency, row.duration),
  };
}

function span(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from) / 1000;
}
