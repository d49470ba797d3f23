import { isUtf8 } from 'node:buffer';
import { assertNever } from '../../errors.ts';
import { type CodeBody, type CodeRequest, type Deviate, has } from './code-request.ts';
import { byteLiteral, dialects, lines, literal } from './literal.ts';
import { encoded } from './target.ts';
import type { CodeWriter } from './writer.ts';

/** PHP's curl extension, 7.3 or later. */
export const phpWriter: CodeWriter = { client: 'PHP’s curl', comment: '//', prologue: '<?php\n', write };

const php = dialects.php;

function write(request: CodeRequest, deviate: Deviate): string {
  const body = bodyText(request.body);
  const options: [name: string, value: string][] = [];
  // Whatever a URL cannot carry unchanged is given as the request target.
  const plain = request.target.startsWith('/') && !/[#\\^`{}|<>"\x00-\x20\x7f-\xff]/.test(request.target);
  const target = encoded(request.target, /[\x00\r\n]/g);
  if (target !== request.target) deviate({ kind: 'target', sent: target });
  options.push(['URL', literal(plain ? request.origin + request.target : `${request.origin}/`, php)]);
  if (!plain) options.push(['REQUEST_TARGET', text(target)]);
  if (request.method === 'HEAD' && body === null) options.push(['NOBODY', 'true']);
  else if (request.method !== (body === null ? 'GET' : 'POST')) options.push(['CUSTOMREQUEST', literal(request.method, php)]);
  if (plain && /\/\.{1,2}(?:\/|$|\?)/.test(request.target)) options.push(['PATH_AS_IS', 'true']);
  options.push(['HTTP_VERSION', 'CURL_HTTP_VERSION_1_1']);
  const headers = fieldsOf(request, body !== null);
  options.push(['HTTPHEADER', `[\n${headers.map((field) => `        ${field},\n`).join('')}    ]`]);
  if (has(request.headers, 'accept-encoding')) options.push(['ACCEPT_ENCODING', 'null']);
  if (body !== null) options.push(['POSTFIELDS', body]);
  options.push(['RETURNTRANSFER', 'true']);
  return `$curl = curl_init();
curl_setopt_array($curl, [
${options.map(([name, value]) => `    CURLOPT_${name} => ${value},\n`).join('')}]);
$response = curl_exec($curl);
if ($response === false) {
    exit(curl_error($curl) . "\\n");
}
echo curl_getinfo($curl, CURLINFO_RESPONSE_CODE), "\\n", $response, "\\n";
`;
}

function fieldsOf({ headers, host, chunked }: CodeRequest, hasBody: boolean): string[] {
  const fields = headers.map(([name, value]) => text(value === '' ? `${name};` : `${name}: ${value}`));
  if (host !== null) fields.unshift(text(`Host: ${host}`));
  if (chunked) fields.push('"Transfer-Encoding: chunked"');
  // A name without a value keeps curl from sending its own field.
  const own = ['Accept', ...(hasBody ? ['Content-Type', 'Expect'] : [])];
  for (const name of own) if (!has(headers, name.toLowerCase())) fields.push(`"${name}:"`);
  return fields;
}

/** Bytes held as latin-1. */
function text(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? literal(bytes.toString('utf8'), php) : byteLiteral(latin1);
}

function bodyText(body: CodeBody): string | null {
  switch (body.kind) {
    case 'none':
      return null;
    case 'text':
      return lines(body.text, php, ' .\n        ');
    case 'bytes':
      return `base64_decode(${literal(body.base64, php)})`;
    case 'file':
      return `file_get_contents(__DIR__ . "/" . ${literal(body.name, php)})`;
    default:
      return assertNever(body);
  }
}
