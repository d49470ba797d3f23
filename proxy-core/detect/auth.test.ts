import { expect, test } from 'vitest';
import type { ConnectionInfo } from '../rrpair/pair.ts';
import type { Evidence } from '../rrpair/shapes.ts';
import { technologiesOf } from './describe.ts';

const connection: ConnectionInfo = {
  id: 1,
  direction: 'out',
  source: 'local',
  entry: 'connect',
  protocol: 'http',
  clientAddress: '127.0.0.1',
  clientPort: 50_000,
  clientName: '',
  flow: '',
  upstreamHost: 'api.example',
  upstreamPort: 80,
  upstreamAddress: '192.0.2.1',
  dialMicros: 1,
  tlsMicros: 0,
  clientTls: null,
  upstreamTls: null,
};

const head = (start: string, fields: readonly string[]): Buffer => Buffer.from(`${[start, ...fields].join('\r\n')}\r\n\r\n`);

function seen(
  request: { target?: string; fields?: readonly string[]; body?: string },
  response: { status?: number; fields?: readonly string[]; body?: string } = {},
): Evidence[] {
  return technologiesOf({
    connection,
    requestHead: head(`POST ${request.target ?? '/'} HTTP/1.1`, request.fields ?? []),
    requestBody: Buffer.from(request.body ?? ''),
    responseHead: head(`HTTP/1.1 ${response.status ?? 200} X`, response.fields ?? []),
    responseBody: Buffer.from(response.body ?? ''),
    failure: null,
    summary: null,
  });
}

const names = (found: readonly Evidence[]): string[] => found.map(({ technology }) => technology);
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object): string => `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
const form = ['Content-Type: application/x-www-form-urlencoded'];

test('a JWT says who vouches for it, for whom and until when, and not of whom it speaks', () => {
  const token = jwt({ iss: 'https://id.example', aud: 'shop', scope: 'orders:read', exp: 1_800_000_000, sub: 'ann@example.org' });
  const [found] = seen({ fields: [`Authorization: Bearer ${token}`] });
  expect(found).toEqual({
    technology: 'JWT',
    kind: 'auth',
    evidence: expect.stringContaining('a JWT signed with RS256, by https://id.example, for shop, scope orders:read'),
  });
  expect(JSON.stringify(found)).not.toMatch(/ann@example|eyJ/);
  expect(names(seen({ fields: [`Cf-Access-Jwt-Assertion: ${token}`] }))).toEqual(['JWT']);
  expect(names(seen({ fields: [`Authorization: Bearer ${jwt({ exp: 9e99, iss: 7 })}`] }))).toEqual(['JWT']);
});

test.each([
  ['OAuth 1.0', { fields: ['Authorization: OAuth realm="x", oauth_signature="abc"'] }],
  ['OAuth 2.0', { fields: form, body: 'client_id=x&grant_type=client_credentials' }],
  ['SAML', { fields: form, body: 'SAMLResponse=PHNhbWw' }],
  ['SigV4', { target: '/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00' }],
  ['Azure SAS', { target: '/blob?sv=2024-01-01&sig=abc' }],
  ['Azure shared key', { fields: ['Authorization: SharedKey account:abc='] }],
  ['API key', { fields: ['X-Goog-Api-Key: AIzaSecret'] }],
  ['API key', { target: '/v1?api_key=secret' }],
  ['API key', { fields: ['Authorization: Token 0123456789abcdef'] }],
  ['Hawk', { fields: ['Authorization: Hawk id="x", mac="y"'] }],
  ['Session cookie', { fields: ['Cookie: theme=dark; sid=s3cret'] }],
  ['Session cookie', { fields: ['Cookie: __Secure-next-auth.session-token=s3cret'] }],
  ['Bearer token', { fields: ['Authorization: Bearer opaque'] }],
])('%s is told, and its secret is not', (technology, request) => {
  const found = seen(request);
  expect(names(found)).toContain(technology);
  expect(JSON.stringify(found)).not.toMatch(/s3cret|AIzaSecret|0123456789abcdef|=secret|opaque/);
});

test.each([
  ['API key', { target: '/docs?tapi_key=1' }],
  ['API key', { target: '/api_key?x=1' }],
  ['API key', { fields: ['Authorization: Token short'] }],
  ['Session cookie', { fields: ['Cookie: sidebar=open; obsession=1'] }],
  ['OAuth 2.0', { fields: ['Content-Type: text/plain'], body: 'grant_type=password' }],
  ['OAuth 2.0', { fields: form, body: 'note=the grant_type is' }],
  ['JWT', { fields: ['X-Auth-Token: api.nasa.gov'] }],
  ['Azure SAS', { target: '/x?sig=abc' }],
  ['Bearer token', { target: '/?no_access_token_here' }],
])('%s is not taken for what only looks like it', (technology, request) => {
  expect(names(seen(request))).not.toContain(technology);
});

test('a host that is called like a member of every object is no vendor', () => {
  expect(names(seen({ fields: ['Host: constructor'] }))).toEqual([]);
  expect(names(seen({ fields: ['Host: constructor.amazonaws.com'] }))).toEqual(['AWS']);
});

const json = ['Content-Type: application/json'];

test.each([
  ['Spring Boot', '{"timestamp":"2026-11-20T10:00:00.000+00:00","status":404,"error":"Not Found","path":"/x"}'],
  ['Express', '<!DOCTYPE html>\n<html lang="en">\n<body>\n<pre>Cannot GET /x</pre>\n</body>'],
  ['FastAPI', '{"detail":[{"type":"missing","loc":["query","q"],"msg":"Field required"}]}'],
  ['Django REST framework', '{"detail":"Authentication credentials were not provided."}'],
  ['Flask', '<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>'],
  ['Fastify', '{"message":"Route GET:/x not found","error":"Not Found","statusCode":404}'],
  ['NestJS', '{"message":"Cannot GET /x","error":"Not Found","statusCode":404}'],
  ['ASP.NET Core', '{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.5","title":"Not Found","status":404}'],
  ['Go net/http', '404 page not found\n'],
  ['nginx 1.27.2', '<html>\r\n<hr><center>nginx/1.27.2</center>\r\n</html>'],
  ['Tomcat 10.1.7', '<hr class="line" /><h3>Apache Tomcat/10.1.7</h3>'],
  ['Kubernetes', '{"kind":"Status","apiVersion":"v1","status":"Failure"}'],
])('%s is told by the shape of its error', (technology, body) => {
  expect(names(seen({}, { status: 404, body }))).toContain(technology);
  expect(names(seen({}, { status: 200, body }))).not.toContain(technology);
  const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  expect(names(seen({}, { status: 404, body: chunked, fields: ['Transfer-Encoding: chunked'] }))).toContain(technology);
});

test('an error that says something else is of nobody', () => {
  expect(names(seen({}, { status: 404, body: '{"detail":"no such order"}', fields: json }))).toEqual(['JSON']);
  expect(names(seen({}, { status: 500, body: '{"error":"nginx is down"}', fields: json }))).toEqual(['JSON']);
});
