import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DialFailure, DialResult } from '../../proxy-core/capture/route.ts';
import { limits } from '../../proxy-core/limits.ts';
import { refusedPort } from '../support/refused-port.ts';
import { connectTo, type RawOrigin, type RawPeer, startOrigin, startProxy, type TestProxy } from './harness.ts';

let proxy: TestProxy;
let origin: RawOrigin;
const clients: RawPeer[] = [];
/** What the next dial does instead of dialling. */
let nextDial: Promise<DialFailure> | null = null;
let onDial = (): void => undefined;

beforeAll(async () => {
  origin = await startOrigin();
  const { dial } = await import('../../proxy-core/capture/dial.ts');
  proxy = await startProxy({
    dial: (target): Promise<DialResult> => {
      const injected = nextDial;
      nextDial = null;
      onDial();
      return injected ?? dial(target, (_address, port) => port === proxy.port);
    },
  });
});

afterEach(() => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  for (const { socket } of origin.connections.splice(0)) socket.destroy();
  proxy.exchanges.splice(0);
  proxy.refused.splice(0);
});

afterAll(async () => {
  await proxy.close();
  await origin.close();
});

async function client(): Promise<RawPeer> {
  const peer = await connectTo(proxy.port);
  clients.push(peer);
  return peer;
}

async function answerTo(request: string): Promise<string> {
  const peer = await client();
  peer.send(request);
  await peer.untilEnd();
  return peer.text;
}

const get = (path = '/'): string => `GET http://${origin.host}${path} HTTP/1.1\r\nHost: ${origin.host}\r\n\r\n`;

/** A request under way, seen from both ends. */
async function underWay(request = get()): Promise<{ peer: RawPeer; server: RawPeer; inner: Socket }> {
  const accepted = once(proxy.server, 'connection') as Promise<[Socket]>;
  const peer = await client();
  const [inner] = await accepted;
  peer.send(request);
  const server = await origin.connection(0);
  await server.untilText('\r\n\r\n');
  return { peer, server, inner };
}

describe('an origin that cannot be reached', () => {
  it('that refuses is answered for with 502 and the cause', async () => {
    const port = await refusedPort();
    const request = `GET http://127.0.0.1:${port}/x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    const answer = await answerTo(request);
    expect(answer).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(answer).toContain('nothing listens on that port');
    expect(proxy.refused).toMatchObject([
      { target: { host: '127.0.0.1', port }, head: request, failure: { code: 'upstream-refused' } },
    ]);
  });

  it('whose name does not exist is answered for with 502', async () => {
    const answer = await answerTo('GET http://no-such-name.invalid/ HTTP/1.1\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 502 /);
    expect(proxy.refused).toMatchObject([{ failure: { code: 'upstream-name-not-found' } }]);
  });

  it('that does not answer in time is answered for with 504', async () => {
    nextDial = Promise.resolve({ ok: false, code: 'upstream-timeout', message: 'Too slow.' });
    const answer = await answerTo(get());
    expect(answer).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n/);
    expect(answer).toContain('\r\n\r\nToo slow.\n');
    expect(proxy.refused).toMatchObject([{ failure: { code: 'upstream-timeout' } }]);
  });

  it('that is the proxy itself is a loop', async () => {
    const answer = await answerTo(`GET http://127.0.0.1:${proxy.port}/ HTTP/1.1\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 502 /);
    expect(answer).toContain('come back to Sidetap itself');
    expect(proxy.refused).toMatchObject([{ failure: { code: 'proxy-loop' } }]);
  });

  it('gives HEAD no body', async () => {
    nextDial = Promise.resolve({ ok: false, code: 'upstream-refused', message: 'No.' });
    const answer = await answerTo(`HEAD http://${origin.host}/ HTTP/1.1\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 502 [^]*\r\nContent-Length: 4\r\n[^]*\r\n\r\n$/);
  });

  it('gives an answer to a client that is in the middle of an upload', async () => {
    nextDial = Promise.resolve({ ok: false, code: 'upstream-refused', message: 'No.' });
    const peer = await client();
    peer.send(`POST http://${origin.host}/ HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n`);
    for (let sent = 0; sent < 40; sent += 1) peer.send(Buffer.alloc(250_000));
    await peer.untilEnd();
    expect(peer.text).toMatch(/^HTTP\/1\.1 502 [^]*No\.\n$/);
    peer.socket.end();
    await peer.untilClosed();
    expect(peer.error).toBeNull();
  });

  it('through CONNECT gives 502 with the cause', async () => {
    const answer = await answerTo(`CONNECT 127.0.0.1:${await refusedPort()} HTTP/1.1\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(answer).toContain('nothing listens on that port');
  });
});

describe('an origin that breaks off', () => {
  it('with a reset before the response resets the client', async () => {
    const { peer, server } = await underWay();
    server.socket.resetAndDestroy();
    await peer.untilClosed();
    expect(peer.error?.code).toBe('ECONNRESET');
    expect(peer.text).toBe('');
    expect(proxy.exchanges).toMatchObject([{ failure: 'upstream-reset' }]);
  });

  it('with a reset in the middle of the body resets the client, after what came before', async () => {
    const { peer, server } = await underWay();
    server.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart');
    await peer.untilText('part');
    server.socket.resetAndDestroy();
    await peer.untilClosed();
    expect(peer.error?.code).toBe('ECONNRESET');
    expect(peer.ended).toBe(false);
    expect(proxy.exchanges).toMatchObject([{ failure: 'upstream-reset' }]);
  });

  it('with a reset in the middle of a chunked upload resets the client', async () => {
    const { peer, server } = await underWay(`POST http://${origin.host}/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab`);
    server.socket.resetAndDestroy();
    await peer.untilClosed();
    expect(peer.error?.code).toBe('ECONNRESET');
  });

  it('with a FIN before the response closes the client’s connection', async () => {
    const { peer, server } = await underWay();
    server.socket.end();
    await peer.untilEnd();
    expect(peer.text).toBe('');
    expect(proxy.exchanges).toMatchObject([{ failure: 'upstream-closed-early' }]);
  });

  it('with a FIN in the middle of the body closes there', async () => {
    const { peer, server } = await underWay();
    server.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart');
    server.socket.end();
    await peer.untilEnd();
    expect(peer.text).toBe('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart');
    expect(proxy.exchanges).toMatchObject([{ failure: 'upstream-closed-early' }]);
  });

  it('while idle, with bytes nobody asked for, closes the client’s connection without them', async () => {
    const { peer, server } = await underWay();
    server.send('HTTP/1.1 204 No Content\r\n\r\n');
    await peer.untilText('204');
    server.send('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    await peer.untilEnd();
    expect(peer.text).toBe('HTTP/1.1 204 No Content\r\n\r\n');
  });

  it('with more bytes than its response has closes after the response', async () => {
    const { peer, server } = await underWay();
    server.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 Smuggled\r\n\r\n');
    await peer.untilEnd();
    expect(peer.text).toBe('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
  });
});

describe('a client that breaks off', () => {
  it('while the response comes ends the upstream connection', async () => {
    const { peer, server } = await underWay();
    server.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n');
    await peer.untilText('x');
    peer.socket.destroy();
    await server.untilEnd();
    // The client is gone for good: what the origin still sends has nowhere to go.
    while (!server.closed) {
      server.send('1\r\ny\r\n');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(proxy.exchanges[0]?.failure).toMatch(/^client-(gone|reset)$/);
  });

  it('with a reset resets the upstream connection', async () => {
    const { peer, server } = await underWay();
    peer.socket.resetAndDestroy();
    await server.untilClosed();
    expect(server.error?.code).toBe('ECONNRESET');
    expect(proxy.exchanges).toMatchObject([{ failure: 'client-reset' }]);
  });

  it('in the middle of its upload passes its end on', async () => {
    const { peer, server } = await underWay(`POST http://${origin.host}/ HTTP/1.1\r\nContent-Length: 10\r\n\r\n123`);
    await server.untilText('123');
    peer.socket.end();
    await server.untilEnd();
    expect(server.text).toMatch(/\r\n\r\n123$/);
  });

  it('while its origin is dialled is recorded', async () => {
    const { promise, resolve } = Promise.withResolvers<DialFailure>();
    nextDial = promise;
    const dialling = new Promise<void>((asked) => {
      onDial = asked;
    });
    const accepted = once(proxy.server, 'connection') as Promise<[Socket]>;
    const peer = await client();
    const [inner] = await accepted;
    peer.send(get());
    await dialling;
    const closed = new Promise((resolve) => inner.once('close', resolve));
    peer.socket.resetAndDestroy();
    await closed;
    resolve({ ok: false, code: 'client-gone', message: '' });
    await expect.poll(() => proxy.refused).toMatchObject([{ failure: { code: 'client-gone' } }]);
  });
});

describe('what is no request for a proxy', () => {
  it('a website’s request gets a page that explains', async () => {
    const answer = await answerTo(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: text\/plain; charset=utf-8\r\n/);
    expect(answer).toContain('This is Sidetap, an HTTP proxy.');
    expect(answer).toContain(`curl -x http://127.0.0.1:${proxy.port} http://example.com/`);
  });

  it.each([
    ['GET ftp://host/x HTTP/1.1\r\n\r\n', 501, 'ftp'],
    ['GET http:// HTTP/1.1\r\n\r\n', 400, 'where to connect'],
    ['GET http://host:99999/ HTTP/1.1\r\n\r\n', 400, 'host:99999'],
    ['GET http://[::1/ HTTP/1.1\r\n\r\n', 400, '[::1'],
    ['GET http://a/../b@c d/ HTTP/1.1\r\n\r\n', 502, ''],
    ['nonsense\r\n\r\n', 400, 'HTTP/1.x'],
    ['GET http://host/ HTTP/2.0\r\n\r\n', 400, 'HTTP/1.x'],
    ['OPTIONS * HTTP/1.1\r\n\r\n', 400, 'an HTTP proxy'],
  ])('%j gets %i', async (request, status, text) => {
    nextDial = Promise.resolve({ ok: false, code: 'upstream-unreachable', message: 'No.' });
    const answer = await answerTo(request);
    nextDial = null;
    expect(answer.slice(0, 13)).toBe(`HTTP/1.1 ${status} `);
    expect(answer).toContain(text);
  });

  it('a head beyond the limit gets 431', async () => {
    const peer = await client();
    peer.send(`GET http://${origin.host}/ HTTP/1.1\r\n`);
    const line = `X: ${'x'.repeat(65_000)}\r\n`;
    for (let sent = 0; sent < limits.forwardHeadBytes; sent += line.length) peer.send(line);
    await peer.untilEnd();
    expect(peer.text).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('a head that never ends gets 408', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const accepted = once(proxy.server, 'connection') as Promise<[Socket]>;
      const peer = await client();
      const [inner] = await accepted;
      const read = once(inner, 'data');
      peer.send('GET http://host/ HT');
      await read;
      vi.advanceTimersByTime(limits.preambleMillis - 1);
      expect(inner.writableEnded).toBe(false);
      vi.advanceTimersByTime(1);
      await peer.untilEnd();
      expect(peer.text).toMatch(/^HTTP\/1\.1 408 /);
    } finally {
      vi.useRealTimers();
    }
  });

  it('a slow response is waited for, however long it takes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    try {
      const { peer, server } = await underWay();
      vi.advanceTimersByTime(24 * 3600_000);
      server.send('HTTP/1.1 204 No Content\r\n\r\n');
      await peer.untilText('204');
      vi.advanceTimersByTime(24 * 3600_000);
      peer.send(get('/later'));
      await server.untilText('/later');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('closing the front', () => {
  it('closes idle connections, lets an exchange end, and takes nothing new', async () => {
    const own = await startProxy();
    const idle = await connectTo(own.port);
    const busy = await connectTo(own.port);
    idle.send(get());
    const first = await origin.connection(0);
    await first.untilText('\r\n\r\n');
    first.send('HTTP/1.1 204 No Content\r\n\r\n');
    await idle.untilText('204');
    busy.send(get());
    const second = await origin.connection(1);
    await second.untilText('\r\n\r\n');
    const closed = own.close();
    await idle.untilEnd();
    second.send('HTTP/1.1 204 No Content\r\n\r\n');
    await busy.untilEnd();
    expect(busy.text).toBe('HTTP/1.1 204 No Content\r\n\r\n');
    busy.socket.destroy();
    idle.socket.destroy();
    await closed;
  });

  it('cuts what does not end, and records it as stopped', async () => {
    const own = await startProxy();
    const peer = await connectTo(own.port);
    peer.send(get());
    const server = await origin.connection(0);
    await server.untilText('\r\n\r\n');
    await own.close();
    await peer.untilClosed();
    expect(peer.error?.code).toBe('ECONNRESET');
    expect(own.exchanges).toMatchObject([{ failure: 'capture-stopped' }]);
  });
});
