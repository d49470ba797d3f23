import { isUtf8 } from 'node:buffer';
import { limits } from '../limits.ts';
import { http1Fields } from '../rrpair/http1-fields.ts';
import type { MessageCapture, PairRecord } from '../rrpair/pair.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { headerValue, type ParsedHead, parseHeads } from '../wire/http1/head.ts';
import { readBody } from '../wire/read-body.ts';

interface Parameter {
  key: string;
  value: string;
}

/** Fields that Postman makes itself. */
const made = /^(?:content-length|transfer-encoding|content-encoding|connection|trailer)$/i;

/** A pair as an item of a Postman collection (v2.1.0), its answer as an example, in JSON; null for what is no HTTP exchange. */
export function postmanItem(record: PairRecord): string | null {
  const head = record.summary === null ? parseHeads(record.request.head).final : null;
  if (head === null) return null;
  const sent = http1Fields(head.headers);
  const request = outgoing(absolute(record, head.target, sent), sent, record.request);
  const answer = parseHeads(record.response.head).final;
  const url = urlOf(request.target);
  const item = {
    name: `${head.method} ${request.target.replace(/^[a-z]+:\/\/[^/?#]*/i, '')}`.slice(0, 500),
    request: { method: head.method, header: fields(request.headers), ...bodyOf(request), url },
    response: answer === null ? [] : [exampleOf(record, head.method, url, request, answer)],
  };
  return JSON.stringify(item);
}

interface Outgoing {
  target: string;
  headers: readonly HeaderField[];
  body: Buffer;
}

function outgoing(target: string, headers: readonly HeaderField[], message: MessageCapture): Outgoing {
  const { bytes } = readBody(message.body, headers, 'decoded', limits.exportedBodyBytes);
  return { target, headers, body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

function exampleOf(record: PairRecord, method: string, url: unknown, request: Outgoing, answer: ParsedHead): unknown {
  const response = outgoing('', answer.headers, record.response);
  return {
    name: `${String(answer.statusCode)} ${answer.reason}`.trim(),
    originalRequest: { method, header: fields(request.headers), url },
    status: answer.reason,
    code: answer.statusCode,
    header: fields(response.headers),
    body: isUtf8(response.body) ? response.body.toString('utf8') : response.body.toString('base64'),
    responseTime: record.timing.responseStart < 0 ? null : Math.round(record.timing.responseStart / 1000),
  };
}

function absolute({ connection }: PairRecord, target: string, headers: readonly HeaderField[]): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return target;
  const host = connection.upstreamHost.includes(':') ? `[${connection.upstreamHost}]` : connection.upstreamHost;
  const authority = headerValue(headers, 'host') || `${host}:${String(connection.upstreamPort)}`;
  return `${connection.protocol === 'https' ? 'https' : 'http'}://${authority}${target.startsWith('/') ? target : `/${target}`}`;
}

/** Postman reads `{{name}}` as a variable; what was captured means itself. */
function urlOf(raw: string): unknown {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?([^?#]*)(?:\?([^#]*))?/i.exec(raw);
  if (match === null) return { raw };
  const [, protocol, host = '', port, path = '', query] = match;
  return {
    raw,
    protocol,
    host: host.startsWith('[') ? [host] : host.split('.'),
    ...(port === undefined ? {} : { port }),
    path: path.split('/').slice(1),
    ...(query === undefined ? {} : { query: query.split('&').map(parameter) }),
  };
}

function parameter(text: string): Parameter {
  const equals = text.indexOf('=');
  return equals < 0 ? { key: text, value: '' } : { key: text.slice(0, equals), value: text.slice(equals + 1) };
}

function fields(headers: readonly HeaderField[]): Parameter[] {
  return headers.filter(([name]) => !made.test(name)).map(([key, value]) => ({ key, value }));
}

function bodyOf({ headers, body }: Outgoing): { body?: unknown } {
  if (body.length === 0) return {};
  const type = headerValue(headers, 'content-type')?.toLowerCase() ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) {
    const urlencoded = [...new URLSearchParams(body.toString('utf8'))].map(([key, value]) => ({ key, value, type: 'text' }));
    return { body: { mode: 'urlencoded', urlencoded } };
  }
  // The format has no way to carry bytes: they would be text when they are sent.
  if (!isUtf8(body)) return { body: { mode: 'file', file: { src: null }, disabled: false } };
  const language = type.includes('json') ? 'json' : type.includes('xml') ? 'xml' : 'text';
  return { body: { mode: 'raw', raw: body.toString('utf8'), options: { raw: { language } } } };
}

/** What stands before the items and behind them; between two is a comma. */
export function postmanFrame(name: string): { before: string; after: string } {
  const info = { name, schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' };
  return { before: `{"info":${JSON.stringify(info)},"item":[`, after: '\n]}\n' };
}
