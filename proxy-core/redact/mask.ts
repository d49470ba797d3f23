import type { HeaderField } from '../rrpair/shapes.ts';
import { maskJson } from './json.ts';
import { maskMultipart } from './multipart.ts';
import { Repeats } from './repeats.ts';
import { isSecretHeader, MASK } from './secrets.ts';
import { maskPairs, maskUrl } from './url.ts';

/** A message on its way out of Sidetap. */
export interface OutgoingMessage {
  /** Request target or URL; empty for responses. */
  target: string;
  headers: readonly HeaderField[];
  /** Body with framing and content encoding removed. */
  body: Buffer;
}

export interface MaskedMessage {
  target: string;
  headers: HeaderField[];
  body: Buffer;
  /** What was masked, for people: `header authorization`, `query parameter token`, `body password`. Each once. */
  masked: string[];
}

/** Masks every secret of a message: by name where it is named, and then wherever the same value occurs again. */
export function maskMessage(message: OutgoingMessage): MaskedMessage {
  const masked = new Set<string>();
  const values = new Set<string>();
  const found = (where: string) => (name: string, value: string) => {
    masked.add(`${where} ${name}`);
    values.add(value);
  };
  const headers = message.headers.map(([name, value]): HeaderField => [name, maskHeader(name, value, found('header'))]);
  const target = maskUrl(message.target, found('query parameter'));
  const body = maskBody(message.headers, message.body, found('body'));
  const repeats = new Repeats(values);
  return {
    target: repeats.mask(target),
    headers: headers.map(([name, value]): HeaderField => [name, repeats.mask(value)]),
    body: maskRepeats(body, repeats),
    masked: [...masked],
  };
}

/** Header fields whose value is a URL. */
const urlHeaders: ReadonlySet<string> = new Set(['location', 'referer', 'content-location', 'origin', ':path']);

function maskHeader(name: string, value: string, onSecret: (name: string, value: string) => void): string {
  const lower = name.toLowerCase();
  if (urlHeaders.has(lower)) return maskUrl(value, (parameter, secret) => onSecret(`${lower} (${parameter})`, secret));
  if (value === '' || !isSecretHeader(lower)) return value;
  if (lower === 'cookie') return maskCookies(value, '; ', onSecret);
  if (lower === 'set-cookie') {
    const end = value.indexOf(';');
    return maskCookies(end < 0 ? value : value.slice(0, end), '; ', onSecret) + (end < 0 ? '' : value.slice(end));
  }
  // `Bearer abc` keeps its scheme: it is no secret, and the command still tells what kind of credentials to fill in.
  const scheme = /^([A-Za-z][\w-]*) +(?=\S)/.exec(value);
  const keep = scheme !== null && lower.endsWith('authorization') ? scheme[0] : '';
  onSecret(lower, value.slice(keep.length));
  return keep + MASK;
}

function maskCookies(value: string, separator: string, onSecret: (name: string, value: string) => void): string {
  return value
    .split(/; ?/)
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 0) return pair;
      onSecret(`cookie ${pair.slice(0, equals)}`, pair.slice(equals + 1));
      return `${pair.slice(0, equals)}=${MASK}`;
    })
    .join(separator);
}

function maskBody(headers: readonly HeaderField[], body: Buffer, onSecret: (name: string, value: string) => void): Buffer {
  if (body.length === 0) return body;
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  // latin1 keeps every byte, whatever the charset: what is masked is found by ASCII names.
  const text = body.toString('latin1');
  if (mediaType === 'application/x-www-form-urlencoded') return latin1(maskPairs(text, onSecret), text, body);
  if (mediaType === 'multipart/form-data') return latin1(maskMultipart(text, contentType, onSecret), text, body);
  if (mediaType.endsWith('json') || /^\s*[[{]/.test(text.slice(0, 64))) return latin1(maskJson(text, onSecret), text, body);
  return body;
}

function latin1(after: string, before: string, body: Buffer): Buffer {
  return after === before ? body : Buffer.from(after, 'latin1');
}

function maskRepeats(body: Buffer, repeats: Repeats): Buffer {
  if (body.length === 0) return body;
  const text = body.toString('latin1');
  return latin1(repeats.mask(text), text, body);
}
