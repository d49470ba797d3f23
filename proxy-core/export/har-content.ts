import { isUtf8 } from 'node:buffer';
import type { HeaderField } from '../rrpair/shapes.ts';
import { headerValue, headerValues } from '../wire/http1/head.ts';

export interface HarCookie {
  name: string;
  value: string;
  path?: string;
  domain?: string;
  expires?: string;
  httpOnly?: boolean;
  secure?: boolean;
}

export interface HarContent {
  /** Bytes after content decoding. */
  size: number;
  compression?: number;
  mimeType: string;
  text?: string;
  encoding?: 'base64';
  /** Why this is not all of the body, as a sentence. */
  comment?: string;
}

export interface HarPostData {
  mimeType: string;
  text: string;
  params?: { name: string; value: string }[];
  /** Set when `text` is base64: HAR 1.2 has no field for it in requests. */
  _encoding?: 'base64';
  /** As in `HarContent`. */
  comment?: string;
}

/** A response body with content encoding removed; binary as base64. */
export function harContent(headers: readonly HeaderField[], body: Buffer, transferredBytes: number, problem: string): HarContent {
  const mimeType = headerValue(headers, 'content-type') ?? '';
  const saved = body.length - transferredBytes;
  const size = { size: body.length, ...(saved > 0 ? { compression: saved } : {}), mimeType, ...commentOf(problem) };
  if (body.length === 0) return size;
  return isUtf8(body) ? { ...size, text: body.toString('utf8') } : { ...size, text: body.toString('base64'), encoding: 'base64' };
}

/** A request body; null when there was none. Forms are listed by field as well. */
export function harPostData(headers: readonly HeaderField[], body: Buffer, problem: string): HarPostData | null {
  if (body.length === 0) return null;
  const mimeType = headerValue(headers, 'content-type') ?? '';
  const comment = commentOf(problem);
  if (!isUtf8(body)) return { mimeType, text: body.toString('base64'), _encoding: 'base64', ...comment };
  const text = body.toString('utf8');
  const isForm = mimeType.toLowerCase().startsWith('application/x-www-form-urlencoded');
  return { mimeType, text, ...(isForm ? { params: pairs(text) } : {}), ...comment };
}

function commentOf(problem: string): { comment?: string } {
  return problem === '' ? {} : { comment: problem };
}

/** Parameters of a URL's query, decoded. */
export function harQuery(url: string): { name: string; value: string }[] {
  const query = url.indexOf('?');
  return query < 0 ? [] : pairs(url.slice(query + 1).replace(/#.*$/s, ''));
}

function pairs(text: string): { name: string; value: string }[] {
  return [...new URLSearchParams(text)].map(([name, value]) => ({ name, value }));
}

export function requestCookies(headers: readonly HeaderField[]): HarCookie[] {
  return headerValues(headers, 'cookie').flatMap((line) =>
    line
      .split(';')
      .filter((part) => part.trim() !== '')
      .map(nameAndValue),
  );
}

/** Cookies that a response sets (RFC 6265 4.1). */
export function responseCookies(headers: readonly HeaderField[]): HarCookie[] {
  return headerValues(headers, 'set-cookie').map((line) => {
    const [first = '', ...attributes] = line.split(';');
    const cookie: HarCookie = nameAndValue(first);
    for (const attribute of attributes) {
      const { name, value } = nameAndValue(attribute);
      const key = name.toLowerCase();
      if (key === 'path') cookie.path = value;
      else if (key === 'domain') cookie.domain = value;
      else if (key === 'httponly') cookie.httpOnly = true;
      else if (key === 'secure') cookie.secure = true;
      else if (key === 'expires' && !Number.isNaN(Date.parse(value))) cookie.expires = new Date(value).toISOString();
    }
    return cookie;
  });
}

function nameAndValue(part: string): { name: string; value: string } {
  const equals = part.indexOf('=');
  return equals < 0
    ? { name: part.trim(), value: '' }
    : { name: part.slice(0, equals).trim(), value: part.slice(equals + 1).trim() };
}
