import { assertNever } from '../../errors.ts';
import { adds, type CodeBody, type CodeRequest, type Deviate, has, joined, without } from './code-request.ts';
import { dialects, lines, literal } from './literal.ts';
import { encoded, originForm } from './target.ts';
import type { CodeWriter } from './writer.ts';

/** `fetch`, as Node and browsers have it (https://fetch.spec.whatwg.org). */
export const fetchWriter: CodeWriter = { client: 'fetch', comment: '//', write };

const js = dialects.javascript;

const FILES = 'node:fs/promises';

/** Fields about the connection, which fetch keeps to itself. */
const refused: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'expect']);

/** Forbidden to web pages (https://fetch.spec.whatwg.org/#forbidden-request-header), beside those that begin with `sec-` and `proxy-`. */
const forbidden: ReadonlySet<string> = new Set([
  'accept-charset',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'cookie',
  'cookie2',
  'date',
  'dnt',
  'host',
  'origin',
  'referer',
  'set-cookie',
  'te',
  'trailer',
  'via',
]);

function write(request: CodeRequest, deviate: Deviate): string {
  const url = urlOf(request, deviate);
  const method = methodOf(request.method, deviate);
  const bodyless = method === 'GET' || method === 'HEAD';
  const body = bodyless ? ({ kind: 'none' } as const) : request.body;
  if (bodyless && request.body.kind !== 'none') deviate({ kind: 'body-left-out' });
  if (request.chunked && !bodyless) deviate({ kind: 'length' });
  const headers = joined(without(request.headers, refused, deviate), deviate);
  if (request.host !== null) headers.unshift(['Host', request.host]);
  sayWhatFetchDoes(headers, deviate);

  const options: string[] = [];
  if (method !== 'GET') options.push(`method: ${literal(method, js)}`);
  if (headers.length > 0) {
    const fields = headers.map(([name, value]) => `    ${literal(name, js)}: ${literal(value, js)},\n`);
    options.push(`headers: {\n${fields.join('')}  }`);
  }
  const written = bodyText(body, has(headers, 'content-type'));
  if (written !== null) options.push(`body: ${written}`);
  options.push(`redirect: "manual"`);
  return `const response = await fetch(${literal(url, js)}, {\n${options.map((option) => `  ${option},\n`).join('')}});
console.log(response.status);
console.log(await response.text());
`;
}

function urlOf({ origin, target }: CodeRequest, deviate: Deviate): string {
  // What a URL would cut off or drop is encoded; of the rest, fetch makes what the URL standard says.
  const path = encoded(originForm(target), /[#\\\x00-\x20\x7f-\xff]/g);
  const url = URL.canParse(origin + path) ? new URL(origin + path) : null;
  const sent = url === null ? path : url.pathname + (path.endsWith('?') && url.search === '' ? '?' : url.search);
  if (sent !== target) deviate({ kind: 'target', sent });
  return origin + path;
}

function methodOf(method: string, deviate: Deviate): string {
  if (/^(?:TRACE|TRACK|CONNECT)$/i.test(method)) deviate({ kind: 'refused', what: method });
  const upper = method.toUpperCase();
  if (upper !== method && /^(?:DELETE|GET|HEAD|OPTIONS|POST|PUT)$/.test(upper)) {
    deviate({ kind: 'method', sent: upper });
    return upper;
  }
  return method;
}

function sayWhatFetchDoes(headers: [string, string][], deviate: Deviate): void {
  adds(headers, ['Accept', 'Accept-Language', 'Accept-Encoding', 'User-Agent', 'Sec-Fetch-Mode'], deviate);
  deviate({ kind: 'added', name: 'Connection' });
  const value = (lower: string): string | undefined => headers.find(([name]) => name.toLowerCase() === lower)?.[1];
  const mode = value('sec-fetch-mode');
  if (mode !== undefined && mode !== 'cors') deviate({ kind: 'value', name: 'Sec-Fetch-Mode', value: mode, sent: 'cors' });
  const encoding = value('accept-encoding');
  if (encoding !== undefined && has(headers, 'range')) {
    deviate({ kind: 'value', name: 'Accept-Encoding', value: encoding, sent: `${encoding}, identity` });
  }
  if (headers.some(([name]) => /^if-(?:modified-since|none-match|unmodified-since|match|range)$/i.test(name))) {
    adds(headers, ['Pragma', 'Cache-Control'], deviate);
  }
  const names = headers.map(([name]) => name).filter((name) => forbidden.has(name.toLowerCase()) || /^(?:sec|proxy)-/i.test(name));
  if (names.length > 0) deviate({ kind: 'browser', names });
}

/** Text as bytes where no Content-Type is wanted: fetch gives text one. */
function bodyText(body: CodeBody, hasType: boolean): string | null {
  switch (body.kind) {
    case 'none':
      return null;
    case 'text': {
      const text = lines(body.text, js, ' +\n    ');
      return hasType ? text : `new TextEncoder().encode(${text})`;
    }
    case 'bytes':
      return `Uint8Array.from(atob(${literal(body.base64, js)}), (character) => character.charCodeAt(0))`;
    case 'file':
      return `await (await import(${literal(FILES, js)})).readFile(${literal(body.name, js)})`;
    default:
      return assertNever(body);
  }
}
