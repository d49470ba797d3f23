import { SidetapError } from '../errors.ts';
import { http1Fields } from '../rrpair/http1-fields.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { pairWords } from '../rrpair/protocols.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { removeChunkFraming } from '../wire/http1/body.ts';
import { headerValue, parseHead, parseHeads } from '../wire/http1/head.ts';

/** A recorded HTTP request, ready to be written down in another form. */
export interface RecordedRequest {
  method: string;
  /** Request target as sent. */
  target: string;
  /** `HTTP/1.1`, `HTTP/2` */
  version: string;
  /** As HTTP/1 would say them. */
  headers: HeaderField[];
  /** Body without chunk framing, still content-encoded. */
  body: Buffer;
  chunked: boolean;
  /** False when part of the body was not kept. */
  complete: boolean;
  scheme: 'http' | 'https';
  /** Where it was sent to, in brackets when it is an IPv6 address, with the port unless it is the scheme's own. */
  authority: string;
}

/** Reads the request of a pair. Throws `pair-not-replayable` for rows that hold no HTTP request. */
export function recordedRequest(record: PairRecord): RecordedRequest {
  const head = parseHead(record.request.head);
  if (record.summary !== null || record.request.head.length === 0 || head.kind !== 'request') {
    throw new SidetapError(
      'pair-not-replayable',
      `Pair ${String(record.id)} is ${pairWords(record.connection.protocol)}, not an HTTP request, so there is nothing to send again.`,
    );
  }
  const { connection, request } = record;
  const chunked = /\bchunked\b/i.test(headerValue(head.headers, 'transfer-encoding') ?? '');
  // What was said after an upgrade is no body.
  const body = upgraded(record) ? new Uint8Array(0) : request.body;
  const payload = chunked ? removeChunkFraming(body).payload : body;
  const scheme = connection.protocol === 'https' ? 'https' : 'http';
  const host = connection.upstreamHost.includes(':') ? `[${connection.upstreamHost}]` : connection.upstreamHost;
  const ownPort = connection.upstreamPort === (scheme === 'https' ? 443 : 80);
  return {
    method: head.method,
    target: head.target,
    version: head.version,
    headers: http1Fields(head.headers),
    body: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
    chunked,
    complete: upgraded(record) || (!request.truncated && !record.bodyShed),
    scheme,
    authority: ownPort ? host : `${host}:${String(connection.upstreamPort)}`,
  };
}

function upgraded({ response }: PairRecord): boolean {
  return parseHeads(response.head).final?.statusCode === 101;
}
