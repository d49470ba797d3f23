import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ConnectionInfo } from '../../rrpair/pair.ts';
import { describePair, type PairFacts, technologiesOf } from '../describe.ts';

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
  upstreamHost: 'api.example.com',
  upstreamPort: 443,
  upstreamAddress: '192.0.2.1',
  dialMicros: 1,
  tlsMicros: 1,
  clientTls: null,
  upstreamTls: null,
};

interface Message {
  /** Without line ends; the first is the start line. */
  head: readonly string[];
  body?: string | Buffer;
}

function factsOf(request: Message, response: Message | null = null): PairFacts {
  const head = (message: Message | null): Buffer =>
    message === null ? Buffer.alloc(0) : Buffer.from(`${message.head.join('\r\n')}\r\n\r\n`);
  return {
    connection,
    requestHead: head(request),
    requestBody: Buffer.from(request.body ?? ''),
    responseHead: head(response),
    responseBody: Buffer.from(response?.body ?? ''),
    failure: null,
    summary: null,
  };
}

const json = 'Content-Type: application/json';

function post(path: string, body: unknown, ...fields: string[]): Message {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const typed = fields.some((field) => /^content-type/i.test(field)) ? fields : [json, ...fields];
  return { head: [`POST ${path} HTTP/1.1`, 'Host: api.example.com', ...typed], body: text };
}

function ok(body: unknown, ...fields: string[]): Message {
  return { head: ['HTTP/1.1 200 OK', json, ...fields], body: typeof body === 'string' ? body : JSON.stringify(body) };
}

const shown = (request: Message, response?: Message): string => {
  const { location, status } = describePair(factsOf(request, response));
  return status === '' ? location : `${location} → ${status}`;
};

const envelope = (content: string): string =>
  `<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${content}</soap:Body></soap:Envelope>`;

const signed = (service: string): string =>
  `Authorization: AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;
const both = (request: Message): [string, string] => {
  const { location, technology } = describePair(factsOf(request));
  return [location, technology];
};

describe('GraphQL', () => {
  test.each<[string, unknown, string]>([
    ['a named query', { query: 'query GetUser($id: ID!) { user(id: $id) { name } }', variables: { id: 7 } }, 'query GetUser'],
    ['a mutation', { query: '\n  mutation AddItem {\n addItem { id } }' }, 'mutation AddItem'],
    ['a query without a name', { query: '{ me: viewer { name } }', variables: {} }, 'query {viewer}'],
    ['a query without a name, in words', { query: 'query { orders { id } }', variables: {} }, 'query {orders}'],
    ['the operation that is named, of several', { operationName: 'B', query: 'query A { a } mutation B { b }' }, 'mutation B'],
    ['behind a fragment', { query: 'fragment F on User { query }\nsubscription OnF { user { ...F } }' }, 'subscription OnF'],
    ['behind a comment', { query: '# query No { }\nquery Yes { a }', variables: {} }, 'query Yes'],
    ['a batch', [{ query: 'query A { a }', variables: {} }, { query: 'query B { b }' }], 'query A'],
    [
      'a persisted query',
      { operationName: 'Feed', extensions: { persistedQuery: { version: 1, sha256Hash: 'ab' } } },
      'query persisted Feed',
    ],
  ])('%s', (_name, body, label) => {
    expect(shown(post('/graphql', body))).toBe(`/graphql ${label}`);
    expect(describePair(factsOf(post('/graphql', body))).technology).toBe('GraphQL');
  });

  test('by GET, and as a document', () => {
    const get = `/api/graphql?query=${encodeURIComponent('query Hero { hero }')}&operationName=Hero`;
    expect(shown({ head: [`GET ${get} HTTP/1.1`, 'Host: a'] })).toBe(`${get} query Hero`);
    expect(shown(post('/q', 'query Plain { a }', 'Content-Type: application/graphql'))).toBe('/q query Plain');
  });

  test('errors in a 200 are a status that counts as one', () => {
    const asked = post('/graphql', { query: 'query A { a }', variables: {} });
    const errors = [{ message: 'no', path: ['a'], extensions: { code: 'UNAUTHENTICATED' } }];
    expect(shown(asked, ok({ data: null, errors }))).toBe('/graphql query A → 200 ERR:UNAUTHENTICATED');
    expect(shown(asked, ok({ errors: [{ message: 'no' }] }))).toBe('/graphql query A → 200 ERR');
    const body = gzipSync(JSON.stringify({ errors }));
    expect(shown(asked, { head: ['HTTP/1.1 200 OK', json, 'Content-Encoding: gzip'], body })).toContain('200 ERR:UNAUTHENTICATED');
  });

  test.each<[string, unknown]>([
    ['none', { data: { a: 1 } }],
    ['an empty list', { data: {}, errors: [] }],
    ['null', { data: {}, errors: null }],
    ['data that is called so', { data: { errors: [{ message: 'mine' }], text: '"errors":[{}]' } }],
    ['a text', { data: 'the "errors": [1] of others' }],
  ])('no error: %s', (_name, body) => {
    expect(shown(post('/graphql', { query: 'query A { a }', variables: {} }), ok(body))).toBe('/graphql query A → 200');
  });

  test('errors of other APIs are their own concern', () => {
    expect(shown(post('/v1/charge', { a: 1 }), ok({ errors: [{ code: 'x' }] }))).toBe('/v1/charge → 200');
    expect(shown(post('/search', { query: 'query planner books' }))).toBe('/search');
  });
});

describe('JSON-RPC', () => {
  test.each<[string, unknown, string]>([
    ['a call', { jsonrpc: '2.0', method: 'eth_blockNumber', params: [], id: 1 }, 'eth_blockNumber'],
    ['a method behind its parameters', { jsonrpc: '2.0', params: { method: 'not this' }, method: 'sum', id: 1 }, 'sum'],
    [
      'a batch',
      [
        { jsonrpc: '2.0', method: 'a', id: 1 },
        { jsonrpc: '2.0', method: 'b', id: 2 },
      ],
      'batch a',
    ],
    [
      'a tool of MCP',
      { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'weather', arguments: {} } },
      'tools/call weather',
    ],
  ])('%s', (_name, body, label) => {
    expect(shown(post('/rpc', body))).toBe(`/rpc ${label}`);
  });

  test('an error in a 200', () => {
    const asked = post('/rpc', { jsonrpc: '2.0', method: 'a', id: 1 });
    expect(shown(asked, ok({ jsonrpc: '2.0', error: { code: -32601, message: 'no' }, id: 1 }))).toBe('/rpc a → 200 ERR:-32601');
    expect(shown(asked, ok({ jsonrpc: '2.0', result: { error: { code: 1 } }, id: 1 }))).toBe('/rpc a → 200');
  });
});

describe('SOAP', () => {
  const xml = 'Content-Type: text/xml; charset=utf-8';

  test('the action by its field, by the media type, or by the body', () => {
    expect(shown(post('/calc', envelope('<x:Add/>'), xml, 'SOAPAction: "http://tempuri.org/ICalc/Add"'))).toBe('/calc Add');
    expect(shown(post('/calc', '', 'Content-Type: application/soap+xml; action="urn:calc:Sub"'))).toBe('/calc Sub');
    expect(shown(post('/calc', envelope('<x:Mul a="1">'), xml, 'SOAPAction: ""'))).toBe('/calc Mul');
    expect(shown(post('/calc', envelope('<Div/>'), xml))).toBe('/calc Div');
    expect(shown(post('/feed', '<rss></rss>', xml))).toBe('/feed');
  });

  test('a fault in a 200', () => {
    const fault = envelope('<soap:Fault><faultcode>soap:Server</faultcode></soap:Fault>');
    const answer: Message = { head: ['HTTP/1.1 200 OK', xml], body: fault };
    expect(shown(post('/calc', envelope('<Div/>'), xml), answer)).toBe('/calc Div → 200 ERR:Server');
  });
});

describe('AWS', () => {
  test('the action by the target, the service by it or by the signature', () => {
    const asked = post(
      '/',
      { TableName: 'orders', Key: {} },
      'Content-Type: application/x-amz-json-1.0',
      'X-Amz-Target: DynamoDB_20120810.GetItem',
    );
    expect(both(asked)).toEqual(['/ GetItem orders', 'DynamoDB']);
    const queue = post(
      '/',
      { QueueUrl: 'http://localhost:4566/000000000000/jobs' },
      'Content-Type: application/x-amz-json-1.0',
      'X-Amz-Target: AmazonSQS.SendMessage',
      signed('sqs'),
    );
    expect(both(queue)).toEqual(['/ SendMessage jobs', 'Amazon SQS']);
  });

  test('the action of the query protocol, of S3 and of Lambda', () => {
    const form = 'Content-Type: application/x-www-form-urlencoded';
    expect(both(post('/', 'Action=AssumeRole&Version=2011-06-15', form, signed('sts')))).toEqual(['/ AssumeRole', 'AWS STS']);
    const get = (target: string, method = 'GET'): Message => ({
      head: [`${method} ${target} HTTP/1.1`, 'Host: s3.local', signed('s3')],
    });
    expect(both(get('/bucket/key.png'))).toEqual(['/bucket/key.png GetObject', 'Amazon S3']);
    expect(both(get('/bucket?list-type=2&prefix=a'))[0]).toBe('/bucket?list-type=2&prefix=a ListObjectsV2');
    expect(both(get('/bucket/key?partNumber=1&uploadId=x', 'PUT'))[0]).toContain(' UploadPart');
    const invoke = post('/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu%3A1%3Afunction%3Apay/invocations', {}, signed('lambda'));
    expect(both(invoke)[0]).toMatch(/ Invoke pay$/);
  });

  test('what is signed by nobody is no call of AWS', () => {
    const form = 'Content-Type: application/x-www-form-urlencoded';
    expect(shown(post('/login', 'Action=Login', form))).toBe('/login');
  });
});

describe('language models', () => {
  test('the model, by the shape of the call and not by who serves it', () => {
    const messages = [{ role: 'user', content: 'hi' }];
    expect(shown(post('/v1/chat/completions', { model: 'gpt-5-mini', messages }))).toBe('/v1/chat/completions gpt-5-mini');
    expect(shown(post('/v1/messages', { model: 'claude-x', messages, max_tokens: 9 }))).toBe('/v1/messages claude-x');
    expect(shown(post('/v1beta/models/gemini-x:streamGenerateContent?alt=sse', { contents: [] }))).toMatch(/ gemini-x$/);
    expect(shown(post('/api/chat', { model: 'llama3', messages }))).toBe('/api/chat llama3');
    const evidence = technologiesOf(factsOf(post('/v1/chat/completions', { model: 'gpt-5-mini', messages })));
    expect(evidence[0]).toMatchObject({ technology: 'OpenAI API', kind: 'protocol' });
  });

  test('a path alone is anybody’s', () => {
    expect(shown(post('/v1/messages', { text: 'hi', to: 'ana' }))).toBe('/v1/messages');
    expect(shown(post('/responses', { model: 'T-Ford', answer: 1 }))).toBe('/responses');
  });
});

const upgrade = (path: string): Message => ({ head: [`GET ${path} HTTP/1.1`, 'Host: a', 'Upgrade: websocket'] });
const switched = (...fields: string[]): Message => ({
  head: ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', ...fields],
});

test('what is spoken inside of a WebSocket is told by the subprotocol and the path', () => {
  const told = (request: Message, response: Message): string[] => describePair(factsOf(request, response)).technologies;
  expect(told(upgrade('/graphql'), switched('Sec-WebSocket-Protocol: graphql-transport-ws'))).toEqual(['WebSocket', 'GraphQL']);
  expect(told(upgrade('/socket.io/?EIO=4&transport=websocket'), switched())).toEqual(['WebSocket', 'Socket.IO']);
  expect(told(upgrade('/mqtt'), switched('Sec-WebSocket-Protocol: chat'))).toEqual(['WebSocket']);
  const evidence = technologiesOf(factsOf(upgrade('/x'), switched('Sec-WebSocket-Protocol: mqtt')));
  expect(evidence).toContainEqual({
    technology: 'MQTT',
    kind: 'protocol',
    evidence: 'response header sec-websocket-protocol: mqtt',
  });
});

test('labels hold no control characters, and no more than fits', () => {
  const long = describePair(factsOf(post('/rpc', { jsonrpc: '2.0', method: `a\t${'x'.repeat(500)}`, id: 1 }))).location;
  expect(long.length).toBeLessThan(200);
  // oxlint-disable-next-line no-control-regex -- what must not be there
  expect(long).not.toMatch(/[\u0000-\u001f]/);
});

test('bodies that are cut off, or are not what they claim, do no harm', () => {
  for (const body of ['{"query":"query A {', '{"jsonrpc":"2.0","method":"', '[[[[', '{"errors":[', '"', '{"query":"\\']) {
    expect(shown(post('/graphql', body), ok(body)), body).toContain('→ 200');
  }
});
