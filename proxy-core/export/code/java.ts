import { assertNever } from '../../errors.ts';
import type { HeaderField } from '../../rrpair/shapes.ts';
import { adds, type CodeBody, type CodeRequest, type Deviate, joined, without } from './code-request.ts';
import { dialects, lines, literal } from './literal.ts';
import { encoded, originForm, splitQuery } from './target.ts';
import type { CodeWriter } from './writer.ts';

/** Java's java.net.http, from Java 11 on; to be run as `java Request.java`. */
export const javaWriter: CodeWriter = { client: 'java.net.http', comment: '//', write };

const java = dialects.java;

/** Fields that the client refuses unless a system property, which is read once, names them. */
const restricted: ReadonlySet<string> = new Set(['connection', 'expect', 'host', 'upgrade']);

const toProxies: ReadonlySet<string> = new Set(['proxy-authorization']);
const cookies: ReadonlySet<string> = new Set(['cookie']);

function write(request: CodeRequest, deviate: Deviate): string {
  // It joins cookies into one field, and keeps what is meant for a proxy from servers.
  const sent = joined(without(request.headers, toProxies, deviate), deviate, cookies);
  const headers: HeaderField[] = [...(request.host === null ? [] : [['Host', request.host] satisfies HeaderField]), ...sent];
  if (request.method === 'CONNECT') deviate({ kind: 'refused', what: 'CONNECT' });
  adds(request.headers, ['User-Agent'], deviate);
  for (const [name, value] of headers) {
    if (/[^\t\x20-\x7e]/.test(value)) deviate({ kind: 'value', name, value, sent: value.replaceAll(/[^\t\x20-\x7e]/g, '?') });
  }
  const publishers = 'HttpRequest.BodyPublishers';
  const body = publisherOf(request.body);
  const publisher = request.chunked ? `${publishers}.fromPublisher(${publishers}.${body})` : `${publishers}.${body}`;
  const statements = [
    ...(headers.some(([name]) => restricted.has(name.toLowerCase()))
      ? ['System.setProperty("jdk.httpclient.allowRestrictedHeaders", "connection,expect,host,upgrade");']
      : []),
    [
      `HttpRequest request = HttpRequest.newBuilder(URI.create(${literal(urlOf(request, deviate), java)}))`,
      '.version(HttpClient.Version.HTTP_1_1)',
      `.method(${literal(request.method, java)}, ${publisher})`,
      ...headers.map(([name, value]) => `.header(${literal(name, java)}, ${literal(value, java)})`),
      '.build();',
    ].join('\n        '),
    'HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());',
    'System.out.println(response.statusCode());',
    'System.out.println(response.body());',
  ];
  const imports = [
    'java.net.URI',
    'java.net.http.HttpClient',
    'java.net.http.HttpRequest',
    'java.net.http.HttpResponse',
    ...(request.body.kind === 'file' ? ['java.nio.file.Path'] : []),
    ...(request.body.kind === 'bytes' ? ['java.util.Base64'] : []),
  ];
  return `${imports.map((name) => `import ${name};\n`).join('')}
public class Request {
  public static void main(String[] arguments) throws Exception {
${statements.map((statement) => `    ${statement}\n`).join('')}  }
}
`;
}

/** `java.net.URI` takes what RFC 2396 allows and nothing else. */
function urlOf({ origin, target }: CodeRequest, deviate: Deviate): string {
  const [path, query] = splitQuery(originForm(target));
  const sent =
    encoded(path, /[^A-Za-z0-9_.!~*'():@&=+$,;/%-]|%(?![0-9A-Fa-f]{2})/g) +
    encoded(query === '?' ? '' : query, /[^A-Za-z0-9_.!~*'():@&=+$,;/%?[\]-]|%(?![0-9A-Fa-f]{2})/g);
  if (sent !== target) deviate({ kind: 'target', sent });
  return origin + sent;
}

function publisherOf(body: CodeBody): string {
  switch (body.kind) {
    case 'none':
      return 'noBody()';
    case 'text':
      return `ofString(${lines(body.text, java, ' +\n            ')})`;
    case 'bytes':
      return `ofByteArray(Base64.getDecoder().decode(${literal(body.base64, java)}))`;
    case 'file':
      return `ofFile(Path.of(${literal(body.name, java)}))`;
    default:
      return assertNever(body);
  }
}
