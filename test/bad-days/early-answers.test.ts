import { once } from 'node:events';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp } from './support/clean-up.ts';
import { Engine } from './support/engine.ts';
import { secureTunnel, selfSigned } from './support/secure.ts';
import { type Client, open, serve, tunnel } from './support/sockets.ts';

const answer = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 7\r\n\r\ntoo big';
const bodyBytes = 3_000_000;

let engine: Engine;
let port: number;
let secure: number;
/** Bytes of bodies that the server got, by the path of the request. */
const got = new Map<string, number>();

/** `/early/go-on` is answered after the head and read to its end, `/early/close` is answered and closed, `/early/reset` is answered and reset. */
function behave(stream: Socket, socket: Socket): void {
  let path = '';
  let text = '';
  stream.on('error', () => {});
  stream.on('data', (bytes: Buffer) => {
    if (path !== '') {
      got.set(path, (got.get(path) ?? 0) + bytes.length);
      return;
    }
    text += bytes.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return;
    path = text.split(' ')[1] ?? '';
    got.set(path, text.length - end - 4);
    stream.write(answer, () => {
      if (path.startsWith('/early/close')) stream.end();
      if (path.startsWith('/early/reset')) socket.resetAndDestroy();
    });
  });
  stream.on('end', () => stream.end());
}

beforeAll(async () => {
  const secureContext = await selfSigned();
  port = await serve((socket) => behave(socket, socket));
  secure = await serve((socket) => behave(new TLSSocket(socket, { isServer: true, secureContext }), socket));
  engine = await Engine.start({ app: port, args: ['--insecure-upstream'] });
});
afterAll(cleanUp);

const ways: Readonly<Record<string, { origin: () => string; open: () => Promise<Client> }>> = {
  reverse: { origin: () => '', open: () => open(engine.inPort) },
  CONNECT: { origin: () => '', open: () => tunnel(engine.outPort, 'connect', port) },
  HTTPS: { origin: () => '', open: () => secureTunnel(engine.outPort, secure) },
  proxy: { origin: () => `http://127.0.0.1:${port}`, open: () => open(engine.outPort) },
};

describe.each(Object.entries(ways))('%s: an answer before the request is complete', (name, way) => {
  /** Sends the head and half of the body, and gives the client once the answer has come. */
  async function half(path: string): Promise<Client> {
    const client = await way.open();
    client.socket.on('error', () => {});
    client.socket.write(`POST ${way.origin()}${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
    client.socket.write(Buffer.alloc(bodyBytes / 2));
    expect(await client.text('too big')).toBe(answer);
    return client;
  }

  test('reaches the client at once, and the rest of the request reaches the server', async () => {
    const path = `/early/go-on/${name}`;
    const client = await half(path);
    client.socket.write(Buffer.alloc(bodyBytes / 2));
    await expect.poll(() => got.get(path)).toBe(bodyBytes);
    const [pair] = await engine.recorded(`path:${path}`);
    expect(pair).toMatchObject({ status: '413', error: null, requestBytes: bodyBytes, responseBytes: 7 });
    // The answer came first, and the times say so.
    const { latencyMs, durationMs, timing } = await engine.detail(pair?.id ?? 0);
    expect(latencyMs).toBeLessThanOrEqual(durationMs ?? 0);
    expect(timing.requestMs).toBeGreaterThanOrEqual(latencyMs ?? 0);
    client.socket.destroy();
  });

  test.each(['close', 'reset'])('reaches the client although the server goes: %s', async (how) => {
    const path = `/early/${how}/${name}`;
    const client = await half(path);
    if (how === 'reset') {
      expect(await client.fate).toBe('ECONNRESET');
    } else {
      expect(await client.fate).toBe('end');
      client.socket.end();
    }
    if (!client.socket.closed) await once(client.socket, 'close');
    const [pair] = await engine.recorded(`path:${path}`);
    expect(pair).toMatchObject({ status: '413', responseBytes: 7 });
  });
});
