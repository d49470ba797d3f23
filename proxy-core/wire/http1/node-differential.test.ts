import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { removeChunkFraming } from './body.ts';
import { createHttp1Decoder } from './decoder.ts';
import { headerValue, parseHead } from './head.ts';
import { type RecordedExchange, RecordingObserver } from './testing/recording-observer.ts';

/** One message as both sides of Node's own HTTP and the decoder can tell it. */
interface Message {
  start: string;
  fields: string[];
  body: string;
  trailers: string[];
}

interface Seen {
  request: Message;
  interim: number[];
  response: Message;
}

interface Plan {
  method: string;
  path: string;
  requestFields: [string, string][];
  /** Written piece by piece. */
  requestBody: string[];
  requestFraming: 'length' | 'chunked';
  requestTrailers: [string, string][];
  expectContinue: boolean;
  earlyHints: number;
  status: number;
  reason: string;
  responseFields: [string, string][];
  responseBody: string[];
  responseFraming: 'length' | 'chunked' | 'close';
  responseTrailers: [string, string][];
}

const name = fc
  .string({ unit: fc.constantFrom(...'a b c g X Y Z 0 1 8 9 ! # $ % & * + - . ^ _ ` | ~'.split(' ')), minLength: 1, maxLength: 12 })
  .map((suffix) => `X-${suffix}`);
const value = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f && (code < 0x80 || code > 0x9f))
    .map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const fields = fc.array(fc.tuple(name, value), { maxLength: 6 });
const body = fc.array(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 300 }), { maxLength: 4 });

const plan: fc.Arbitrary<Plan> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'),
  path: fc.constantFrom('/', '/a/b?c=d', '/%7E', 'http://example.test/absolute', `/${'long'.repeat(500)}`),
  requestFields: fields,
  requestBody: body,
  requestFraming: fc.constantFrom('length', 'chunked'),
  requestTrailers: fields,
  expectContinue: fc.boolean(),
  earlyHints: fc.integer({ min: 0, max: 2 }),
  status: fc.constantFrom(200, 200, 201, 204, 206, 304, 404, 500, 599),
  reason: fc.constantFrom('OK', '', 'Not quite what you think'),
  responseFields: fields,
  responseBody: body,
  responseFraming: fc.constantFrom('length', 'chunked', 'close'),
  responseTrailers: fields,
});

/** `rawHeaders` without what the tests do not choose themselves. */
function ownFields(raw: readonly string[]): string[] {
  const own: string[] = [];
  for (let i = 0; i < raw.length; i += 2) if (/^x-/i.test(raw[i] ?? '')) own.push(`${raw[i]}: ${raw[i + 1]?.trim()}`);
  return own;
}

/** The same of fields as the decoder's heads give them. */
const pairs = (headers: readonly (readonly [string, string])[]) => ownFields(headers.flat());

function messageOf(head: Buffer, body: Buffer): Message {
  const { startLine, headers } = parseHead(head);
  const chunked = headerValue(headers, 'transfer-encoding')?.toLowerCase() === 'chunked' && body.length > 0;
  const { payload, trailers } = chunked ? removeChunkFraming(body) : { payload: body, trailers: [] };
  return { start: startLine, fields: pairs(headers), body: Buffer.from(payload).toString('latin1'), trailers: pairs(trailers) };
}

function decoded(exchange: RecordedExchange): Seen {
  expect(exchange.end).toBe('ended');
  return {
    request: messageOf(exchange.requestHead ?? Buffer.alloc(0), exchange.requestBody),
    interim: exchange.interim.map((bytes) => parseHead(bytes).statusCode),
    response: messageOf(exchange.responseHead ?? Buffer.alloc(0), exchange.responseBody),
  };
}

/** A splice of two sockets whose bytes a decoder reads along. */
function tap(to: () => number): { server: net.Server; observer: RecordingObserver } {
  const observer = new RecordingObserver();
  const server = net.createServer({ allowHalfOpen: true }, (client) => {
    const upstream = net.connect({ port: to(), host: '127.0.0.1', allowHalfOpen: true });
    const decoder = createHttp1Decoder(observer);
    client.on('data', (bytes: Buffer) => {
      decoder.push('client', bytes, performance.now());
      upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      decoder.push('server', bytes, performance.now());
      client.write(bytes);
    });
    client.on('end', () => {
      decoder.end('client', 'closed', performance.now());
      upstream.end();
    });
    upstream.on('end', () => {
      decoder.end('server', 'closed', performance.now());
      client.end();
    });
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  return { server, observer };
}

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

async function close(server: net.Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/** Carries out one plan on the server's side; gives what it saw of the request. */
async function answer(plan: Plan, request: http.IncomingMessage, response: http.ServerResponse): Promise<Message> {
  request.setEncoding('latin1');
  for (let i = 0; i < plan.earlyHints; i++) response.writeEarlyHints({ link: `</${i}>; rel=preload` });
  const sent = await text(request);
  const seen = {
    start: `${request.method} ${request.url} HTTP/${request.httpVersion}`,
    fields: ownFields(request.rawHeaders),
    body: sent,
    trailers: ownFields(request.rawTrailers),
  };
  const raw = plan.responseFields.flat();
  const bodiless = plan.method === 'HEAD' || plan.status === 204 || plan.status === 304;
  if (plan.responseFraming === 'length') raw.push('Content-Length', String(plan.responseBody.join('').length));
  if (plan.responseFraming === 'chunked') raw.push('Transfer-Encoding', 'chunked');
  if (plan.responseFraming === 'close') {
    raw.push('Connection', 'close');
    response.useChunkedEncodingByDefault = false;
  }
  if (plan.responseFraming === 'length' && plan.status === 204) raw.splice(-2);
  response.sendDate = false;
  response.writeHead(plan.status, plan.reason, raw);
  if (!bodiless) {
    for (const piece of plan.responseBody) response.write(piece, 'latin1');
    if (plan.responseFraming === 'chunked') response.addTrailers(plan.responseTrailers);
  }
  response.end();
  return seen;
}

/** Carries out one plan on the client's side; gives what it saw of the response. */
async function ask(plan: Plan, port: number, agent: http.Agent): Promise<{ interim: number[]; response: Message }> {
  const headers = ['Host', 'example.test', ...plan.requestFields.flat()];
  const hasBody = plan.requestBody.length > 0 && plan.method !== 'GET' && plan.method !== 'HEAD';
  if (hasBody && plan.requestFraming === 'length') headers.push('Content-Length', String(plan.requestBody.join('').length));
  if (hasBody && plan.requestFraming === 'chunked') headers.push('Transfer-Encoding', 'chunked');
  if (hasBody && plan.expectContinue) headers.push('Expect', '100-continue');
  const request = http.request({ host: '127.0.0.1', port, method: plan.method, path: plan.path, headers, agent });
  const interim: number[] = [];
  request.on('information', ({ statusCode }) => interim.push(statusCode));
  const responded = once(request, 'response') as Promise<[http.IncomingMessage]>;
  if (hasBody && plan.expectContinue) {
    request.flushHeaders();
    await once(request, 'continue');
  }
  if (hasBody) {
    for (const piece of plan.requestBody) request.write(piece, 'latin1');
    if (plan.requestFraming === 'chunked') request.addTrailers(plan.requestTrailers);
  }
  request.end();
  const [response] = await responded;
  response.setEncoding('latin1');
  const received = await text(response);
  return {
    interim,
    response: {
      start: `HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`,
      fields: ownFields(response.rawHeaders),
      body: received,
      trailers: ownFields(response.rawTrailers),
    },
  };
}

test('the decoder sees what Node’s own client and server see', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 10 }), async (plans) => {
      const requests: Promise<Message>[] = [];
      let next = 0;
      const origin = http.createServer((request, response) => {
        requests.push(answer(plans[next++] as Plan, request, response));
      });
      const originPort = await listen(origin);
      const { server, observer } = tap(() => originPort);
      const port = await listen(server);
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      try {
        const expected: Seen[] = [];
        for (const each of plans) {
          const seen = await ask(each, port, agent);
          expected.push({ ...seen, request: (await requests.at(-1)) as Message });
        }
        agent.destroy();
        await Promise.all([close(server), close(origin)]);
        expect(observer.exchanges.map(decoded)).toEqual(expected);
      } finally {
        agent.destroy();
        server.close();
        origin.closeAllConnections();
        origin.close();
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

/** A request as bytes, in one of the many ways in which it may be written. */
interface RawRequest {
  method: string;
  fields: [string, string][];
  chunks: string[];
  extension: string;
  leadingZeros: number;
  /** Blank lines before it. */
  blanks: number;
  chunked: boolean;
  trailers: [string, string][];
}

const rawRequest: fc.Arbitrary<RawRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD'),
  fields,
  chunks: body,
  extension: fc.constantFrom('', ';a', ';a=b', ';a="b c"'),
  leadingZeros: fc.integer({ min: 0, max: 3 }),
  blanks: fc.integer({ min: 0, max: 2 }),
  chunked: fc.boolean(),
  trailers: fields,
});

function bytesOf(request: RawRequest, index: number, last: boolean): Buffer {
  const lines = request.fields.map(([name, value]) => `${name}:\t ${value} \r\n`);
  lines.push(`${last ? 'Connection: close\r\n' : ''}hOsT: x\r\n`);
  const body = request.chunks.join('');
  if (request.chunked) lines.push('transfer-encoding:CHUNKED\r\n');
  else if (body !== '') lines.push(`CONTENT-LENGTH: ${body.length}\r\n`);
  const chunks = request.chunks.map(
    (chunk) => `${'0'.repeat(request.leadingZeros)}${chunk.length.toString(16)}${request.extension}\r\n${chunk}\r\n`,
  );
  const trailers = request.trailers.map(([name, value]) => `${name}: ${value}\r\n`);
  const framed = request.chunked ? `${chunks.join('')}0${request.extension}\r\n${trailers.join('')}\r\n` : body;
  return Buffer.from(
    `${'\r\n'.repeat(request.blanks)}${request.method} /${index} HTTP/1.1\r\n${lines.join('')}\r\n${framed}`,
    'latin1',
  );
}

test('the decoder tells pipelined requests apart as Node’s own parser does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rawRequest, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 400 }),
      async (requests, pieceBytes) => {
        const seen: Promise<Message>[] = [];
        const origin = http.createServer((request, response) => {
          request.setEncoding('latin1');
          seen.push(
            text(request).then((body) => {
              response.writeHead(200, ['X-Index', String(request.url)]).end(`answer to ${request.url}`);
              return {
                start: `${request.method} ${request.url} HTTP/${request.httpVersion}`,
                fields: ownFields(request.rawHeaders),
                body,
                trailers: ownFields(request.rawTrailers),
              };
            }),
          );
        });
        const originPort = await listen(origin);
        const { server, observer } = tap(() => originPort);
        const socket = net.connect({ port: await listen(server), host: '127.0.0.1' });
        try {
          const all = Buffer.concat(requests.map((request, index) => bytesOf(request, index, index === requests.length - 1)));
          for (let at = 0; at < all.length; at += pieceBytes) socket.write(all.subarray(at, at + pieceBytes));
          socket.resume();
          await once(socket, 'close');
          await Promise.all([close(server), close(origin)]);
          const told = observer.exchanges.map(decoded);
          expect(told.map((exchange) => exchange.request)).toEqual(await Promise.all(seen));
          expect(told.map((exchange) => exchange.response.fields)).toEqual(requests.map((_, index) => [`X-Index: /${index}`]));
        } finally {
          socket.destroy();
          server.close();
          origin.closeAllConnections();
          origin.close();
        }
      },
    ),
    { numRuns: 100 },
  );
}, 60_000);
