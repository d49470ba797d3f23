import { isUtf8 } from 'node:buffer';
import { assertNever } from '../../errors.ts';
import type { HeaderField } from '../../rrpair/shapes.ts';
import { type CodeBody, type CodeRequest, type Deviate, joined } from './code-request.ts';
import { byteLiteral, dialects, lines, literal } from './literal.ts';
import { encoded, originForm } from './target.ts';
import type { CodeWriter } from './writer.ts';

/** Go's net/http. */
export const goWriter: CodeWriter = { client: 'net/http', comment: '//', write };

const go = dialects.go;

/** net/http writes these by itself and leaves them out when they stand in the header so spelt (`reqWriteExcludeHeader`). */
const excluded: ReadonlySet<string> = new Set(['Trailer', 'Transfer-Encoding', 'Content-Length', 'Host']);

const unsafe = /["<>\\^`{|}#\x00-\x20\x7f-\xff]|%(?![0-9A-Fa-f]{2})/g;

interface Statements {
  imports: string[];
  lines: string[];
}

function write(request: CodeRequest, deviate: Deviate): string {
  const body = bodyOf(request.body);
  const { url, opaque } = targetOf(request, deviate);
  const out = [
    ...body.lines,
    `request, err := http.NewRequest(${literal(request.method, go)}, ${literal(url, go)}, ${body.argument})`,
    check,
  ];
  if (opaque !== null) out.push('// Sent as it stands.', `request.URL.Opaque = ${text(opaque)}`);
  if (request.chunked) out.push('request.ContentLength = -1');
  if (request.host !== null) out.push(`request.Host = ${text(request.host)}`);
  for (const [name, values] of byName(headersOf(request, deviate))) {
    out.push(`request.Header[${literal(name, go)}] = []string{${values.map(text).join(', ')}}`);
  }
  const secure = request.origin.startsWith('https:');
  out.push(
    'transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableCompression: true}',
    ...(secure ? ['transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{} // HTTP/1.1'] : []),
    'response, err := transport.RoundTrip(request)',
    check,
    'defer response.Body.Close()',
    'answer, err := io.ReadAll(response.Body)',
    check,
    'fmt.Println(response.Status)',
    'fmt.Println(string(answer))',
  );
  const imports = [...(secure ? ['crypto/tls'] : []), 'fmt', 'io', 'net/http', ...body.imports].toSorted();
  return `package main

import (
${imports.map((name) => `\t"${name}"\n`).join('')})

func main() {
${out.map((line) => `\t${line}\n`).join('')}}
`;
}

const check = 'if err != nil {\n\t\tpanic(err)\n\t}';

function targetOf({ origin, target }: CodeRequest, deviate: Deviate): { url: string; opaque: string | null } {
  const path = encoded(originForm(target), unsafe);
  // net/http would take an opaque part that begins with two slashes for an authority.
  if (target.startsWith('//')) {
    if (path !== target) deviate({ kind: 'target', sent: path });
    return { url: origin + path, opaque: null };
  }
  if (/^\/[A-Za-z0-9._~$&+,/:;=@-]*(?:\?[A-Za-z0-9._~$&+,/:;=@%-]+)?$/.test(target)) return { url: origin + target, opaque: null };
  const opaque = encoded(target, /[\x00-\x20\x7f]/g);
  if (opaque !== target) deviate({ kind: 'target', sent: opaque });
  return { url: `${origin}/`, opaque };
}

function headersOf(request: CodeRequest, deviate: Deviate): HeaderField[] {
  const headers = joined(request.headers, deviate, new Set(['user-agent'])).filter(([name, value]) => {
    if (!excluded.has(name)) return true;
    deviate({ kind: 'left-out', name, value, why: 'client' });
    return false;
  });
  // It looks for its own spelling only, and sends a field of its own beside another one.
  if (!headers.some(([name]) => name === 'User-Agent')) headers.push(['User-Agent', '']);
  return headers;
}

/** Values by name as spelt, in the order in which names first occur. */
function byName(headers: readonly HeaderField[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const values = names.get(name);
    if (values === undefined) names.set(name, [value]);
    else values.push(value);
  }
  return names;
}

/** Bytes held as latin-1. */
function text(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? literal(bytes.toString('utf8'), go) : byteLiteral(latin1);
}

function bodyOf(body: CodeBody): Statements & { argument: string } {
  switch (body.kind) {
    case 'none':
      return { imports: [], lines: [], argument: 'nil' };
    case 'text':
      return { imports: ['strings'], lines: [], argument: `strings.NewReader(${lines(body.text, go, ' +\n\t\t')})` };
    case 'bytes':
      return {
        imports: ['bytes', 'encoding/base64'],
        lines: [`body, err := base64.StdEncoding.DecodeString(${literal(body.base64, go)})`, check],
        argument: 'bytes.NewReader(body)',
      };
    case 'file':
      return {
        imports: ['bytes', 'os'],
        lines: [`body, err := os.ReadFile(${literal(body.name, go)})`, check],
        argument: 'bytes.NewReader(body)',
      };
    default:
      return assertNever(body);
  }
}
