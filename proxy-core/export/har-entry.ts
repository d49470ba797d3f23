import { limits } from '../limits.ts';
import type { MaskedMessage, OutgoingMessage } from '../redact/mask.ts';
import { failureSentences } from '../rrpair/failure.ts';
import type { MessageCapture, PairRecord } from '../rrpair/pair.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { headerValue, headerValues, parseHeads } from '../wire/http1/head.ts';
import { readBody } from '../wire/read-body.ts';
import {
  type HarContent,
  type HarCookie,
  type HarPostData,
  harContent,
  harPostData,
  harQuery,
  requestCookies,
  responseCookies,
} from './har-content.ts';

interface NameValue {
  name: string;
  value: string;
}

/** An entry of HAR 1.2; fields that begin with `_` are ours, as the format allows. */
export interface HarEntry {
  startedDateTime: string;
  /** ms; the sum of the timings that are known. */
  time: number;
  request: {
    method: string;
    url: string;
    httpVersion: string;
    cookies: HarCookie[];
    headers: NameValue[];
    queryString: NameValue[];
    postData?: HarPostData;
    headersSize: number;
    bodySize: number;
  };
  response: {
    status: number;
    statusText: string;
    httpVersion: string;
    cookies: HarCookie[];
    headers: NameValue[];
    content: HarContent;
    redirectURL: string;
    headersSize: number;
    bodySize: number;
    _error?: string;
  };
  cache: Record<string, never>;
  timings: { blocked: number; dns: number; connect: number; send: number; wait: number; receive: number; ssl: number };
  serverIPAddress?: string;
  connection: string;
  _id: number;
  _direction: 'in' | 'out';
  _failure?: { code: string; sentence: string; detail: string };
  _bodyTruncated?: true;
}

function isTruncated({ request, response, bodyShed }: PairRecord): boolean {
  return request.truncated || response.truncated || bodyShed;
}

type Mask = (message: OutgoingMessage) => MaskedMessage;

/** One pair as a HAR entry; null for rows that hold no HTTP request. */
export function harEntry(record: PairRecord, mask: Mask | null): HarEntry | null {
  const head = record.summary === null ? parseHeads(record.request.head).final : null;
  if (head === null) return null;
  const responseHead = parseHeads(record.response.head).final;
  const request = outgoing(mask, urlOf(record, head.target, head.headers), head.headers, record.request);
  const response = outgoing(mask, '', responseHead?.headers ?? [], record.response);
  const timings = timingsOf(record);
  const { connection, failure } = record;
  const query = harQuery(request.target);
  const postData = harPostData(request.headers, request.body, request.problem);
  return {
    startedDateTime: new Date(record.startedAtMicros / 1000).toISOString(),
    time: Object.entries(timings).reduce((sum, [name, value]) => (name === 'ssl' || value < 0 ? sum : sum + value), 0),
    request: {
      method: head.method,
      url: request.target,
      httpVersion: head.version,
      cookies: requestCookies(request.headers),
      headers: namesAndValues(request.headers),
      queryString: query,
      ...(postData === null ? {} : { postData }),
      headersSize: record.request.head.length,
      bodySize: record.request.payloadBytes,
    },
    response: {
      status: responseHead?.statusCode ?? 0,
      statusText: responseHead?.reason ?? '',
      httpVersion: responseHead?.version ?? '',
      cookies: responseCookies(response.headers),
      headers: namesAndValues(response.headers),
      content: harContent(response.headers, response.body, record.response.payloadBytes, response.problem),
      redirectURL: headerValue(response.headers, 'location') ?? '',
      headersSize: responseHead === null ? -1 : record.response.head.length,
      bodySize: responseHead === null ? -1 : record.response.payloadBytes,
      ...(failure === null ? {} : { _error: failure.code }),
    },
    cache: {},
    timings,
    ...(connection.upstreamAddress === '' ? {} : { serverIPAddress: connection.upstreamAddress }),
    connection: String(connection.id),
    _id: record.id,
    _direction: connection.direction,
    ...(failure === null
      ? {}
      : { _failure: { code: failure.code, sentence: failureSentences[failure.code], detail: failure.detail } }),
    ...(isTruncated(record) || request.problem !== '' || response.problem !== '' ? { _bodyTruncated: true as const } : {}),
  };
}

/** As it leaves Sidetap, and why its body is not what the application got; empty when it is. */
interface Outgoing extends OutgoingMessage {
  problem: string;
}

function outgoing(mask: Mask | null, target: string, headers: HeaderField[], message: MessageCapture): Outgoing {
  const { bytes, problem } = readBody(message.body, headers, 'decoded', limits.exportedBodyBytes);
  const shown = { target, headers, body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  return { ...(mask === null ? shown : mask(shown)), problem };
}

/** The absolute URL that HAR asks for: what the request names, or else where it went. */
function urlOf(record: PairRecord, target: string, headers: readonly HeaderField[]): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return target;
  const { protocol, upstreamHost, upstreamPort } = record.connection;
  const dialled = `${upstreamHost.includes(':') ? `[${upstreamHost}]` : upstreamHost}:${String(upstreamPort)}`;
  const host = headerValues(headers, 'host')[0] || dialled;
  return `${protocol === 'https' ? 'https' : 'http'}://${host}${target.startsWith('/') ? target : `/${target}`}`;
}

function namesAndValues(headers: readonly HeaderField[]): NameValue[] {
  return headers.map(([name, value]) => ({ name, value }));
}

/**
 * Timings in ms. Dial and TLS are -1 ("does not apply"): they belong to the connection, which was made before the request came, so no
 * exchange waited for them.
 */
function timingsOf(record: PairRecord): HarEntry['timings'] {
  const { timing } = record;
  const sent = Math.max(0, timing.requestEnd);
  const first = timing.responseStart < 0 ? sent : timing.responseStart;
  const last = timing.responseEnd < 0 ? first : timing.responseEnd;
  return {
    blocked: -1,
    dns: -1,
    connect: -1,
    ssl: -1,
    send: ms(Math.min(sent, first)),
    wait: ms(first - Math.min(sent, first)),
    receive: ms(last - first),
  };
}

function ms(micros: number): number {
  return Math.max(0, micros) / 1000;
}
