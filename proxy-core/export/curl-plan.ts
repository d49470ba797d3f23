import { isUtf8 } from 'node:buffer';
import type { HeaderField } from '../rrpair/shapes.ts';
import type { RecordedRequest } from './request.ts';

/**
 * One option of the command with its value, kept together on a line. Values hold bytes as latin-1, as heads do; the shells turn them
 * into text where they are UTF-8.
 */
export interface CurlArgument {
  option: string;
  /** Bytes as latin-1; null for options without a value. */
  value: string | null;
}

export interface CurlPlan {
  /** The URL first, then options in the order in which they are written. */
  arguments: CurlArgument[];
  bodyFile: { name: string; bytes: Buffer } | null;
  notes: string[];
}

/** What a shell's command line can carry of a body; anything else goes into a file beside the command. */
export interface InlineLimits {
  bytes: number;
  /** Line breaks survive being pasted. */
  lineBreaks: boolean;
  /** Characters beyond ASCII survive, whatever the terminal's code page. */
  unicode: boolean;
}

/** Methods whose presence or absence of a body curl derives by itself. */
const impliedMethod = (hasBody: boolean): string => (hasBody ? 'POST' : 'GET');

/** Turns a recorded request into curl's options, undoing each of curl's own additions that the request did not have. */
export function planCurl(request: RecordedRequest, bodyFileName: string, inline: InlineLimits): CurlPlan {
  const notes: string[] = [];
  const args: CurlArgument[] = [];
  const add = (option: string, value: string | null = null): void => {
    args.push({ option, value });
  };
  const hasBody = request.body.length > 0 || request.chunked;

  addUrl(request, add);
  if (request.method === 'HEAD' && !hasBody) add('--head');
  else if (request.method !== impliedMethod(hasBody)) add('-X', request.method);
  if (request.version === 'HTTP/1.0') add('--http1.0');
  else if (request.version === 'HTTP/2') add(request.scheme === 'https' ? '--http2' : '--http2-prior-knowledge');
  else if (request.scheme === 'https') add('--http1.1');
  addHeaders(request, hasBody, add, notes);
  if (request.headers.some(([name, value]) => is(name, 'accept-encoding') && /\b(?:gzip|deflate|br|zstd)\b/.test(value)))
    add('--compressed');
  const bodyFile = addBody(request, hasBody, bodyFileName, inline, add);

  if (!request.complete) notes.push('Only part of the request body was kept, so the command sends less than the application did.');
  if (request.method === 'HEAD' && hasBody)
    notes.push('curl waits for a response body after HEAD with a request body; stop it with Ctrl-C.');
  return { arguments: args, bodyFile, notes };
}

function is(name: string, lower: string): boolean {
  return name.length === lower.length && name.toLowerCase() === lower;
}

function addUrl(request: RecordedRequest, add: (option: string, value?: string) => void): void {
  const base = `${request.scheme}://${request.authority}`;
  const { target } = request;
  // Whatever a URL cannot carry unchanged goes into --request-target: `*`, an absolute form, fragments, spaces, control characters.
  if (!target.startsWith('/') || /[#\s\\^`{}|<>"\x00-\x20\x7f-\xff]/.test(target)) {
    add('', `${base}/`);
    add('--request-target', target);
    return;
  }
  add('', base + target);
  if (/\/\.{1,2}(?:\/|$|\?)/.test(target)) add('--path-as-is', undefined);
  if (/[[\]]/.test(base + target)) add('--globoff', undefined);
}

/** Fields that curl sends by itself: `-H 'Name:'` keeps it from doing so. */
const curlDefaults = ['User-Agent', 'Accept'];

function addHeaders(
  request: RecordedRequest,
  hasBody: boolean,
  add: (option: string, value: string) => void,
  notes: string[],
): void {
  const seen = new Set<string>();
  let hosts = 0;
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    seen.add(lower);
    if (lower === 'host') {
      hosts += 1;
      if (hosts > 1) notes.push('The request had more than one Host field; curl sends the first.');
      if (hosts > 1 || (value === request.authority && name === 'Host')) continue;
    }
    // curl counts the body itself; a length that says otherwise would not have been decoded.
    if (lower === 'content-length' && hasBody) continue;
    if (lower === 'transfer-encoding' && request.chunked && name === 'Transfer-Encoding' && value === 'chunked') {
      add('-H', 'Transfer-Encoding: chunked');
      continue;
    }
    add('-H', headerArgument([name, value]));
  }
  for (const name of curlDefaults) if (!seen.has(name.toLowerCase())) add('-H', `${name}:`);
  if (hosts === 0) add('-H', 'Host:');
  if (hasBody && !seen.has('content-type')) add('-H', 'Content-Type:');
  // curl asks with Expect: 100-continue before it sends a large body.
  if (hasBody && !seen.has('expect')) add('-H', 'Expect:');
}

/** `Name: value`, or `Name;` which is how curl is told to send a field without a value. */
function headerArgument([name, value]: HeaderField): string {
  return value === '' ? `${name};` : `${name}: ${value}`;
}

function addBody(
  request: RecordedRequest,
  hasBody: boolean,
  name: string,
  inline: InlineLimits,
  add: (option: string, value: string) => void,
): CurlPlan['bodyFile'] {
  if (!hasBody) return null;
  if (!fitsInline(request.body, inline)) {
    add('--data-binary', `@${name}`);
    return { name, bytes: request.body };
  }
  // --data-raw, because --data would read a file for a body that begins with @.
  add('--data-raw', request.body.toString('latin1'));
  return null;
}

function fitsInline(body: Buffer, inline: InlineLimits): boolean {
  if (body.length > inline.bytes || !isUtf8(body)) return false;
  for (const byte of body) {
    if (byte === 0x0a || byte === 0x0d) {
      if (!inline.lineBreaks) return false;
    } else if (byte < 0x20 && byte !== 0x09) return false;
    else if (byte > 0x7e && !inline.unicode) return false;
  }
  return true;
}
