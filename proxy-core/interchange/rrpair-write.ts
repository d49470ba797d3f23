import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { limits } from '../limits.ts';
import { type JsonObject, objectAt, overlaid, parseExact, textAt } from '../rrpair/exact-json.ts';
import { http1Fields } from '../rrpair/http1-fields.ts';
import { putMark } from '../rrpair/marks-in-files.ts';
import type { MessageCapture, PairRecord } from '../rrpair/pair.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { headerValue, namedHost, type ParsedHead, parseHeads } from '../wire/http1/head.ts';
import { readBody } from '../wire/read-body.ts';
import { encodedSignature, httpSignature } from './signature.ts';
import { rfcTime } from './time.ts';

/**
 * A pair in the RRPair form. What was imported from an RRPair comes out as it went in: its unknown fields, the order of its members. With
 * `masked` what the record itself says is taken from the record, in which secrets were masked.
 */
export function toRRPair(record: PairRecord, masked: boolean): JsonObject {
  const { imported } = record;
  if (imported?.format !== 'rrpair') return madeRRPair(record);
  const read = parseExact(imported.text) as JsonObject;
  // Before its secrets were masked, what was masked got it already.
  if (!masked) putMark(read, 'rrpair', record.mark, limits.noteChars);
  if (record.summary !== null) return read;
  if (masked) return overlaid(read, written(record, madeRRPair(record), read));
  putBody(objectAt(read, 'http', 'req'), record.request);
  putBody(objectAt(read, 'http', 'res'), record.response);
  return read;
}

/** Of what we would write ourselves, what the file has too or cannot do without: it shall not grow with every trip. */
function written(record: PairRecord, made: JsonObject, read: JsonObject): JsonObject {
  const http = objectAt(made, 'http') ?? {};
  const known: JsonObject = { http };
  for (const name of ['location', 'signature']) if (name in read && made[name] !== undefined) known[name] = made[name];
  for (const [side, message] of [
    ['req', record.request],
    ['res', record.response],
  ] as const) {
    const from = objectAt(read, 'http', side);
    const to = objectAt(http, side);
    if (from === undefined || to === undefined) continue;
    for (const name of Object.keys(to)) if (!(name in from) || !replaced.has(name)) delete to[name];
    const bodies: JsonObject = { ...from };
    putBody(bodies, message);
    for (const name of ['body', 'bodyBase64']) if (bodies[name] !== undefined) to[name] = bodies[name];
  }
  return known;
}

const replaced: ReadonlySet<string> = new Set(['url', 'uri', 'headers']);

/** In the field in which the file had it. */
function putBody(message: JsonObject | undefined, { body }: MessageCapture): void {
  if (message === undefined) return;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if ('bodyBase64' in message || (!isUtf8(bytes) && bytes.length > 0)) {
    if ('body' in message) delete message['body'];
    message['bodyBase64'] = bytes.toString('base64');
  } else if ('body' in message) message['body'] = bytes.toString('utf8');
}

function madeRRPair(record: PairRecord): JsonObject {
  const pair = unmarked(record);
  putMark(pair, 'rrpair', record.mark, limits.noteChars);
  return pair;
}

function unmarked(record: PairRecord): JsonObject {
  const { connection, timing } = record;
  const duration = Math.round(Math.max(timing.responseEnd, timing.responseStart, 0) / 1000);
  const request = record.summary === null ? parseHeads(record.request.head).final : null;
  const response = request === null ? null : parseHeads(record.response.head).final;
  const host = request === null ? connection.upstreamHost : (namedHost(request.headers) ?? connection.upstreamHost);
  const body = request === null ? null : contentOf(record.request, request.headers);
  return {
    msgType: 'rrpair',
    resource: connection.source,
    service: connection.source,
    ts: rfcTime(record.startedAtMicros),
    ...(duration === 0 ? {} : { duration }),
    uuid: uuidOf(record).toString('base64'),
    direction: connection.direction === 'in' ? 'IN' : 'OUT',
    l7protocol: connection.protocol,
    network_address: `${connection.upstreamHost}:${String(connection.upstreamPort)}`,
    command: request?.method ?? record.summary?.command ?? '',
    location: request === null ? (record.summary?.location ?? '') : originForm(request.target),
    status: response === null ? (record.failure?.code ?? record.summary?.status ?? '') : String(response.statusCode),
    ...(request === null || body === null ? {} : { http: httpOf(record, request, response, host, body) }),
    ...(request === null || body === null ? {} : { signature: encodedSignature(httpSignature(request, host, body.bytes)) }),
    tags: { captureMode: 'proxy', source: 'sidetap' },
    netinfo: netinfoOf(record),
    sidetap: {
      timing: { requestEnd: timing.requestEnd, responseStart: timing.responseStart, responseEnd: timing.responseEnd },
      ...(record.failure === null ? {} : { failure: { code: record.failure.code, detail: record.failure.detail } }),
      ...(record.request.truncated || record.response.truncated || record.bodyShed ? { truncated: true } : {}),
    },
  };
}

interface Content {
  bytes: Buffer;
  /** Content coding was undone, so the field that names it must not go along. */
  decoded: boolean;
}

function contentOf(message: MessageCapture, headers: readonly HeaderField[]): Content {
  const { bytes, complete, problem } = readBody(message.body, headers, 'decoded', limits.exportedBodyBytes);
  if (complete || problem === '' || message.truncated) {
    return { bytes: bufferOf(bytes), decoded: headerValue(headers, 'content-encoding') !== undefined };
  }
  return { bytes: bufferOf(readBody(message.body, headers, 'payload').bytes), decoded: false };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function httpOf(record: PairRecord, request: ParsedHead, response: ParsedHead | null, host: string, body: Content): JsonObject {
  const uri = originForm(request.target);
  const query = uri.indexOf('?');
  const req: JsonObject = {
    url: query < 0 ? uri : uri.slice(0, query),
    uri,
    version: request.version.replace('HTTP/', ''),
    method: request.method,
    host,
    headers: headersOf(http1Fields(request.headers), body.decoded),
    ...bodyOf(body.bytes),
  };
  if (response === null) return { req };
  const content = contentOf(record.response, response.headers);
  const res: JsonObject = {
    contentType: headerValue(response.headers, 'content-type') ?? '',
    statusCode: response.statusCode,
    statusMessage: response.reason,
    headers: headersOf(response.headers, content.decoded),
    ...bodyOf(content.bytes),
  };
  return { req, res };
}

function bodyOf(bytes: Buffer): JsonObject {
  if (bytes.length === 0) return {};
  return isUtf8(bytes) && !bytes.includes(0) ? { body: bytes.toString('utf8') } : { bodyBase64: bytes.toString('base64') };
}

const framing = /^(?:transfer-encoding|trailer)$/i;

function headersOf(fields: readonly HeaderField[], decoded: boolean): JsonObject {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of fields) {
    if (framing.test(name) || (decoded && /^content-(?:encoding|length)$/i.test(name)) || name === '__proto__') continue;
    (headers[name] ??= []).push(value);
  }
  return headers;
}

function originForm(target: string): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target);
  if (path === null) return target;
  const rest = target.slice(path[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** The same pair gets the same one each time. */
function uuidOf({ id, startedAtMicros, connection, request }: PairRecord): Buffer {
  const hash = createHash('sha256')
    .update(`${String(id)} ${String(startedAtMicros)} ${String(connection.id)} `)
    .update(request.head)
    .digest();
  const uuid = Buffer.from(hash.subarray(0, 16));
  uuid[6] = ((uuid[6] ?? 0) & 0x0f) | 0x40;
  uuid[8] = ((uuid[8] ?? 0) & 0x3f) | 0x80;
  return uuid;
}

/** The format has them as text. */
function sentBytes({ head, wireBytes }: MessageCapture): string {
  return String(head.length + wireBytes);
}

function netinfoOf({ connection, startedAtMicros, request, response }: PairRecord): JsonObject {
  const established = rfcTime(startedAtMicros);
  return {
    id: String(connection.id),
    startTime: established,
    downstream: { established, ipAddress: connection.clientAddress, port: connection.clientPort, bytesSent: sentBytes(request) },
    upstream: {
      established,
      ipAddress: connection.upstreamAddress,
      port: connection.upstreamPort,
      hostname: connection.upstreamHost,
      bytesSent: sentBytes(response),
    },
  };
}

/** The file of a pair: JSON with two spaces. */
export function rrpairJson(pair: JsonObject): string {
  return `${JSON.stringify(pair, null, 2)}\n`;
}

/** The host that names a pair's folder. */
export function rrpairHost(pair: JsonObject): string {
  const host = textAt(objectAt(pair, 'http', 'req'), 'host');
  const address = textAt(pair, 'network_address');
  return host || address.replace(/:\d+$/, '') || 'unknown';
}
