import * as http2 from 'node:http2';
import { describe, expect, test } from 'vitest';
import { startServerProcess } from '../../e2e/support/servers.ts';
import {
  answerHttp,
  connectThrough,
  onCleanUp,
  open,
  requestLine,
  run,
  secure,
  socks5Through,
  startServer,
  startTestCapture,
} from '../capture/support.ts';
import { certificates, useCertificates } from '../capture/tls-support.ts';
import { listenHttp2 } from './support/http2-server.ts';

useCertificates();

type OnStream = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;

/** An application that speaks HTTP/2; in the clear, where it is given no certificate. */
async function startApp(onStream: OnStream, tls: http2.SecureServerOptions | null = null): Promise<number> {
  const server = tls === null ? http2.createServer() : http2.createSecureServer(tls);
  server.on('stream', onStream);
  server.on('request', (request: { httpVersion: string }, response: { end(text: string): void }) => {
    if (request.httpVersion === '1.1') response.end('one');
  });
  return await listenHttp2(server);
}

function connect(url: string, options: http2.SecureClientSessionOptions = {}): http2.ClientHttp2Session {
  const session = http2.connect(url, options);
  onCleanUp(() => session.destroy());
  return session;
}

async function bodyOf(stream: http2.ClientHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('what Node says in HTTP/2 through the reverse listener is a pair', async () => {
  const port = await startApp((stream) => {
    stream.respond({ ':status': 201, 'content-type': 'text/plain' });
    stream.end('made');
  });
  const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
  const asked = connect(`http://127.0.0.1:${String(inPort)}`).request({
    ':method': 'POST',
    ':path': '/things?x=1',
    'content-type': 'application/json',
  });
  asked.end('{"a":1}');
  expect(String(await bodyOf(asked))).toBe('made');
  const pair = await sink.done();
  expect(requestLine(pair)).toBe('POST /things?x=1 HTTP/2');
  expect(String(pair.requestHead)).toContain(`\r\n:authority: 127.0.0.1:${String(inPort)}\r\n`);
  expect(String(pair.requestBody)).toBe('{"a":1}');
  expect(String(pair.responseHead)).toMatch(/^HTTP\/2 201\r\n/);
  expect(String(pair.responseBody)).toBe('made');
});

function echo(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders): void {
  stream.respond({ ':status': 200, 'x-asked': String(headers[':path']) });
  stream.pipe(stream);
}

async function ask(session: http2.ClientHttp2Session, path: string, body: Buffer | string): Promise<Buffer> {
  const stream = session.request({ ':method': 'POST', ':path': path });
  stream.end(body);
  return bodyOf(stream);
}

function own(): http2.SecureServerOptions {
  return { key: certificates().key, cert: certificates().cert };
}

describe('inside of TLS', () => {
  test('a client of a tunnel gets h2 where the server speaks it', async () => {
    const port = await startApp(echo, own());
    const capture = await startTestCapture({ extraCaPem: [certificates().ca] });
    for (const through of [connectThrough, socks5Through]) {
      const tunnel = await through(capture.outPort, 'localhost', port);
      const alpn = { ca: capture.authority.pem, servername: 'localhost', ALPNProtocols: ['h2', 'http/1.1'] };
      const socket = await secure(tunnel, alpn);
      expect(socket.alpnProtocol).toBe('h2');
      const session = connect(`https://localhost:${String(port)}`, { createConnection: () => socket });
      expect(String(await ask(session, `/${through.name}`, 'hello'))).toBe('hello');
      const pair = await capture.sink.done((one) => requestLine(one) === `POST /${through.name} HTTP/2`);
      expect(pair.connection).toMatchObject({ protocol: 'https', clientTls: { alpn: 'h2' }, upstreamTls: { alpn: 'h2' } });
      expect(String(pair.responseBody)).toBe('hello');
    }
  });

  test('the reverse listener offers the application what its client offers', async () => {
    const port = await startApp(echo, { ...own(), allowHTTP1: true });
    const capture = await startTestCapture({
      app: { tls: true, host: 'localhost', port },
      extraCaPem: [certificates().ca],
    });
    const secured = connect(`https://localhost:${String(capture.inPort)}`, { ca: capture.authority.pem });
    expect(String(await ask(secured, '/tls', 'a'))).toBe('a');
    const plain = connect(`http://localhost:${String(capture.inPort)}`);
    expect(String(await ask(plain, '/plain', 'b'))).toBe('b');
    const curl = ['-sS', '--cacert', capture.authority.caPath, `https://localhost:${String(capture.inPort)}/one`];
    expect(await run('curl', [...curl, '--http1.1', '-o', '/dev/null', '-w', '%{http_version}'])).toMatchObject({ stdout: '1.1' });
    await capture.sink.done((pair) => requestLine(pair) === 'GET /one HTTP/1.1');
    const found = capture.sink.all().map((pair) => [requestLine(pair), pair.connection.upstreamTls?.alpn]);
    expect(found).toEqual([
      ['POST /tls HTTP/2', 'h2'],
      ['POST /plain HTTP/2', 'h2'],
      ['GET /one HTTP/1.1', 'http/1.1'],
    ]);
  });

  test('a client that takes nothing but h2 reaches an application in the clear, also one that speaks first', async () => {
    const port = await startApp(echo);
    const capture = await startTestCapture({ app: { tls: false, host: 'localhost', port } });
    const socket = await open(capture.inPort);
    // In this time the application says its SETTINGS. The client would take them for TLS.
    await new Promise((resolve) => {
      setTimeout(resolve, 30);
    });
    const secured = await secure(socket, { ca: capture.authority.pem, servername: 'localhost', ALPNProtocols: ['h2'] });
    const session = connect(`https://localhost:${String(capture.inPort)}`, { createConnection: () => secured });
    expect(String(await ask(session, '/', 'x'))).toBe('x');
    expect((await capture.sink.done()).connection).toMatchObject({
      protocol: 'https',
      clientTls: { alpn: 'h2' },
      upstreamTls: null,
    });
  });
});

describe('by upgrade from HTTP/1', () => {
  test('the request is one pair, answered in HTTP/2, and others follow on the connection', async () => {
    const { port: behind } = await startServer((socket) => answerHttp(socket));
    const server = await startServerProcess('nghttpx', (port) => ({
      program: 'nghttpx',
      args: ['--conf=/dev/null', `-f127.0.0.1,${String(port)};no-tls`, `-b127.0.0.1,${String(behind)}`, '--workers=1'],
    }));
    onCleanUp(() => server.stop());
    const capture = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port } });
    const base = `http://127.0.0.1:${String(capture.inPort)}`;
    const curl = await run('curl', ['-sS', '--http2', '-w', '%{http_version} ', `${base}/a`, `${base}/b`]);
    expect(curl.stdout).toBe('GET /a 2 GET /b 2 ');
    const first = await capture.sink.done((pair) => requestLine(pair) === 'GET /a HTTP/1.1');
    expect(String(first.responseHead)).toMatch(/^HTTP\/1\.1 101 [^\r]*\r\n[^]*\r\n\r\nHTTP\/2 200\r\n/);
    expect(String(first.responseBody)).toBe('GET /a ');
    expect(first.extra.failure).toBeUndefined();
    const second = await capture.sink.done((pair) => requestLine(pair) === 'GET /b HTTP/2');
    expect(String(second.responseBody)).toBe('GET /b ');
    const large = 'x'.repeat(6_000);
    // What is asked may have a body too, sent in HTTP/1.
    const sent = await run('curl', ['-sS', '--http2', '--data-raw', large, '-H', 'Expect:', `${base}/c`]);
    expect(sent.stdout).toBe(`POST /c ${large}`);
    const third = await capture.sink.done((pair) => requestLine(pair).startsWith('POST /c HTTP/'));
    expect([third.requestBody.length, String(third.responseBody) === sent.stdout]).toEqual([6_000, true]);
  });

  test('a server that declines answers in HTTP/1, and stays there', async () => {
    const { port } = await startServer((socket) => answerHttp(socket));
    const capture = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
    const { stdout } = await run('curl', ['-sS', '--http2', `http://127.0.0.1:${String(capture.inPort)}/x`]);
    expect(stdout).toBe('GET /x ');
    expect(String((await capture.sink.done()).responseHead)).toMatch(/^HTTP\/1\.1 200/);
  });
});
