import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { limits } from '../../proxy-core/limits.ts';
import { cleanUp, open, read, readAll, readHead, startServer, startTestCapture } from './support.ts';

afterEach(cleanUp);

const size = 12_000_000;
const kept = 2_500_000;

/** Reads to the end, with a rest after every so many bytes. */
async function readSlowly(socket: Socket, every: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(Buffer.from(chunk));
    if (Math.floor((total + chunk.length) / every) > Math.floor(total / every))
      await new Promise((resolve) => setTimeout(resolve, 5));
    total += chunk.length;
  }
  return Buffer.concat(chunks);
}

/** In chunks of changing size. */
function chunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0, length = 1; at < body.length; at += length, length = (length * 7) % 200_003) {
    const part = body.subarray(at, at + length);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

describe('large bodies pass unharmed, and what is kept of them is what passed', () => {
  // Memory of reads is used again while this goes on: a mistake there would show as wrong bytes on either side.
  test.each([
    ['with their length', (body: Buffer) => ({ head: `Content-Length: ${body.length}`, wire: body })],
    ['in chunks', (body: Buffer) => ({ head: 'Transfer-Encoding: chunked', wire: chunked(body) })],
    ['to the end of the connection', (body: Buffer) => ({ head: 'Connection: close', wire: body })],
  ])('downloads %s, to fast and slow readers at once', async (_name, frame) => {
    const bodies = Array.from({ length: 4 }, () => frame(randomBytes(size)));
    const { port } = await startServer((socket) => {
      void (async () => {
        const head = await readHead(socket);
        const { head: framing, wire } = bodies[Number(/GET \/(\d)/.exec(head)?.[1])] as { head: string; wire: Buffer };
        socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n`);
        socket.end(wire);
      })();
    });
    const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } }, { bodyKeptBytes: kept });
    const received = await Promise.all(
      bodies.map(async (_, i) => {
        const client = await open(inPort);
        client.write(`GET /${i} HTTP/1.1\r\nHost: a\r\n\r\n`);
        await readHead(client);
        const body = i % 2 === 0 ? await readAll(client) : await readSlowly(client, 700_000);
        client.end();
        return body;
      }),
    );
    for (const [i, { wire }] of bodies.entries()) {
      expect(received[i]?.equals(wire)).toBe(true);
      const pair = await sink.done((one) => String(one.requestHead).startsWith(`GET /${i} `));
      expect(pair).toMatchObject({
        responseWireBytes: wire.length,
        responsePayloadBytes: size,
        responseTruncated: true,
        bodyShed: false,
      });
      expect(pair.responseCrc32).toBe(crc32(wire));
      expect(pair.responseBody.equals(wire.subarray(0, kept))).toBe(true);
    }
  });

  test('uploads, to a server that takes its time', async () => {
    const body = randomBytes(size);
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    const { port } = await startServer((socket) => {
      void readSlowly(socket, 700_000).then((bytes) => {
        resolve(bytes);
        socket.end('HTTP/1.1 204 No Content\r\n\r\n');
      });
    });
    const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
    const client = await open(inPort);
    const head = `PUT /up HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`;
    client.write(head);
    client.end(body);
    expect((await promise).equals(Buffer.concat([Buffer.from(head), body]))).toBe(true);
    expect(await readHead(client)).toMatch(/^HTTP\/1.1 204/);
    const pair = await sink.done();
    expect(pair).toMatchObject({ requestWireBytes: size, requestTruncated: true });
    expect(pair.requestBody.equals(body.subarray(0, limits.bodyKeptBytes))).toBe(true);
    expect(pair.requestCrc32).toBe(crc32(body));
  });

  test('kept whole when they are below the limit', async () => {
    const body = randomBytes(5_000_000);
    const { port } = await startServer((socket) => {
      socket.once('data', () =>
        socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body])),
      );
    });
    const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
    const client = await open(inPort);
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await readHead(client);
    expect((await read(client, body.length)).equals(body)).toBe(true);
    const pair = await sink.done();
    expect(pair.responseTruncated).toBe(false);
    expect(pair.responseBody.equals(body)).toBe(true);
  });
});

test('half a ClientHello is passed on when the rest does not come', async () => {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const { port } = await startServer(resolve);
  const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
  const client = await open(inPort);
  const half = Buffer.from([0x16, 3, 1, 2, 0, 1]);
  const startedAt = performance.now();
  client.write(half);
  expect(await read(await promise, half.length)).toEqual(half);
  expect(performance.now() - startedAt).toBeGreaterThan(limits.sniffMillis - 100);
  client.end();
  (await promise).end();
  await once(client, 'close');
  expect((await sink.done()).requestWireBytes).toBe(half.length);
});

test('half a ClientHello and the end of the client are passed on at once', async () => {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const { port } = await startServer(resolve);
  const { inPort } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
  const client = await open(inPort);
  client.end(Buffer.from([0x16, 3, 1]));
  expect(await readAll(await promise)).toEqual(Buffer.from([0x16, 3, 1]));
});
