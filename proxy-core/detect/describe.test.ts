import { describe, expect, test } from 'vitest';
import type { ConnectionInfo } from '../rrpair/pair.ts';
import { describePair, type PairFacts, technologiesOf } from './describe.ts';

const connection: ConnectionInfo = {
  id: 1,
  direction: 'out',
  source: 'local',
  entry: 'connect',
  protocol: 'https',
  clientAddress: '127.0.0.1',
  clientPort: 50_000,
  clientName: '',
  flow: '',
  upstreamHost: 'pay.example.com',
  upstreamPort: 443,
  upstreamAddress: '192.0.2.1',
  dialMicros: 1,
  tlsMicros: 1,
  clientTls: null,
  upstreamTls: null,
};

function split(text: string): [Buffer, Buffer] {
  const end = text.indexOf('\n\n');
  return end < 0
    ? [Buffer.alloc(0), Buffer.alloc(0)]
    : [Buffer.from(text.slice(0, end + 2).replaceAll('\n', '\r\n')), Buffer.from(text.slice(end + 2))];
}

function facts(request: string, response = '', more: Partial<PairFacts> = {}): PairFacts {
  const [requestHead, requestBody] = split(request);
  const [responseHead, responseBody] = split(response);
  return { connection, requestHead, requestBody, responseHead, responseBody, failure: null, summary: null, ...more };
}

const technologies = (request: string, response?: string, more?: Partial<PairFacts>): string[] =>
  describePair(facts(request, response, more)).technologies;

describe('describePair', () => {
  test('fills the columns of the list', () => {
    const pair = describePair(
      facts(
        'POST /charge?x=1 HTTP/1.1\nHost: pay.example.com:443\nContent-Type: application/json\n\n{"a":1}',
        'HTTP/1.1 201 Created\nContent-Type: application/json\n\n{}',
      ),
    );
    expect(pair).toMatchObject({
      command: 'POST',
      host: 'pay.example.com',
      path: '/charge',
      location: '/charge?x=1',
      status: '201',
      statusCode: 201,
      technology: 'JSON',
      noise: false,
    });
  });

  test('keeps a port that is not the default one, and the absolute form names the host', () => {
    const plain = { connection: { ...connection, protocol: 'http' as const } };
    expect(describePair(facts('GET http://a.example:8080/x HTTP/1.1\nHost: b.example\n\n', '', plain))).toMatchObject({
      host: 'a.example:8080',
      location: '/x',
    });
    expect(describePair(facts('GET / HTTP/1.1\nHost: [::1]:80\n\n', '', plain)).host).toBe('[::1]');
    expect(describePair(facts('GET / HTTP/1.1\nHost: b.example:443\n\n', '', plain)).host).toBe('b.example:443');
    expect(describePair(facts('GET / HTTP/1.0\nX: y\n\n')).host).toBe('pay.example.com:443');
  });

  test('a failure without a response is the status; an interim response is none', () => {
    const failure = { code: 'upstream-refused' as const, detail: '' };
    expect(describePair(facts('GET / HTTP/1.1\n\n', '', { failure })).status).toBe('upstream-refused');
    expect(describePair(facts('GET / HTTP/1.1\n\n', 'HTTP/1.1 100 Continue\n\n')).status).toBe('');
  });

  test('a connection row takes its own summary', () => {
    const pair = describePair(
      facts('', '', {
        summary: { command: 'CONNECTION', location: 'db:5432', status: 'closed' },
        connection: { ...connection, protocol: 'tcp' },
      }),
    );
    expect(pair).toMatchObject({ command: 'CONNECTION', location: 'db:5432', status: 'closed', technology: 'TCP' });
  });

  test('a connection row inside TLS that we ended is shown as TLS', () => {
    const clientTls = { version: 'TLSv1.3', cipher: 'TLS_X', alpn: '', serverName: 'a.example', decrypted: true, reason: '' };
    const summary = { command: 'CONNECTION', location: 'a:1', status: 'reset' };
    const row = facts('', '', { summary, connection: { ...connection, protocol: 'tcp', clientTls } });
    expect(describePair(row).technologies).toEqual(['TLS 1.3']);
    expect(technologiesOf(row)[0]?.evidence).toContain('TLS_X');
  });
});

describe('technologies', () => {
  const jwt = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('{"sub":"1"}').toString('base64url')}.c2ln`;

  test.each([
    ['a vendor by its host', 'GET / HTTP/1.1\nHost: api.stripe.com\n\n', '', 'Stripe'],
    ['an AWS service by its host', 'GET / HTTP/1.1\nHost: bucket.s3.eu-west-1.amazonaws.com\n\n', '', 'Amazon S3'],
    ['a server with its version', 'GET / HTTP/1.1\n\n', 'HTTP/1.1 200 OK\nServer: nginx/1.22.1\n\n', 'nginx 1.22.1'],
    ['a framework by its cookie', 'GET / HTTP/1.1\nCookie: a=b; JSESSIONID=1\n\n', '', 'Java Servlet'],
    ['JSON without a content type', 'GET / HTTP/1.1\n\n', 'HTTP/1.1 200 OK\n\n{"a":[1]}', 'JSON'],
    ['JSON by a structured suffix', 'GET / HTTP/1.1\n\n', 'HTTP/1.1 200 OK\nContent-Type: application/problem+json\n\n{}', 'JSON'],
    ['GraphQL by its body', 'POST /graphql HTTP/1.1\nContent-Type: application/json\n\n{"query":"query A { a }"}', '', 'GraphQL'],
    ['a WebSocket', 'GET / HTTP/1.1\nUpgrade: websocket\n\n', '', 'WebSocket'],
    ['one over HTTP/2', 'CONNECT / HTTP/2\n:protocol: websocket\n\n', '', 'WebSocket'],
    ['a JWT that is one', `GET / HTTP/1.1\nAuthorization: Bearer ${jwt}\n\n`, '', 'JWT'],
    ['SigV4', 'GET / HTTP/1.1\nAuthorization: AWS4-HMAC-SHA256 Credential=x\n\n', '', 'SigV4'],
  ])('%s', (_, request, response, technology) => {
    expect(technologies(request, response)).toContain(technology);
  });

  test.each([
    ['three words with dots are no JWT', 'GET / HTTP/1.1\nAuthorization: Bearer api.nasa.gov\n\n', '', 'JWT'],
    ['a host that only ends like a vendor', 'GET / HTTP/1.1\nHost: notstripe.com\n\n', '', 'Stripe'],
    [
      'an HTML error page labelled JSON',
      'GET / HTTP/1.1\n\n',
      'HTTP/1.1 502 Bad\nContent-Type: application/json\n\n<html>',
      'JSON',
    ],
    ['braces that are no JSON', 'GET / HTTP/1.1\n\n', 'HTTP/1.1 200 OK\n\n{not json}', 'JSON'],
    [
      'a search API that takes a query',
      'POST /search HTTP/1.1\nContent-Type: application/json\n\n{"query":"query builder"}',
      '',
      'GraphQL',
    ],
  ])('but not: %s', (_, request, response, technology) => {
    expect(technologies(request, response)).not.toContain(technology);
  });

  test('evidence says where, and never shows a secret', () => {
    const evidence = technologiesOf(
      facts(
        'GET / HTTP/1.1\nAuthorization: Basic dXNlcjpwYXNz\n\n',
        'HTTP/1.1 200 OK\nServer: nginx/1.22.1\nSet-Cookie: PHPSESSID=topsecret\n\n',
      ),
    );
    expect(evidence).toContainEqual({
      technology: 'nginx 1.22.1',
      kind: 'server',
      evidence: 'response header server: nginx/1.22.1',
    });
    expect(JSON.stringify(evidence)).not.toMatch(/dXNlcjpwYXNz|topsecret/);
  });
});

function saidBy(protocol: 'mysql' | 'redis', name: string): Partial<PairFacts> {
  return {
    connection: { ...connection, protocol, spoken: { server: name, evidence: 'the server’s greeting', facts: [] } },
    summary: { command: 'Query', location: 'select 1', status: 'OK' },
  };
}

describe('servers that speak another’s protocol', () => {
  test.each([
    ['mysql', 'MariaDB 10.11.6', ['MariaDB', 'MySQL']],
    ['mysql', 'MySQL 8.0.36', ['MySQL']],
    ['redis', 'Valkey 8.0.0', ['Valkey', 'Redis']],
    // A file may say anything.
    ['mysql', 'constructor 1', ['MySQL']],
  ] as const)('%s of %s', (protocol, name, names) => {
    const pair = facts('', '', saidBy(protocol, name));
    expect(describePair(pair)).toMatchObject({ technology: names[0], technologies: names });
    expect(technologiesOf(pair)).toContainEqual({ technology: names[0], kind: 'server', evidence: 'the server’s greeting' });
  });
});

describe('HTTP/2 and calls', () => {
  const call = 'POST /shop.Users/Get HTTP/2\n:scheme: https\n:authority: users.test:443\ncontent-type: application/grpc+proto\n\n';
  const ok = 'HTTP/2 200\ncontent-type: application/grpc+proto\n\n';

  test('the authority is the host, and the status is that of the call', () => {
    // Trailers stand behind the head.
    const responseHead = Buffer.from(`${ok}grpc-status: 5\ngrpc-message: no%20user\n\n`.replaceAll('\n', '\r\n'));
    expect(describePair({ ...facts(call), responseHead })).toMatchObject({
      host: 'users.test',
      location: '/shop.Users/Get',
      status: 'ERR:NOT_FOUND',
      statusCode: null,
      technology: 'gRPC',
      technologies: ['gRPC', 'HTTP/2'],
    });
  });

  test.each([
    ['while it is open', ok, {}, ''],
    ['without a body', 'HTTP/2 200\ncontent-type: application/grpc\ngrpc-status: 0\n\n', {}, 'OK'],
    ['of a code that nobody knows', 'HTTP/2 200\ncontent-type: application/grpc\ngrpc-status: 99\n\n', {}, 'ERR:99'],
    ['that broke off', ok, { failure: { code: 'upstream-reset', detail: '' } }, 'upstream-reset'],
    ['that a proxy answered', 'HTTP/2 503\ncontent-type: text/plain\n\n', {}, '503'],
    [
      'of gRPC-Web',
      'HTTP/1.1 200 OK\nContent-Type: application/grpc-web\n\n',
      { responseBody: Buffer.from('\x80\0\0\0\x0egrpc-status: 7', 'latin1') },
      'ERR:PERMISSION_DENIED',
    ],
  ] as const)('a call %s', (_name, response, more, status) => {
    expect(describePair(facts(call, response, more)).status).toBe(status);
  });
});

describe('noise', () => {
  test.each([
    ['GET /healthz HTTP/1.1\n\n', true],
    ['GET /health/ready/ HTTP/1.1\n\n', true],
    ['GET /orders HTTP/1.1\nUser-Agent: kube-probe/1.29\n\n', true],
    ['GET /metrics HTTP/1.1\n\n', true],
    ['GET /metrics?from=1 HTTP/1.1\n\n', false],
    ['POST /health HTTP/1.1\n\n', false],
    ['GET /healthy-recipes HTTP/1.1\n\n', false],
    ['POST /grpc.health.v1.Health/Check HTTP/2\ncontent-type: application/grpc\n\n', true],
    ['POST /grpc.health.v1.Health/Check HTTP/2\ncontent-type: application/json\n\n', false],
  ])('%s', (request, noise) => {
    expect(describePair(facts(request)).noise).toBe(noise);
  });

  test.each([
    ['Fetch', '', true],
    ['Fetch', 'EMPTY', true],
    ['Fetch', 'OK', false],
    ['Fetch', 'ERR:OFFSET_OUT_OF_RANGE', false],
    ['Heartbeat', 'OK', true],
    ['Heartbeat', 'REBALANCE_IN_PROGRESS', false],
    ['Produce', '', false],
    ['constructor', '', false],
  ])('%s %s of Kafka', (command, status, noise) => {
    const more = { connection: { ...connection, protocol: 'kafka' as const }, summary: { command, location: 'orders', status } };
    expect(describePair(facts('', '', more)).noise).toBe(noise);
    expect(describePair(facts('', '', more), { ours: false, paths: [], agents: [] }).noise).toBe(false);
    expect(describePair(facts('', '', { ...more, failure: { code: 'upstream-reset', detail: '' } })).noise).toBe(false);
  });
});
