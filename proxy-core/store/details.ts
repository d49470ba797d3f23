import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { technologiesOf } from '../detect/describe.ts';
import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { failureSentences } from '../rrpair/failure.ts';
import type { ConnectionInfo, MessageCapture, PairRecord } from '../rrpair/pair.ts';
import type { BodyForm, BodySlice, HeaderField, MessageDetail, MessageSide, PairDetail } from '../rrpair/shapes.ts';
import { headerValue, headerValues, type ParsedHeads, parseHeads } from '../wire/http1/head.ts';
import { type ReadBody, readBody } from '../wire/read-body.ts';
import type { PairExtra } from './batch.ts';
import type { Bodies } from './bodies.ts';
import { asBuffer } from './bytes.ts';
import { parseMediaType, sniffMediaType } from './media-type.ts';
import { extraOf, messageFlags } from './row.ts';
import { type PairRow, type Summaries, summaryOf } from './summaries.ts';

interface MessageRow {
  request_end: number;
  request_wire: number;
  response_wire: number;
  request_crc: number;
  response_crc: number;
  flags: number;
  extra: Uint8Array | null;
  request_head: Uint8Array;
  response_head: Uint8Array;
  info: Uint8Array;
}

/** Everything that is kept of one pair, but for the bodies. */
interface Stored {
  row: PairRow;
  message: MessageRow;
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
  readonly #message: StatementSync;
  readonly #replays: StatementSync;
  /** The body that was read last, because it is read page after page. */
  #last: { key: string; body: ReadBody } | undefined;

  constructor(database: DatabaseSync, summaries: Summaries, bodies: Bodies) {
    this.#summaries = summaries;
    this.#bodies = bodies;
    this.#message = database.prepare(
      `SELECT request_end, request_wire, response_wire, request_crc, response_crc, flags, extra, request_head, response_head,
        (SELECT info FROM connection WHERE id = ?) AS info FROM message WHERE id = ?`,
    );
    this.#replays = database.prepare('SELECT id FROM pair WHERE replay_of > 0 AND replay_of = ? ORDER BY id');
  }

  detail(id: number): PairDetail {
    const stored = this.#read(id);
    const { row, message, connection, extra } = stored;
    const responded = message.response_head.length > 0 || message.response_wire > 0;
    const failure = extra.failure ?? null;
    return {
      ...summaryOf(row),
      request: this.#messageDetail(stored, 'request'),
      response: responded ? this.#messageDetail(stored, 'response') : null,
      evidence: technologiesOf({
        connection,
        requestHead: asBuffer(message.request_head),
        responseHead: asBuffer(message.response_head),
        requestBody: this.#bodies.wire(id, 'request', TELLING_BYTES),
        responseBody: this.#bodies.wire(id, 'response', TELLING_BYTES),
        failure,
        summary: extra.summary ?? null,
      }),
      failure: failure === null ? null : { code: failure.code, sentence: failureSentences[failure.code], detail: failure.detail },
      bodyShed: (message.flags & messageFlags.bodyShed) !== 0,
      timing: timingOf(row, message, connection),
      connection: {
        id: connection.id,
        entry: connection.entry,
        clientAddress: connection.clientAddress,
        upstreamHost: connection.upstreamHost,
        upstreamPort: connection.upstreamPort,
        upstreamAddress: connection.upstreamAddress,
        clientTls: connection.clientTls,
        upstreamTls: connection.upstreamTls,
      },
      replays: this.#replays.all(id).map((replay) => Number(replay['id'])),
    };
  }

  record(id: number): PairRecord {
    const { row, message, connection, extra } = this.#read(id);
    return {
      id,
      state: row.open === 1 ? 'open' : 'done',
      connection,
      startedAtMicros: row.started,
      timing: { requestEnd: message.request_end, responseStart: row.latency ?? -1, responseEnd: row.duration ?? -1 },
      request: this.#capture(row, message, 'request'),
      response: this.#capture(row, message, 'response'),
      failure: extra.failure ?? null,
      replayOf: row.replay_of,
      summary: extra.summary ?? null,
      bodyShed: (message.flags & messageFlags.bodyShed) !== 0,
    };
  }

  body(id: number, side: MessageSide, form: BodyForm, offset: number, length: number): BodySlice {
    const { row, message } = this.#read(id);
    // A pair that is open, or has just ended, is read anew: its body may have grown.
    const key = [id, side, form, row.open, side === 'request' ? message.request_wire : message.response_wire].join(' ');
    if (this.#last?.key !== key) this.#last = { key, body: this.#readBody(id, message, side, form) };
    const { bytes, complete, problem } = this.#last.body;
    const slice = bytes.subarray(offset, offset + Math.min(length, limits.bodyPageBytes));
    const kept = this.#isWhole(message, side);
    return {
      base64: Buffer.from(slice.buffer, slice.byteOffset, slice.byteLength).toString('base64'),
      offset,
      totalBytes: bytes.length,
      complete: complete && kept && row.open === 0,
      problem,
    };
  }

  /** Lets go of the body that was read last. */
  forget(): void {
    this.#last = undefined;
  }

  #read(id: number): Stored {
    const row = this.#summaries.row(id);
    const message = row === undefined ? undefined : (this.#message.get(row.connection, id) as MessageRow | undefined);
    if (row === undefined || message === undefined) {
      throw new SidetapError('pair-not-found', `There is no pair ${String(id)}; it may have been deleted to keep the store small.`);
    }
    const connection = JSON.parse(asBuffer(message.info).toString()) as ConnectionInfo;
    return { row, message, connection, extra: extraOf(asBuffer(message.extra)) };
  }

  #readBody(id: number, message: MessageRow, side: MessageSide, form: BodyForm): ReadBody {
    const wire = this.#bodies.wire(id, side, Number.POSITIVE_INFINITY);
    return readBody(wire, headsOf(message, side).final?.headers ?? noHeaders, form);
  }

  #isWhole(message: MessageRow, side: MessageSide): boolean {
    const truncated = side === 'request' ? messageFlags.requestTruncated : messageFlags.responseTruncated;
    return (message.flags & (truncated | messageFlags.bodyShed)) === 0;
  }

  #messageDetail({ row, message }: Stored, side: MessageSide): MessageDetail {
    const request = side === 'request';
    const { interim, final } = headsOf(message, side);
    const headers = final?.headers ?? [];
    const { mediaType, charset } = parseMediaType(headerValue(headers, 'content-type') ?? '');
    const payload = this.#readBody(row.id, message, side, 'payload');
    const truncated = (message.flags & (request ? messageFlags.requestTruncated : messageFlags.responseTruncated)) !== 0;
    const crc = request ? message.request_crc : message.response_crc;
    return {
      startLine: final?.startLine ?? '',
      headers,
      trailers: payload.trailers,
      interim: interim.map((head) => ({ startLine: head.startLine, headers: head.headers })),
      headBytes: (request ? message.request_head : message.response_head).length,
      wireBytes: request ? message.request_wire : message.response_wire,
      payloadBytes: request ? row.request_bytes : row.response_bytes,
      keptBytes: this.#bodies.keptBytes(row.id, side),
      truncated,
      crc32: truncated ? crc.toString(16).padStart(8, '0') : '',
      mediaType: mediaType || sniffMediaType(payload.bytes),
      charset,
      contentEncoding: headerValues(headers, 'content-encoding').join(', ').toLowerCase(),
    };
  }

  #capture(row: PairRow, message: MessageRow, side: MessageSide): MessageCapture {
    const request = side === 'request';
    return {
      head: request ? message.request_head : message.response_head,
      body: this.#bodies.wire(row.id, side, Number.POSITIVE_INFINITY),
      wireBytes: request ? message.request_wire : message.response_wire,
      payloadBytes: request ? row.request_bytes : row.response_bytes,
      truncated: (message.flags & (request ? messageFlags.requestTruncated : messageFlags.responseTruncated)) !== 0,
      crc32: request ? message.request_crc : message.response_crc,
    };
  }
}

function headsOf(message: MessageRow, side: MessageSide): ParsedHeads {
  return parseHeads(side === 'request' ? message.request_head : message.response_head);
}

function timingOf(row: PairRow, message: MessageRow, connection: ConnectionInfo): PairDetail['timing'] {
  const requestEnd = message.request_end < 0 ? null : message.request_end;
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
