import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import * as http2 from 'node:http2';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startServerProcess } from '../../e2e/support/servers.ts';
import { describePair } from '../../proxy-core/detect/describe.ts';
import { data, END_STREAM, frame, get, hello, ok, PADDED, settings } from '../../proxy-core/wire/http2/testing/frames.ts';
import { plainFrame } from '../../proxy-core/wire/websocket/frames.ts';
import {
  cleanUp,
  onCleanUp,
  open,
  read,
  requestLine,
  run,
  type StoredPair,
  socks5Through,
  startServer,
  startTestCapture,
} from '../capture/support.ts';
import { listenHttp2 } from './support/http2-server.ts';
import { readerOf } from './support/stream.ts';

afterEach(cleanUp);

async function startNghttpd(...more: string[]): Promise<{ port: number; folder: string }> {
  const server = await startServerProcess('nghttpd', (port, folder) => ({
    program: 'nghttpd',
    args: ['--no-tls', '-d', folder, '-a', '127.0.0.1', ...more, String(port)],
  }));
  onCleanUp(() => server.stop());
  return server;
}

function brief(pair: StoredPair): string {
  const status = /^HTTP\/2 (\d+)/.exec(String(pair.responseHead))?.[1] ?? '';
  return `${requestLine(pair)} → ${status} ${String(pair.responsePayloadBytes)} ${pair.extra.failure?.code ?? ''}`.trim();
}

function sum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

test('every request of h2load is a pair, with many on each connection at once', async () => {
  const server = await startNghttpd();
  writeFileSync(join(server.folder, 'page'), 'x'.repeat(1_000));
  const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port } });
  const url = `http://127.0.0.1:${String(inPort)}/page`;
  const { stdout } = await run('h2load', ['-n', '1000', '-c', '4', '-m', '50', url]);
  expect(stdout).toContain('1000 succeeded, 0 failed');
  await sink.find(() => sink.all().filter(({ state }) => state === 'done').length === 1_000, '1,000 pairs');
  expect(new Set(sink.all().map(brief))).toEqual(new Set(['GET /page HTTP/2 → 200 1000']));
  expect(new Set(sink.all().map((pair) => pair.connection.id)).size).toBe(4);
});

test('what nghttpd pushes is a pair, and nghttp gets it', async () => {
  const server = await startNghttpd('-p', '/index.html=/style.css');
  writeFileSync(join(server.folder, 'index.html'), '<html>');
  writeFileSync(join(server.folder, 'style.css'), 'body {}');
  const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port } });
  const { stdout } = await run('nghttp', [
    '-v',
    '--no-dep',
    '-H',
    'x-long: ' + 'y'.repeat(20_000),
    `http://127.0.0.1:${String(inPort)}/index.html`,
  ]);
  expect(stdout).toContain('PUSH_PROMISE');
  const pushed = await sink.done((pair) => requestLine(pair) === 'GET /style.css HTTP/2');
  expect(brief(pushed)).toBe('GET /style.css HTTP/2 → 200 7');
  expect(String(pushed.responseBody)).toBe('body {}');
  expect(pushed.extra.context).toEqual({ promisedWith: { method: 'GET', path: '/index.html' } });
  // Its head came in CONTINUATIONs.
  const asked = await sink.done((pair) => requestLine(pair) === 'GET /index.html HTTP/2');
  expect(String(asked.requestHead)).toContain(`x-long: ${'y'.repeat(20_000)}\r\n`);
});

/** As `ws` makes it when it is asked for an upgrade. */
const ServerSocket = WebSocket as unknown as new (
  address: null,
  protocols: undefined,
  options: object,
) => WebSocket & { setSocket: (stream: unknown, head: Buffer, options: object) => void };

test('a WebSocket over HTTP/2 is read while it is open, and beside it other streams', async () => {
  const server = http2.createServer({ settings: { enableConnectProtocol: true } });
  server.on('stream', (stream, headers) => {
    if (headers[':protocol'] !== 'websocket') {
      stream.respond({ ':status': 200 });
      stream.end('beside');
      return;
    }
    stream.respond({ ':status': 200, 'sec-websocket-protocol': 'chat' });
    // The library of all Node servers, on a stream in place of a socket.
    const socket = new ServerSocket(null, undefined, {});
    socket.on('message', (said: Buffer, binary: boolean) => socket.send(said, { binary }));
    socket.setSocket(stream, Buffer.alloc(0), { maxPayload: 1_000_000 });
  });
  const port = await listenHttp2(server);
  const { inPort, sink } = await startTestCapture({
    app: { tls: false, host: '127.0.0.1', port },
  });
  const session = http2.connect(`http://127.0.0.1:${String(inPort)}`);
  onCleanUp(() => session.destroy());
  await once(session, 'remoteSettings');
  const chat = session.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat' });
  const first = once(chat, 'data');
  chat.write(plainFrame(1, Buffer.from('hello'), true));
  expect(String((await first)[0]).slice(2)).toBe('hello');
  const open = await sink.find((pair) => requestLine(pair) === 'CONNECT /chat HTTP/2' && pair.responseBody.length > 0);
  expect(open.state).toBe('open');
  session.request({ ':path': '/beside' }).resume();
  await sink.done((pair) => requestLine(pair) === 'GET /beside HTTP/2');
  chat.end(plainFrame(8, Buffer.from([0x03, 0xe8]), true));
  const pair = await sink.done((one) => requestLine(one) === 'CONNECT /chat HTTP/2');
  expect(describePair({ ...pair, failure: pair.extra.failure ?? null, summary: null }).technologies).toContain('WebSocket');
  const { messages, facts } = readerOf(pair).conversation;
  expect(messages.map(({ from, kind, preview, atMs }) => [from, kind, preview, atMs !== null])).toEqual([
    ['client', 'text', 'hello', true],
    ['server', 'text', 'hello', true],
    ['client', 'close', '', true],
    ['server', 'close', '', true],
  ]);
  expect(facts).toContainEqual(['Subprotocol', 'chat']);
});

test('large bodies, trailers, resets and streams that stay open, all at once through SOCKS', async () => {
  const sums = new Map<string, string>();
  const server = http2.createServer();
  server.on('stream', (stream, headers) => {
    const path = String(headers[':path']);
    stream.on('error', () => {});
    if (path.startsWith('/reset')) stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
    else if (path.startsWith('/open')) {
      stream.respond({ ':status': 200 });
      stream.write('so far');
    } else {
      const hash = createHash('sha256');
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('data', (bytes: Buffer) => {
        hash.update(bytes);
        stream.write(bytes);
      });
      stream.on('end', () => {
        sums.set(path, hash.digest('hex'));
        stream.end();
      });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': sums.get(path) ?? '' }));
    }
  });
  const port = await listenHttp2(server);
  const kept = 100_000;
  const { outPort, sink } = await startTestCapture({}, { bodyKeptBytes: kept });
  const socket = await socks5Through(outPort, '127.0.0.1', port);
  const session = http2.connect(`http://127.0.0.1:${String(port)}`, { createConnection: () => socket });
  onCleanUp(() => session.destroy());
  const waiting = session.request({ ':path': '/open' });
  waiting.on('error', () => {});
  await once(waiting, 'data');
  const echoes = Array.from({ length: 12 }, async (_, i) => {
    const body = randomBytes(i === 0 ? 6_000_000 : 50_000 * i);
    const stream = session.request({ ':method': 'POST', ':path': `/echo/${String(i)}` });
    const trailers = once(stream, 'trailers') as Promise<[http2.IncomingHttpHeaders]>;
    stream.end(body);
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    expect(sum(Buffer.concat(chunks))).toBe(sum(body));
    expect((await trailers)[0]['x-sum']).toBe(sum(body));
    return body;
  });
  const refused = session.request({ ':path': '/reset' });
  const [error] = (await once(refused, 'error')) as [Error];
  expect(error.message).toContain('ENHANCE_YOUR_CALM');
  const bodies = await Promise.all(echoes);
  for (const [i, body] of bodies.entries()) {
    const pair = await sink.done((one) => requestLine(one) === `POST /echo/${String(i)} HTTP/2`);
    expect([pair.requestPayloadBytes, pair.responsePayloadBytes]).toEqual([body.length, body.length]);
    expect(pair.requestBody.equals(body.subarray(0, kept))).toBe(true);
    expect(pair.responseBody.equals(body.subarray(0, kept))).toBe(true);
    expect(String(pair.responseHead)).toContain(`\r\n\r\nx-sum: ${sum(body)}\r\n\r\n`);
  }
  const failed = await sink.failed('upstream-reset');
  expect(failed.extra.failure?.detail).toBe('The server reset the stream (ENHANCE_YOUR_CALM).');
  const stillOpen = await sink.find((pair) => pair.state === 'open' && requestLine(pair) === 'GET /open HTTP/2');
  expect(String(stillOpen.responseBody)).toBe('so far');
  waiting.close(http2.constants.NGHTTP2_CANCEL);
  expect((await sink.failed('client-reset')).id).toBe(stillOpen.id);
});

test('every byte passes as it was sent, whatever is made of it', async () => {
  const sent = Buffer.concat([
    hello,
    frame(0xee, 0xff, 7, 'unknown'),
    get(1),
    data(3, 'on no stream, so that nothing more is read'),
    frame(0, PADDED, 3, '\x05x\0\0\0\0\0'),
    get(3),
  ]);
  const answer = Buffer.concat([settings, ok(1), data(1, 'hello', END_STREAM), frame(6, 0, 0, '12345678')]);
  let seen = Buffer.alloc(0);
  const { port } = await startServer((socket) => {
    socket.on('data', (bytes: Buffer) => {
      seen = Buffer.concat([seen, bytes]);
      if (seen.length === sent.length) socket.end(answer);
    });
  });
  const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
  const client = await open(inPort);
  client.write(sent);
  expect((await read(client, answer.length)).equals(answer)).toBe(true);
  expect(seen.equals(sent)).toBe(true);
  client.end();
  expect((await sink.failed('not-decoded')).extra.failure?.detail).toContain('never opened');
  const row = await sink.done((pair) => pair.extra.summary?.command === 'CONNECTION');
  expect(row.responseWireBytes).toBe(answer.length);
});
