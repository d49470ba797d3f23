import { type ExecFileOptions, execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import {
  cleanUp,
  makeCertificates,
  onCleanUp,
  open,
  readAll,
  requestLine,
  startTestCapture,
  type TestCapture,
} from '../capture/support.ts';
import { gitBackend } from './git-backend.ts';
import { listen } from './harness.ts';

/** Programs that people use, through the whole outbound port: the absolute-form path and CONNECT. */

afterEach(cleanUp);

const execute = promisify(execFile);

async function run(command: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> {
  const { stdout } = await execute(command, args, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, timeout: 25_000, ...options });
  return String(stdout);
}

/** Without the proxy settings of whoever runs the tests. */
function environment(extra: Record<string, string>): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', LANG: 'C.UTF-8', ...extra };
}

async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'sidetap-clients-'));
  onCleanUp(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function startHttp(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  host = '127.0.0.1',
): Promise<number> {
  const server = createServer(handler);
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return (await listen(server, host)).port;
}

/** Answers with what it was asked, as JSON. */
function echo(request: IncomingMessage, response: ServerResponse): void {
  const hash = createHash('sha256');
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    length += chunk.length;
  });
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/json');
    response.end(
      JSON.stringify({
        method: request.method,
        url: request.url,
        headers: request.rawHeaders,
        length,
        sha256: hash.digest('hex'),
        trailers: request.rawTrailers,
      }),
    );
  });
}

function dateless(text: string): string {
  return text.replace(/^Date: .*$/m, 'Date');
}

interface Echo {
  method: string;
  url: string;
  headers: string[];
  length: number;
  sha256: string;
  trailers: string[];
}

function parseEcho(text: string): Echo {
  return JSON.parse(text) as Echo;
}

async function start(host?: string): Promise<TestCapture & { proxy: string; port: number }> {
  const capture = await startTestCapture();
  return { ...capture, proxy: `http://127.0.0.1:${capture.outPort}`, port: await startHttp(echo, host) };
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('curl', () => {
  it('gets what it would get without a proxy', async () => {
    const { proxy, port, sink } = await start();
    const args = ['-sS', '-i', '-H', 'X-Odd:  case ', '-H', 'x-odd: two', `http://localhost:${port}/a%20b?c=d`];
    const env = environment({});
    const direct = await run('curl', args, { env });
    const proxied = await run('curl', ['-x', proxy, ...args], { env });
    expect(dateless(proxied)).toBe(dateless(direct));
    const pair = await sink.done();
    expect(requestLine(pair)).toBe('GET /a%20b?c=d HTTP/1.1');
    expect(pair.connection).toMatchObject({
      direction: 'out',
      entry: 'http-proxy',
      protocol: 'http',
      upstreamHost: 'localhost',
      upstreamPort: port,
    });
  });

  it('uploads 30 MB, with a length and in chunks', async () => {
    const { proxy, port } = await start();
    const file = join(await temporaryDirectory(), 'upload');
    const bytes = randomBytes(30 * 1024 * 1024);
    await writeFile(file, bytes);
    for (const extra of [[], ['-H', 'Transfer-Encoding: chunked'], ['-H', 'Expect: 100-continue']]) {
      const seen = parseEcho(
        await run('curl', ['-sS', '-x', proxy, '-T', file, ...extra, `http://127.0.0.1:${port}/`], { env: environment({}) }),
      );
      expect(seen).toMatchObject({ method: 'PUT', length: bytes.length, sha256: sha256(bytes) });
    }
  });

  it('downloads 30 MB', async () => {
    const { outPort, sink } = await startTestCapture();
    const bytes = randomBytes(30 * 1024 * 1024);
    const port = await startHttp((_request, response) => response.end(bytes));
    const file = join(await temporaryDirectory(), 'download');
    await run('curl', ['-sS', '-x', `http://127.0.0.1:${outPort}`, '-o', file, `http://127.0.0.1:${port}/`], {
      env: environment({}),
    });
    expect(sha256(await readFile(file))).toBe(sha256(bytes));
    expect(await sink.done()).toMatchObject({ responseTruncated: true, responsePayloadBytes: bytes.length });
  });

  it('keeps its connection over several requests, HEAD among them', async () => {
    const { proxy, port, sink } = await start();
    const url = `http://127.0.0.1:${port}`;
    const args = ['-sS', '-x', proxy, '-o', '/dev/null', `${url}/1`, '--next', '-sS', '-x', proxy, '-I', `${url}/2`];
    const output = await run('curl', [...args, '-w', '%{num_connects}', '--next', '-sS', '-x', proxy, `${url}/3`], {
      env: environment({}),
    });
    expect(output).toContain('HTTP/1.1 200 OK');
    expect(output).toContain('"url":"/3"');
    await sink.done((pair) => requestLine(pair).includes('/3'));
    expect(new Set(sink.all().map((pair) => pair.connection.id)).size).toBe(1);
  });

  it('reaches IPv6 literals', async () => {
    const { proxy, port } = await start('::1');
    for (const extra of [[], ['--proxytunnel']]) {
      const seen = parseEcho(
        await run('curl', ['-sS', '-g', '-x', proxy, ...extra, `http://[::1]:${port}/six`], { env: environment({}) }),
      );
      expect(seen.url).toBe('/six');
      expect(seen.headers.slice(0, 2)).toEqual(['Host', `[::1]:${port}`]);
    }
  });

  it('is told why an origin cannot be reached', async () => {
    const { outPort, sink } = await startTestCapture();
    const text = await run('curl', ['-sS', '-x', `http://127.0.0.1:${outPort}`, '-w', '%{http_code}', 'http://127.0.0.1:1/'], {
      env: environment({}),
    });
    expect(text).toMatch(/nothing listens on that port[^]*502$/);
    const pair = await sink.failed('upstream-refused');
    expect(pair.connection).toMatchObject({ entry: 'http-proxy', upstreamHost: '127.0.0.1', upstreamPort: 1 });
    expect(requestLine(pair)).toBe('GET http://127.0.0.1:1/ HTTP/1.1');
  });
});

it('wget follows http_proxy', async () => {
  const { proxy, port, sink } = await start();
  const output = await run('wget', ['-q', '-O', '-', `http://localhost:${port}/w`], { env: environment({ http_proxy: proxy }) });
  const seen = parseEcho(output);
  expect(seen.url).toBe('/w');
  expect(seen.headers).not.toContain('Proxy-Connection');
  expect(requestLine(await sink.done())).toBe('GET /w HTTP/1.1');
});

it('Python’s urllib follows http_proxy', async () => {
  const { proxy, port, sink } = await start();
  const program = `import urllib.request; print(urllib.request.urlopen("http://localhost:${port}/py", data=b"hello").read().decode())`;
  const seen = parseEcho(await run('python3', ['-c', program], { env: environment({ http_proxy: proxy, no_proxy: '' }) }));
  expect(seen).toMatchObject({ method: 'POST', url: '/py', length: 5 });
  expect(requestLine(await sink.done())).toBe('POST /py HTTP/1.1');
});

it('Node’s fetch and http follow NODE_USE_ENV_PROXY', async () => {
  const { proxy, port, sink } = await start();
  const program = `
    import http from 'node:http';
    const url = 'http://localhost:${port}';
    const texts = [await (await fetch(url + '/fetch')).text()];
    texts.push(await new Promise((resolve) => http.get(url + '/get', async (response) => resolve((await response.toArray()).join('')))));
    console.log(JSON.stringify(texts));`;
  const env = environment({ NODE_USE_ENV_PROXY: '1', http_proxy: proxy, HTTP_PROXY: proxy, no_proxy: '', NO_PROXY: '' });
  const texts = JSON.parse(await run(process.execPath, ['--input-type=module', '-e', program], { env })) as string[];
  expect(texts.map((text) => parseEcho(text).url)).toEqual(['/fetch', '/get']);
  await sink.done((pair) => requestLine(pair).startsWith('GET /fetch '));
  await sink.done((pair) => requestLine(pair).startsWith('GET /get '));
});

it('git clones and pushes', async () => {
  const { outPort, sink } = await startTestCapture();
  const path = await temporaryDirectory();
  const home = join(path, 'home');
  await mkdir(home);
  const env = environment({
    HOME: home,
    http_proxy: `http://127.0.0.1:${outPort}`,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b',
  });
  await run('git', ['init', '-q', '--bare', '-b', 'main', join(path, 'repo.git')], { env });
  await run('git', ['-C', join(path, 'repo.git'), 'config', 'http.receivepack', 'true'], { env });
  const port = await startHttp(await gitBackend(path));
  const work = join(path, 'work');
  await run('git', ['clone', '-q', `http://localhost:${port}/repo.git`, work], { env });
  // Large enough that git sends it in chunks (http.postBuffer is 1 MB).
  const bytes = randomBytes(5 * 1024 * 1024);
  await writeFile(join(work, 'file'), bytes);
  await run('git', ['-C', work, 'add', 'file'], { env });
  await run('git', ['-C', work, 'commit', '-q', '-m', 'one'], { env });
  await run('git', ['-C', work, 'push', '-q', 'origin', 'HEAD:main'], { env });
  await run('git', ['clone', '-q', `http://localhost:${port}/repo.git`, join(path, 'again')], { env });
  expect(sha256(await readFile(join(path, 'again', 'file')))).toBe(sha256(bytes));
  await sink.done((pair) => requestLine(pair) === 'POST /repo.git/git-receive-pack HTTP/1.1');
});

async function startHttps(extraCaPem: (ca: string) => string[]): Promise<{ capture: TestCapture; port: number }> {
  const { ca, key, cert } = await makeCertificates();
  const server = createSecureServer({ key, cert }, echo);
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = await listen(server);
  return { capture: await startTestCapture({ extraCaPem: extraCaPem(ca) }), port };
}

async function ask(outPort: number, port: number): Promise<string> {
  const socket = await open(outPort);
  socket.write(`GET https://localhost:${port}/tls HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`);
  return (await readAll(socket)).toString();
}

describe('https in absolute-form', () => {
  it('is spoken to over TLS', async () => {
    const { capture, port } = await startHttps((ca) => [ca]);
    const answer = await ask(capture.outPort, port);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('"url":"/tls"');
    const pair = await capture.sink.done();
    expect(pair.connection).toMatchObject({
      entry: 'http-proxy',
      protocol: 'https',
      upstreamTls: { version: 'TLSv1.3', alpn: 'http/1.1' },
    });
  });

  it('is refused where the certificate cannot be verified', async () => {
    const { capture, port } = await startHttps(() => []);
    const answer = await ask(capture.outPort, port);
    expect(answer).toMatch(/^HTTP\/1\.1 502 /);
    expect(answer).toContain('certificate');
    await capture.sink.failed('upstream-certificate-invalid');
  });
});

it('finds the programs that it tests with', () => {
  for (const path of ['/usr/bin/curl', '/usr/bin/wget', '/usr/bin/git']) expect(existsSync(path)).toBe(true);
});
