import { limits } from '../limits.ts';
import { failureSentences } from '../rrpair/failure.ts';
import { http1Fields } from '../rrpair/http1-fields.ts';
import type { Colour, MessageCapture, PairRecord } from '../rrpair/pair.ts';
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
import { type HarSocketMessage, harSocketMessages } from './har-socket.ts';

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
  /** What the user wrote about it. */
  comment?: string;
  _colour?: Colour;
  /** As Chromium writes them. */
  _resourceType?: 'websocket';
  _webSocketMessages?: HarSocketMessage[];
  _id: number;
  _direction: 'in' | 'out';
  _failure?: { code: string; sentence: string; detail: string };
  _bodyTruncated?: true;
}

function isTruncated({ request, response, bodyShed }: PairRecord): boolean {
  return request.truncated || response.truncated || bodyShed;
}

/** One pair as a HAR entry; null for rows that hold no HTTP request. */
export function harEntry(record: PairRecord): HarEntry | null {
  const head = record.summary === null ? parseHeads(record.request.head).final : null;
  if (head === null) return null;
  const responseHead = parseHeads(record.response.head).final;
  const said = harSocketMessages(record, responseHead);
  // The bytes of a WebSocket are no bodies.
  const [asked, answered] =
    said === null ? [record.request, record.response] : [headOnly(record.request), headOnly(record.response)];
  const sent = http1Fields(head.headers);
  const request = outgoing(urlOf(record, head.target, sent), sent, asked);
  const response = outgoing('', responseHead?.headers ?? [], answered);
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
      bodySize: asked.payloadBytes,
    },
    response: {
      status: responseHead?.statusCode ?? 0,
      statusText: responseHead?.reason ?? '',
      httpVersion: responseHead?.version ?? '',
      cookies: responseCookies(response.headers),
      headers: namesAndValues(response.headers),
      content: harContent(response.headers, response.body, answered.payloadBytes, response.problem),
      redirectURL: headerValue(response.headers, 'location') ?? '',
      headersSize: responseHead === null ? -1 : record.response.head.length,
      bodySize: responseHead === null ? -1 : answered.payloadBytes,
      ...(failure === null ? {} : { _error: failure.code }),
    },
    cache: {},
    timings,
    ...(connection.upstreamAddress === '' ? {} : { serverIPAddress: connection.upstreamAddress }),
    connection: String(connection.id),
    ...harMark(record),
    ...(said === null ? {} : { _resourceType: 'websocket' as const, _webSocketMessages: said }),
    _id: record.id,
    _direction: connection.direction,
    ...(failure === null
      ? {}
      : { _failure: { code: failure.code, sentence: failureSentences[failure.code], detail: failure.detail } }),
    ...(isTruncated(record) || request.problem !== '' || response.problem !== '' ? { _bodyTruncated: true as const } : {}),
  };
}

function headOnly(message: MessageCapture): MessageCapture {
  return { ...message, body: new Uint8Array(0), wireBytes: 0, payloadBytes: 0, truncated: false };
}

/** A note and a colour, where there are. */
function harMark({ mark }: PairRecord): Pick<HarEntry, 'comment' | '_colour'> {
  return {
    ...(mark === undefined || mark.note === '' ? {} : { comment: mark.note }),
    ...(mark === undefined || mark.colour === null ? {} : { _colour: mark.colour }),
  };
}

const CUT = 'This is the beginning of the body; the rest of it is left out.';

/** As it leaves Sidetap, and why its body is not what the application got; empty when it is. */
interface Outgoing {
  target: string;
  headers: HeaderField[];
  body: Buffer;
  problem: string;
}

function outgoing(target: string, headers: HeaderField[], message: MessageCapture): Outgoing {
  const read = readBody(message.body, headers, 'decoded', limits.exportedBodyBytes);
  const problem = read.problem === '' && message.truncated ? CUT : read.problem;
  return { target, headers, body: Buffer.from(read.bytes.buffer, read.bytes.byteOffset, read.bytes.byteLength), problem };
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
