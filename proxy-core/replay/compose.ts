import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ComposedRequest } from '../rrpair/compose.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import type { ReplayableRequest } from './request.ts';
import { type RecordedWay, type Target, targetOf } from './target.ts';

/** A request that somebody wrote, as the bytes that are sent, and where they go. */
export interface WrittenRequest {
  target: Target;
  request: ReplayableRequest;
}

/**
 * Writes a composed request down. `body` takes the place of its own (a recorded one that was not changed). Throws `bad-usage` with what is
 * wrong with it.
 */
export function writeRequest(composed: ComposedRequest, body: Buffer = Buffer.from(composed.bodyBase64, 'base64')): WrittenRequest {
  const { origin, path } = splitUrl(composed.url);
  const target = targetOf(nowhere, origin);
  const requestTarget = composed.target ?? path;
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(composed.method)) throw refuse(`“${composed.method}” is no method`);
  if (composed.method === 'CONNECT') throw refuse('a CONNECT opens a tunnel and is no request to the server');
  if (/[\0\r\n]/.test(requestTarget)) throw refuse('its target holds a line break');
  if (composed.version === 'HTTP/2') return { target, request: http2Request(composed, requestTarget, target, body) };
  const { headers, chunked } = framed(composed, target.authority, body);
  const head = [`${bytesOf(composed.method)} ${bytesOf(requestTarget)} ${composed.version}`, ...headers.map(fieldLine), '', ''];
  return {
    target,
    request: {
      head: Buffer.from(head.join('\r\n'), 'latin1'),
      body: chunked ? inChunks(body) : body,
      http2: false,
      expectsContinue: headers.some(([name, value]) => /^expect$/i.test(name) && /^100-continue$/i.test(value)),
    },
  };
}

/** Fields that HTTP/2 has no use for (RFC 9113 8.2.2), or says otherwise. */
const ofHttp1 = /^(?:host|connection|keep-alive|proxy-connection|transfer-encoding|upgrade|content-length)$/i;

function http2Request(composed: ComposedRequest, requestTarget: string, target: Target, body: Buffer): ReplayableRequest {
  const { headers, automatic } = composed;
  const host = headers.find(is('host'))?.[1] ?? (automatic ? target.authority : undefined);
  const length = headers.some(is('content-length')) ? [['content-length', String(body.length)] as HeaderField] : [];
  const fields: HeaderField[] = [
    ...headers.filter(([name]) => !ofHttp1.test(name)).map(([name, value]): HeaderField => [name.toLowerCase(), value]),
    ...length,
  ];
  const head = [
    `${bytesOf(composed.method)} ${bytesOf(requestTarget)} HTTP/2`,
    `:scheme: ${target.tls ? 'https' : 'http'}`,
    ...(host === undefined ? [] : [`:authority: ${fieldLine(['host', host]).slice('host: '.length)}`]),
    ...fields.map(fieldLine),
    '',
    '',
  ];
  return { head: Buffer.from(head.join('\r\n'), 'latin1'), body, http2: true, expectsContinue: false };
}

function refuse(why: string): SidetapError {
  return new SidetapError('bad-usage', `The request cannot be sent: ${why}.`);
}

/** Scheme and authority, and everything after them as it is written, but for the fragment, which is never sent. */
function splitUrl(url: string): { origin: string; path: string } {
  const match = /^(https?:\/\/[^/?#\\\s]+)([^#]*)/i.exec(url.trim());
  if (match === null) throw refuse(`“${url}” is no http:// or https:// URL`);
  const [, origin = '', rest = ''] = match;
  if (origin.includes('@')) throw refuse('user and password belong into an Authorization header, not into the URL');
  return { origin, path: rest.startsWith('/') ? rest : `/${rest}` };
}

function fieldLine([name, value]: HeaderField): string {
  if (name === '' || /[\0\r\n:]/.test(name)) throw refuse(`“${name}” is no header name`);
  // A line break may only fold the value (RFC 9112 5.2): another one would begin a header, or a request, of its own.
  if (/\0|\r?\n(?![ \t])|\r(?!\n)/.test(value)) throw refuse(`the value of ${name} holds a line break`);
  return `${bytesOf(name)}: ${bytesOf(value)}`;
}

/** Bytes as latin-1; text that has more than bytes is UTF-8. */
function bytesOf(text: string): string {
  return /[^\x00-\xff]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

function is(lower: string): (field: HeaderField) => boolean {
  return (field) => field[0].toLowerCase() === lower;
}

/** The fields that are sent: those written, with Host and the body's framing put right unless that is not wanted. */
function framed(composed: ComposedRequest, authority: string, body: Buffer): { headers: HeaderField[]; chunked: boolean } {
  const saysChunked = composed.headers.some((field) => is('transfer-encoding')(field) && /\bchunked\s*$/i.test(field[1]));
  const chunked = composed.chunked || saysChunked;
  if (!composed.automatic) return { headers: composed.headers, chunked };
  let headers = [...composed.headers];
  if (!headers.some(is('host'))) headers.unshift(['Host', authority]);
  if (chunked) {
    // Both would be an ambiguity that proxies and servers resolve differently (RFC 9112 6.1).
    headers = headers.filter((field) => !is('content-length')(field));
    if (!saysChunked) headers.push(['Transfer-Encoding', 'chunked']);
    return { headers, chunked };
  }
  const length = String(body.length);
  if (headers.some(is('content-length'))) {
    headers = headers.map((field): HeaderField => (is('content-length')(field) ? [field[0], length] : field));
  } else if (body.length > 0) headers.push(['Content-Length', length]);
  return { headers, chunked };
}

function inChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += limits.sentChunkBytes) {
    const chunk = body.subarray(at, at + limits.sentChunkBytes);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

/** Stands for the recorded connection where there is none. */
const nowhere: RecordedWay = { protocol: 'http', upstreamHost: '', upstreamPort: 0, upstreamTls: null };
