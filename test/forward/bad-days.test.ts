import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../proxy-core/limits.ts';
import { connectTo, type RawOrigin, type RawPeer, startOrigin, startProxy, type TestProxy } from './harness.ts';

let proxy: TestProxy;
let origin: RawOrigin;
const clients: RawPeer[] = [];

beforeAll(async () => {
  proxy = await startProxy();
  origin = await startOrigin();
});

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  for (const { socket } of origin.connections.splice(0)) socket.destroy();
  // Whatever happened: the next client is served.
  const peer = await connectTo(proxy.port);
  peer.send(`GET http://${origin.host}/after HTTP/1.1\r\nHost: ${origin.host}\r\n\r\n`);
  const server = await origin.connection(0);
  await server.untilText('\r\n\r\n');
  server.send('HTTP/1.1 204 No Content\r\n\r\n');
  await peer.untilText('204');
  peer.socket.destroy();
  server.socket.destroy();
  origin.connections.splice(0);
  proxy.exchanges.splice(0);
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

it('random bytes get an answer or a reset, and never an exception', async () => {
  for (let round = 0; round < 200; round += 1) {
    const peer = await client();
    peer.send(randomBytes(1 + ((round * 131) % 3_000)));
    peer.socket.end();
    await peer.until((one) => one.ended || one.closed);
    peer.socket.destroy();
  }
  expect(proxy.exchanges).toEqual([]);
});

it('a TLS client that takes the port for an HTTPS proxy is answered at once', async () => {
  const peer = await client();
  peer.send(Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), randomBytes(500)]));
  await peer.untilEnd();
  expect(peer.text).toMatch(/^HTTP\/1\.1 400 /);
});

it('damaged requests never reach an origin as something else', async () => {
  const good = `POST http://${origin.host}/x HTTP/1.1\r\nHost: ${origin.host}\r\nContent-Length: 3\r\n\r\nabc`;
  for (let at = 0; at < good.indexOf('\r\n'); at += 1) {
    const damaged = Buffer.from(good);
    damaged[at] = 0;
    const peer = await client();
    peer.send(damaged);
    peer.socket.end();
    await Promise.race([peer.until((one) => one.ended || one.closed), origin.connection(0).then((server) => server.untilEnd())]);
    for (const server of origin.connections.splice(0)) {
      expect(server.text).toMatch(/^POST \/.* HTTP\/1\.1\r\nHost: /);
      server.socket.destroy();
    }
    peer.socket.destroy();
  }
});

it('a head of 1 MB passes', async () => {
  const peer = await client();
  const fields = `Host: ${origin.host}\r\nX-Large: ${'x'.repeat(1024 * 1024)}\r\n\r\n`;
  peer.send(`GET http://${origin.host}/ HTTP/1.1\r\n${fields}`);
  const server = await origin.connection(0);
  await server.until((one) => one.received.length >= fields.length + 16);
  expect(server.text === `GET / HTTP/1.1\r\n${fields}`).toBe(true);
  server.send(`HTTP/1.1 200 OK\r\nX-Large: ${'y'.repeat(1024 * 1024)}\r\nContent-Length: 2\r\n\r\nhi`);
  await peer.untilText('\r\n\r\nhi');
});

it('100,000 fields pass', async () => {
  const peer = await client();
  const fields = `Host: ${origin.host}\r\n${Array.from({ length: 100_000 }, (_, index) => `X-${index}: ${index}\r\n`).join('')}\r\n`;
  peer.send(`GET http://${origin.host}/ HTTP/1.1\r\n${fields}`);
  const server = await origin.connection(0);
  await server.until((one) => one.received.length >= fields.length + 16);
  expect(server.text === `GET / HTTP/1.1\r\n${fields}`).toBe(true);
  server.send(`HTTP/1.1 200 OK\r\n${'X: 1\r\n'.repeat(100_000)}Content-Length: 2\r\n\r\nhi`);
  await peer.untilText('\r\n\r\nhi');
  expect(proxy.exchanges.map((one) => one.failure)).toEqual(['head-too-large']);
});

it('a response head beyond every limit passes', async () => {
  const peer = await client();
  peer.send(`GET http://${origin.host}/ HTTP/1.1\r\nHost: ${origin.host}\r\n\r\n`);
  const server = await origin.connection(0);
  await server.untilText('\r\n\r\n');
  const size = limits.forwardHeadBytes + 100_000;
  peer.socket.removeAllListeners('data');
  let count = 0;
  const done = new Promise<void>((resolve) => {
    peer.socket.on('data', (bytes: Buffer) => {
      count += bytes.length;
      if (count >= size) resolve();
    });
  });
  server.send(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(size)}\r\n\r\n`);
  await done;
});

it('an endless stream of empty lines is not collected', async () => {
  const peer = await client();
  for (let sent = 0; sent < 100; sent += 1) peer.send('\r\n'.repeat(50_000));
  peer.send(`GET http://${origin.host}/ HTTP/1.1\r\nHost: ${origin.host}\r\n\r\n`);
  const server = await origin.connection(0);
  await server.untilText('\r\n\r\n');
  expect(server.text).toBe(`GET / HTTP/1.1\r\nHost: ${origin.host}\r\n\r\n`);
});

it('1,000 half-open clients do not keep the next from being served', async () => {
  await Promise.all(
    Array.from({ length: 1_000 }, async () => {
      const peer = await client();
      peer.send('GET http://host/ HTTP/1.1\r\nHost: ho');
    }),
  );
  const peer = await client();
  peer.send(`GET http://${origin.host}/ HTTP/1.1\r\nHost: ${origin.host}\r\n\r\n`);
  const server = await origin.connection(0);
  server.send('HTTP/1.1 204 No Content\r\n\r\n');
  await peer.untilText('204');
});

describe('an origin that resets', () => {
  const response =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\nT: 1\r\n\r\n';
  /** How far the response has come. */
  const phases = [0, 10, 25, 40, 70, 75, 80, 84, 88, 92, response.length - 1];

  it.each(phases)('after %i bytes of its response', async (length) => {
    const peer = await client();
    peer.send(`GET http://${origin.host}/ HTTP/1.1\r\nHost: ${origin.host}\r\n\r\n`);
    const server = await origin.connection(0);
    await server.untilText('\r\n\r\n');
    const part = response.slice(0, length);
    server.send(part);
    await peer.until((one) => one.received.length >= part.length);
    server.socket.resetAndDestroy();
    await peer.untilClosed();
    expect(peer.error?.code).toBe('ECONNRESET');
    expect(peer.text).toBe(part);
    expect(proxy.exchanges).toMatchObject([{ failure: 'upstream-reset', response: expect.any(String) as string }]);
  });

  it('as soon as it has accepted', async () => {
    const stopListening = origin.onConnection((peer) => peer.socket.resetAndDestroy());
    try {
      const peer = await client();
      peer.send(`GET http://${origin.host}/ HTTP/1.1\r\nHost: ${origin.host}\r\n\r\n`);
      await peer.until((one) => one.closed || one.ended);
      if (peer.ended) expect(peer.text).toMatch(/^HTTP\/1\.1 502 /);
      else expect(peer.error?.code).toBe('ECONNRESET');
    } finally {
      stopListening();
    }
  });

  it('while it is idle', async () => {
    const peer = await client();
    peer.send(`GET http://${origin.host}/ HTTP/1.1\r\nHost: ${origin.host}\r\n\r\n`);
    const server = await origin.connection(0);
    await server.untilText('\r\n\r\n');
    server.send('HTTP/1.1 204 No Content\r\n\r\n');
    await peer.untilText('204');
    server.socket.resetAndDestroy();
    await peer.untilEnd();
    expect(proxy.exchanges).toMatchObject([{ ended: true, failure: null }]);
  });
});
