import { assertNever } from '../../errors.ts';
import { type CodeBody, type CodeRequest, type Deviate, joined } from './code-request.ts';
import { dialects, lines, literal } from './literal.ts';
import { encoded, originForm } from './target.ts';
import type { CodeWriter } from './writer.ts';

/** .NET's HttpClient. Ordinary requests compile from C# 7.1 on; what needs .NET 6 is written only where it is needed. */
export const csharpWriter: CodeWriter = { client: 'HttpClient', comment: '//', write };

const cs = dialects.csharp;

/** Fields that HttpClient keeps with the content. */
const contentFields = /^(?:allow|content-(?:disposition|encoding|language|length|location|md5|range|type)|expires|last-modified)$/i;

function write(request: CodeRequest, deviate: Deviate): string {
  const headers = joined(request.headers, deviate);
  if (request.host !== null) headers.unshift(['Host', request.host]);
  const ofContent = headers.filter(([name]) => contentFields.test(name));
  const ofRequest = headers.filter(([name]) => !contentFields.test(name));
  const content = contentOf(request.body) ?? (ofContent.length > 0 ? 'new ByteArrayContent(new byte[0])' : null);
  const statements = [
    ...ofRequest.map(([name, value]) => `request.Headers.TryAddWithoutValidation(${literal(name, cs)}, ${literal(value, cs)});`),
    ...(content === null ? [] : [`request.Content = ${content};`]),
    // StringContent brings a type of its own.
    ...(content?.startsWith('new StringContent') === true ? ['request.Content.Headers.ContentType = null;'] : []),
    ...ofContent.map(
      ([name, value]) => `request.Content.Headers.TryAddWithoutValidation(${literal(name, cs)}, ${literal(value, cs)});`,
    ),
    ...(request.chunked ? ['request.Headers.TransferEncodingChunked = true;'] : []),
    'using (var response = await client.SendAsync(request))',
    '{',
    '    Console.WriteLine((int)response.StatusCode);',
    '    Console.WriteLine(await response.Content.ReadAsStringAsync());',
    '}',
  ];
  const uri = uriOf(request, deviate);
  const method = methodOf(request.method, deviate);
  return `using System;
using System.IO;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;

public static class Request
{
    public static async Task Main()
    {
        using (var client = new HttpClient(${handler(headers)}))
        using (var request = new HttpRequestMessage(new HttpMethod(${literal(method, cs)}), ${uri}))
        {
${statements.map((statement) => `            ${statement}\n`).join('')}        }
    }
}
`;
}

/** It writes the methods that it knows in capitals. */
function methodOf(method: string, deviate: Deviate): string {
  const upper = method.toUpperCase();
  if (upper === method || !/^(?:CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|TRACE)$/.test(upper)) return method;
  deviate({ kind: 'method', sent: upper });
  return upper;
}

function handler(headers: readonly [string, string][]): string {
  const plain = 'AllowAutoRedirect = false, UseCookies = false';
  // .NET sends ASCII unless it is told another encoding.
  return headers.every(([, value]) => /^[\t\x20-\x7e]*$/.test(value))
    ? `new HttpClientHandler { ${plain} }`
    : `new SocketsHttpHandler { ${plain}, RequestHeaderEncodingSelector = (name, message) => Encoding.Latin1 }`;
}

/** `Uri` unescapes, escapes and shortens what it is given, unless it is told not to, which needs .NET 6. */
function uriOf({ origin, target }: CodeRequest, deviate: Deviate): string {
  const path = encoded(originForm(target), /[#\\\x00-\x20\x7f-\xff]/g);
  if (path !== target) deviate({ kind: 'target', sent: path });
  const url = literal(origin + path, cs);
  const plain = /^\/(?!\/)[A-Za-z0-9_/:=&,;@$+.-]*(?:\?[A-Za-z0-9_/:=&,;@$+.-]+)?$/.test(path) && !/\/\.|\.(?:\/|$|\?)/.test(path);
  return plain ? url : `new Uri(${url}, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })`;
}

function contentOf(body: CodeBody): string | null {
  switch (body.kind) {
    case 'none':
      return null;
    case 'text':
      return `new StringContent(${lines(body.text, cs, ' +\n                ')}, new UTF8Encoding(false))`;
    case 'bytes':
      return `new ByteArrayContent(Convert.FromBase64String(${literal(body.base64, cs)}))`;
    case 'file':
      return `new ByteArrayContent(File.ReadAllBytes(${literal(body.name, cs)}))`;
    default:
      return assertNever(body);
  }
}
