import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../e2e/support/servers.ts';
import { limits } from '../../proxy-core/limits.ts';
import { refusedPort } from '../support/refused-port.ts';
import {
  answerHttp,
  blackHole,
  cleanUp,
  connectThrough,
  fate,
  open,
  read,
  readAll,
  readHead,
  requestLine,
  run,
  startServer,
  startTestCapture,
  type TestCapture,
  until,
} from './support.ts';

afterEach(cleanUp);

const request = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';

describe('an application that is not there', () => {
  test('HTTP clients get a 502 that names the cause', async () => {
    const port = await refusedPort();
    const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
    const client = await open(inPort);
    client.write('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc');
    const head = await readHead(client);
    expect(head).toMatch(/^HTTP\/1.1 502 Bad Gateway\r\n/);
    expect(head).toMatch(/sidetap-error: upstream-refused/i);
    expect(String(await readAll(client))).toContain(`127.0.0.1:${port}`);
    const pair = await sink.failed('upstream-refused');
    expect(requestLine(pair)).toBe('POST /x HTTP/1.1');
    expect(String(pair.requestBody)).toBe('abc');
    expect(pair.responseHead.length).toBe(0);
  });

  test('HEAD gets no body', async () => {
    const { inPort } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: await refusedPort() } });
    const client = await open(inPort);
    client.end('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(String(await readAll(client))).toMatch(/^HTTP\/1.1 502[^]*\r\n\r\n$/);
  });

  test('a request that is still being sent does not lose its answer', async () => {
    const { inPort } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: await refusedPort() } });
    const upload = ['-sS', '-o', '-', '-w', ' %{http_code}', '-T', '-', `http://127.0.0.1:${inPort}/`];
    const result = await run('sh', [
      '-c',
      `head -c 5000000 /dev/zero | curl ${upload.join(' ').replace(' %', "' %").replace('} ', "}' ")}`,
    ]);
    expect(result.stdout).toMatch(/refused.* 502$/s);
  });

  test('others get a reset', async () => {
    const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: await refusedPort() } });
    const client = await open(inPort);
    client.write(Buffer.from([1, 2, 3, 4]));
    expect(await fate(client)).toBe('ECONNRESET');
    const row = await sink.failed('upstream-refused');
    expect(row.extra.summary?.command).toBe('CONNECTION');
    expect(row.requestWireBytes).toBe(4);
  });

  test('clients that say nothing get a reset after a while', async () => {
    const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: await refusedPort() } });
    const startedAt = performance.now();
    expect(await fate(await open(inPort))).toBe('ECONNRESET');
    expect(performance.now() - startedAt).toBeGreaterThan(limits.sniffMillis - 100);
    await sink.failed('upstream-refused');
  });
});

describe('a target that cannot be had', () => {
  test('CONNECT is answered with 502, and recorded', async () => {
    const port = await refusedPort();
    const { outPort, sink } = await startTestCapture();
    await expect(connectThrough(outPort, '127.0.0.1', port)).rejects.toThrow(/502/);
    const row = await sink.failed('upstream-refused');
    expect(row.extra.summary).toEqual({ command: 'CONNECT', location: `127.0.0.1:${port}`, status: 'upstream-refused' });
  });

  test('names that do not exist', async () => {
    const { outPort, sink } = await startTestCapture();
    await expect(connectThrough(outPort, 'no-such-host.invalid', 80)).rejects.toThrow(/502/);
    await sink.failed('upstream-name-not-found');
  });

  test.each([
    ['--socks5', 'refused'],
    ['--socks4', 'refused'],
  ])('curl %s is told', async (option) => {
    const port = await refusedPort();
    const { outPort, sink } = await startTestCapture();
    const result = await run('curl', ['-sS', option, `127.0.0.1:${outPort}`, `http://127.0.0.1:${port}/`]);
    expect(result.code).toBe(97);
    await sink.failed('upstream-refused');
  });

  test('SOCKS5 replies with the code for the cause', async () => {
    const port = await refusedPort();
    const { outPort } = await startTestCapture();
    const client = await open(outPort);
    client.write(Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 255]));
    expect((await read(client, 12)).subarray(2, 4)).toEqual(Buffer.from([5, 5]));
    expect(await readAll(client)).toEqual(Buffer.alloc(0));
  });

  test('our own listener is a loop', async () => {
    const { outPort, sink } = await startTestCapture();
    await expect(connectThrough(outPort, '127.0.0.1', outPort)).rejects.toThrow(/502/);
    await expect(connectThrough(outPort, 'localhost', outPort)).rejects.toThrow(/502/);
    const result = await run('curl', [
      '-sS',
      '-w',
      '%{http_code}',
      '-x',
      `http://127.0.0.1:${outPort}`,
      `http://127.0.0.1:${outPort}/`,
    ]);
    expect(result.stdout).toMatch(/502$/);
    await sink.find(() => sink.all().filter((pair) => pair.extra.failure?.code === 'proxy-loop').length === 3);
  });
});

/** An application whose connections are given to the test. */
async function application(): Promise<{ capture: TestCapture; client: Socket; server: Socket }> {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const { port } = await startServer(resolve);
  const capture = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
  const client = await open(capture.inPort);
  return { capture, client, server: await promise };
}

describe('resets go through as resets', () => {
  test('by the server, before it answers', async () => {
    const { capture, client, server } = await application();
    client.write(request);
    await read(server, request.length);
    server.resetAndDestroy();
    expect(await fate(client)).toBe('ECONNRESET');
    expect(requestLine(await capture.sink.failed('upstream-reset'))).toBe('GET /x HTTP/1.1');
  });

  test('by the server, in a head', async () => {
    const { capture, client, server } = await application();
    client.write(request);
    await read(server, request.length);
    server.write('HTTP/1.1 200 OK\r\nConte');
    await read(client, 22);
    server.resetAndDestroy();
    expect(await fate(client)).toBe('ECONNRESET');
    await capture.sink.failed('upstream-reset');
  });

  test('by the server, in a body: what came before it arrives', async () => {
    const { capture, client, server } = await application();
    client.write(request);
    await read(server, request.length);
    const part = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf';
    server.write(part);
    expect(String(await read(client, part.length))).toBe(part);
    server.resetAndDestroy();
    expect(await fate(client)).toBe('ECONNRESET');
    const pair = await capture.sink.failed('upstream-reset');
    expect(String(pair.responseBody)).toBe('half');
  });

  test('by the server, while the connection is idle: nothing failed', async () => {
    const { capture, client, server } = await application();
    client.write(request);
    await read(server, request.length);
    server.write('HTTP/1.1 204 No Content\r\n\r\n');
    await readHead(client);
    server.resetAndDestroy();
    expect(await fate(client)).toBe('ECONNRESET');
    const pair = await capture.sink.done();
    expect(pair.extra.failure).toBeUndefined();
    expect(capture.sink.pairs.size).toBe(1);
  });

  test('by the client, waiting for its answer', async () => {
    const { capture, client, server } = await application();
    client.write(request);
    await read(server, request.length);
    client.resetAndDestroy();
    expect(await fate(server)).toBe('ECONNRESET');
    await capture.sink.failed('client-reset');
  });

  test('by the client, in its request', async () => {
    const { capture, client, server } = await application();
    const part = 'POST /x HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc';
    client.write(part);
    await read(server, part.length);
    client.resetAndDestroy();
    expect(await fate(server)).toBe('ECONNRESET');
    const pair = await capture.sink.failed('client-reset');
    expect(String(pair.requestBody)).toBe('abc');
  });

  test('by the client, before it said anything', async () => {
    const { capture, client, server } = await application();
    client.resetAndDestroy();
    expect(await fate(server)).toBe('ECONNRESET');
    expect(capture.capture.connections()).toBe(0);
  });
});

describe('ends go through as ends', () => {
  test('the server closes in a body', async () => {
    const { capture, client, server } = await application();
    client.write(request);
    await read(server, request.length);
    server.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    expect(String(await readAll(client))).toMatch(/half$/);
    client.end();
    await capture.sink.failed('upstream-closed-early');
  });

  test('the client closes and the server with it', async () => {
    const { capture, client, server } = await application();
    client.write(request);
    await read(server, request.length);
    client.destroy();
    expect(await readAll(server)).toEqual(Buffer.alloc(0));
    server.end();
    await capture.sink.failed('client-gone');
  });

  test('the client vanishes while its upstream is being dialled', async () => {
    const { inPort, sink, capture } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: await blackHole() } });
    const client = await open(inPort);
    client.write(request);
    await until(() => capture.connections() === 1);
    client.resetAndDestroy();
    const pair = await sink.failed('client-reset');
    expect(requestLine(pair)).toBe('GET /x HTTP/1.1');
    await until(() => capture.connections() === 0);
  });
});

describe('stopping', () => {
  test('closes idle connections at once and lets open exchanges finish', async () => {
    const { capture, client, server } = await application();
    const idle = await open(capture.inPort);
    client.write(request);
    await read(server, request.length);
    const stopped = capture.capture.stop();
    expect(await fate(idle)).toBe('closed');
    server.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    expect(String(await readAll(client))).toMatch(/ok$/);
    client.end();
    await stopped;
    capture.recorder.flush();
    expect((await capture.sink.done()).extra.failure).toBeUndefined();
  });

  test('cuts what does not end in time, and says so', async () => {
    const { capture, client, server } = await application();
    client.write(request);
    await read(server, request.length);
    const gone = fate(client);
    await capture.capture.stop();
    await gone;
    expect(requestLine(await capture.sink.failed('capture-stopped'))).toBe('GET /x HTTP/1.1');
    expect(capture.capture.connections()).toBe(0);
    // Nobody listens any more.
    const late = connect(capture.inPort, '127.0.0.1');
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  test('twice is once', async () => {
    const { capture } = await startTestCapture();
    await Promise.all([capture.stop(), capture.stop()]);
  });
});

describe('what keeps capture from starting', () => {
  test('a port in use: the process that holds it is named', async () => {
    const { port } = await startServer(() => {});
    await expect(startTestCapture({ app: { tls: false, host: '127.0.0.1', port: 1 }, inPort: port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringMatching(new RegExp(`${port} is already in use by node .*\\(pid ${process.pid}\\).*--in-port`)),
    });
    await expect(startTestCapture({ outPort: port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining('--out-port'),
    });
  });

  test('an address that is not ours', async () => {
    await expect(startTestCapture({ bind: '192.0.2.1' })).rejects.toMatchObject({ code: 'address-not-local' });
    await expect(startTestCapture({ bind: 'no-such-host.invalid' })).rejects.toMatchObject({ code: 'address-not-local' });
  });

  test('one port for both listeners', async () => {
    const port = await freePort();
    const app = { tls: false, host: '127.0.0.1', port: 1 };
    await expect(startTestCapture({ app, inPort: port, outPort: port })).rejects.toMatchObject({ code: 'bad-usage' });
  });

  test('an application that would be Sidetap itself', async () => {
    const port = await freePort();
    for (const host of ['localhost', '127.0.0.1']) {
      await expect(startTestCapture({ app: { tls: false, host, port }, inPort: port })).rejects.toMatchObject({
        code: 'proxy-loop',
      });
      await expect(startTestCapture({ app: { tls: false, host, port }, outPort: port })).rejects.toMatchObject({
        code: 'proxy-loop',
      });
    }
  });

  test('when the second listener fails, the first is closed again', async () => {
    const free = await freePort();
    const { port } = await startServer(() => {});
    await expect(
      startTestCapture({ app: { tls: false, host: '127.0.0.1', port: 1 }, inPort: free, outPort: port }),
    ).rejects.toThrow();
    const { inPort } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: 1 }, inPort: free });
    expect(inPort).toBe(free);
  });
});

describe('what strangers send to the outbound listener', () => {
  test.each([
    ['SOCKS5 with a way of signing in that is not supported', Buffer.from([5, 1, 9]), Buffer.from([5, 0xff])],
    ['SOCKS4 BIND', Buffer.from([4, 2, 0, 80, 127, 0, 0, 1, 0]), Buffer.from([0, 0x5b, 0, 0, 0, 0, 0, 0])],
  ])('%s is refused', async (_name, sent, answer) => {
    const { outPort } = await startTestCapture();
    const client = await open(outPort);
    client.write(sent);
    expect(await readAll(client)).toEqual(answer);
  });

  test('an endless SOCKS preamble is cut off', async () => {
    const { outPort } = await startTestCapture();
    const client = await open(outPort);
    client.write(Buffer.concat([Buffer.from([4, 1, 0, 80, 0, 0, 0, 1]), Buffer.alloc(limits.preambleBytes + 1, 'x')]));
    expect(['closed', 'ECONNRESET', 'EPIPE']).toContain(await fate(client));
  });
});

test('curl reaches an application through every way in', async () => {
  const { port } = await startServer(answerHttp);
  const { inPort, outPort, sink } = await startTestCapture({ app: { tls: false, host: 'localhost', port } });
  const url = `http://localhost:${port}/way`;
  const proxy = `127.0.0.1:${outPort}`;
  const ways: [string[], string][] = [
    [[`http://localhost:${inPort}/way`], 'reverse'],
    [['-x', `http://${proxy}`, url], 'http-proxy'],
    [['-p', '-x', `http://${proxy}`, url], 'connect'],
    [['--socks4', proxy, url], 'socks4'],
    [['--socks4a', proxy, url], 'socks4'],
    [['--socks5', proxy, url], 'socks5'],
    [['--socks5-hostname', proxy, url], 'socks5'],
    [['--socks5-hostname', `me:secret@${proxy}`, url], 'socks5'],
  ];
  for (const [args, entry] of ways) {
    expect(await run('curl', ['-sS', '-d', 'ping', ...args])).toMatchObject({ code: 0, stdout: 'POST /way ping' });
    const pair = await sink.done();
    expect(pair.connection).toMatchObject({ entry, protocol: 'http', upstreamPort: port });
    // Plain SOCKS clients look the name up themselves.
    const named = args[0] !== '--socks4' && args[0] !== '--socks5';
    expect(pair.connection.upstreamHost).toBe(named ? 'localhost' : '127.0.0.1');
    expect(pair.connection.direction).toBe(entry === 'reverse' ? 'in' : 'out');
    sink.pairs.clear();
  }
});
