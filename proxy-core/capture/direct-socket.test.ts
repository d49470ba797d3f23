import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { openDirectSend } from './direct-send.ts';
import { DirectSocket, directSocket } from './direct-socket.ts';

const open: { destroy(): unknown }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.destroy();
});

/** A connection whose accepted end is direct. */
async function pair(): Promise<{ direct: Socket; far: Socket; counted: () => Promise<number> }> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [accepted] = (await once(server, 'connection')) as [Socket];
  const direct = directSocket(accepted);
  open.push(direct, far, { destroy: () => server.close() });
  const counted = (): Promise<number> => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  return { direct, far, counted };
}

test('is a socket: addresses, data, end, and the server’s count', async () => {
  const { direct, far, counted } = await pair();
  expect(direct).toBeInstanceOf(DirectSocket);
  expect(direct.remotePort).toBe(far.localPort);
  expect(await counted()).toBe(1);
  const ended = once(direct, 'end');
  far.end('hello');
  const [bytes] = (await once(direct, 'data')) as [Buffer];
  expect(String(bytes)).toBe('hello');
  await ended;
  const closed = once(direct, 'close');
  direct.end('bye');
  const [answer] = (await once(far, 'data')) as [Buffer];
  expect(String(answer)).toBe('bye');
  await closed;
  expect(await counted()).toBe(0);
});

test('what comes while nobody listens, or is put back, keeps its order', async () => {
  const { direct, far } = await pair();
  far.write('one ');
  await once(direct, 'readable');
  far.write('two ');
  direct.removeAllListeners('readable');
  direct.unshift(Buffer.from('zero '));
  far.end('three');
  let text = '';
  direct.on('data', (bytes: Buffer) => {
    text += String(bytes);
    direct.pause();
    setImmediate(() => direct.resume());
  });
  direct.resume();
  await once(direct, 'end');
  expect(text).toBe('zero one two three');
});

test('a paused socket holds its peer back', async () => {
  const { direct, far } = await pair();
  direct.pause();
  let written = 0;
  while (far.write(Buffer.alloc(1_000_000))) written += 1;
  await new Promise(setImmediate);
  expect(direct.readableLength).toBeLessThanOrEqual(2 * limits.pumpHighWaterBytes);
  expect(written).toBeLessThan(100);
});

test('bytes that are not given back stay as they are', async () => {
  const { direct, far } = await pair();
  const sent = randomBytes(20_000_000);
  const kept: Buffer[] = [];
  const copies: Buffer[] = [];
  let chunks = 0;
  direct.on('data', (bytes: Buffer) => {
    copies.push(Buffer.from(bytes));
    chunks += 1;
    // Every third chunk is kept, the others are given back at once.
    if (chunks % 3 === 0) kept.push(bytes);
    else (direct as DirectSocket).reuse();
  });
  far.end(sent);
  await once(direct, 'end');
  expect(Buffer.concat(copies).equals(sent)).toBe(true);
  const expected = copies.filter((_, i) => (i + 1) % 3 === 0);
  expect(kept.every((bytes, i) => bytes.equals(expected[i] as Buffer))).toBe(true);
});

test('a socket that connects is direct too, and may be wrapped away', async () => {
  const server = createServer((socket) => socket.end('x'.repeat(1_000)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = new DirectSocket({ noDelay: true });
  open.push(socket, { destroy: () => server.close() });
  socket.connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  let count = 0;
  socket.on('data', (bytes: Buffer) => {
    count += bytes.length;
  });
  await once(socket, 'end');
  expect(count).toBe(1_000);
  expect(directSocket(socket.destroy())).toBe(socket);
});

/** All that comes until the end. */
async function allOf(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => chunks.push(bytes));
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

test('what is passed at once goes past the stream where the system takes it, and in order where it does not', async () => {
  await openDirectSend();
  const { direct, far } = await pair();
  const socket = direct as DirectSocket;
  const throughStream: number[] = [];
  const write = socket.write.bind(socket);
  socket.write = (bytes: Buffer) => {
    throughStream.push(bytes.length);
    return write(bytes);
  };

  expect(socket.pass(Buffer.from('first '))).toBe(true);
  if (process.platform === 'linux') expect(throughStream).toEqual([]);
  const sent = [Buffer.from('first ')];
  // Nobody reads, so the system takes only some of it.
  let more = true;
  for (let index = 0; more; index += 1) {
    const chunk = randomBytes(100_000 + index);
    sent.push(chunk);
    more = socket.pass(chunk);
  }
  expect(throughStream.length).toBeGreaterThan(0);
  expect(socket.writableLength).toBeGreaterThan(0);
  const behind = Buffer.from('behind what waits');
  sent.push(behind);
  expect(socket.pass(behind)).toBe(false);

  const drained = once(socket, 'drain').then(() => {
    sent.push(Buffer.from(' and after it'));
    socket.pass(Buffer.from(' and after it'));
    socket.end();
  });
  const received = await allOf(far);
  await drained;
  expect(received.equals(Buffer.concat(sent))).toBe(true);
});

test('who is gone, or was told the end, is passed nothing, and the error is that of a write', async () => {
  await openDirectSend();
  const ended = await pair();
  ended.direct.end('bye');
  const late = once(ended.direct, 'error');
  (ended.direct as DirectSocket).pass(Buffer.from('late'));
  expect((await late)[0]).toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });

  const gone = await pair();
  gone.direct.pause();
  const reset = once(gone.direct, 'error');
  gone.far.resetAndDestroy();
  await once(gone.far, 'close');
  const timer = setInterval(() => (gone.direct as DirectSocket).pass(Buffer.from('anyone?')), 5);
  const [error] = (await reset) as [NodeJS.ErrnoException];
  clearInterval(timer);
  expect(['EPIPE', 'ECONNRESET']).toContain(error.code);
  expect((gone.direct as DirectSocket).destroyed).toBe(true);
  // Its number may be another socket's by now.
  (gone.direct as DirectSocket).pass(Buffer.from('nothing'));
});
