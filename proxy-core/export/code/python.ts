import { isUtf8 } from 'node:buffer';
import { assertNever } from '../../errors.ts';
import { type CodeBody, type CodeRequest, type Deviate, has, joined } from './code-request.ts';
import { dialects, lines, literal } from './literal.ts';
import { encoded, originForm, requestsTarget, splitQuery, urllib3Target } from './target.ts';
import type { CodeWriter } from './writer.ts';

/** Python's requests, on urllib3 1.26 or later. */
export const pythonWriter: CodeWriter = { client: 'requests', comment: '#', write };

const py = dialects.python;

function write(request: CodeRequest, deviate: Deviate): string {
  const headers = joined(request.headers, deviate);
  const skips = ['User-Agent', 'Accept-Encoding'].filter((name) => !has(headers, name.toLowerCase()));
  const unsets = ['Accept', 'Connection'].filter((name) => !has(headers, name.toLowerCase()));
  const fields = [
    ...(request.host === null ? [] : [`"Host": ${value(request.host)}`]),
    ...headers.map(([name, text]) => `${literal(name, py)}: ${value(text)}`),
    // requests would send its own otherwise.
    ...skips.map((name) => `"${name}": SKIP_HEADER`),
    ...unsets.map((name) => `"${name}": None`),
  ];
  const path = encoded(originForm(request.target), /[#\x00-\x20\x7f-\xff]/g);
  const plain = requestsTarget(path) === request.target && request.method === request.method.toUpperCase();
  const url = literal(request.origin + path, py);
  // Without a length it is sent in chunks, but then urllib3 1 and 2 write the target differently.
  if (request.chunked && !plain) deviate({ kind: 'length' });
  const body = bodyText(request.body, request.chunked && plain);
  const named = (prefix: string): string =>
    [
      `${prefix}headers={\n${fields.map((field) => `${prefix}    ${field},\n`).join('')}${prefix}},\n`,
      body === null ? '' : `${prefix}data=${body},\n`,
    ].join('');
  const imports = `import requests\n${skips.length > 0 ? 'from urllib3.util import SKIP_HEADER\n' : ''}\n`;
  const ending = 'print(response.status_code)\nprint(response.text)\n';
  if (plain) {
    return `${imports}response = requests.request(\n    ${literal(request.method, py)},\n    ${url},\n${named('    ')}    allow_redirects=False,\n)\n${ending}`;
  }
  const [sentPath, query] = splitQuery(urllib3Target(path));
  const sent = sentPath + (query === '?' ? '' : query);
  if (sent !== request.target) deviate({ kind: 'target', sent });
  return `${imports}session = requests.Session()
request = session.prepare_request(requests.Request(\n    ${literal(request.method, py)},\n    ${literal(`${request.origin}/`, py)},\n${named('    ')}))
# As they were recorded: requests would write them in its own way.
request.method = ${literal(request.method, py)}
request.url = ${url}
response = session.send(request, allow_redirects=False)
${ending}`;
}

/** A field's value, of bytes held as latin-1, which is how Python sends text. */
function value(latin1: string): string {
  if (/^[\t\x20-\x7e]*$/.test(latin1)) return literal(latin1, py);
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? `${literal(bytes.toString('utf8'), py)}.encode()` : literal(latin1, py);
}

function bodyText(body: CodeBody, chunked: boolean): string | null {
  const bytes = bodyBytes(body);
  return bytes === null || !chunked ? bytes : `iter([${bytes}])`;
}

function bodyBytes(body: CodeBody): string | null {
  switch (body.kind) {
    case 'none':
      return null;
    case 'text': {
      const text = lines(body.text, py, '\n        ');
      return `${text.includes('\n') ? `(\n        ${text}\n    )` : text}.encode()`;
    }
    case 'bytes':
      return `__import__("base64").b64decode(${literal(body.base64, py)})`;
    case 'file':
      return `open(${literal(body.name, py)}, "rb").read()`;
    default:
      return assertNever(body);
  }
}
