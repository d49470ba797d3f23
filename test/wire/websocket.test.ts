import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import type { Conversation } from '../../proxy-core/rrpair/conversation.ts';
import { messageBody } from '../../proxy-core/wire/streams.ts';
import { closing, frame } from '../../proxy-core/wire/websocket/testing/frames.ts';
import {
  cleanUp,
  connectThrough,
  makeCertificates,
  onCleanUp,
  open,
  read,
  readHead,
  secure,
  startServer,
  startTestCapture,
} from '../capture/support.ts';
import { readerOf } from './support/stream.ts';

afterEach(cleanUp);

/** Echoes, answers pings, and says hello on its own. */
async function startEcho(perMessageDeflate: boolean): Promise<number> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: perMessageDeflate ? { threshold: 0 } : false,
  });
  server.on('connection', (socket) => {
    socket.send('hello');
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  await once(server, 'listening');
  onCleanUp(() => server.close());
  return (server.address() as AddressInfo).port;
}

function brief({ messages }: Conversation): string[] {
  return messages.map(
    ({ from, kind, label, preview }) => `${from} ${[kind, label, preview].filter((word) => word !== '').join(' ')}`,
  );
}

const large = 'Sidetap reads along. '.repeat(5_000);

/** Talks until the server has echoed everything, then closes. */
async function talk(socket: WebSocket): Promise<void> {
  const next = async (): Promise<void> => void (await once(socket, 'message'));
  await next();
  for (const message of ['{"type":"first","n":1}', '{"type":"first","n":2}', large]) {
    socket.send(message);
    await next();
  }
  socket.send(Buffer.from([0, 1, 2, 255]));
  await next();
  socket.send('frag', { fin: false });
  socket.send('ments', { fin: true });
  await next();
  const pong = once(socket, 'pong');
  socket.ping('are you there?');
  await pong;
  socket.close(4001, 'done');
  await once(socket, 'close');
}

const expected = [
  'server text hello',
  'client text {"type":"first","n":1}',
  'server text {"type":"first","n":1}',
  'client text {"type":"first","n":2}',
  'server text {"type":"first","n":2}',
  `client text ${large.slice(0, 300)}`,
  `server text ${large.slice(0, 300)}`,
  'client binary 00 01 02 ff',
  'server binary 00 01 02 ff',
  'client text fragments',
  'server text fragments',
  'client ping are you there?',
  'server pong are you there?',
  'client close 4001 done',
  'server close 4001 done',
];

test.each([false, true])('messages are read in their order (compression: %s)', async (perMessageDeflate) => {
  const port = await startEcho(perMessageDeflate);
  const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
  const options: ClientOptions = { perMessageDeflate: perMessageDeflate ? { threshold: 0 } : false };
  await talk(new WebSocket(`ws://127.0.0.1:${inPort}/chat`, options));
  const pair = await sink.done();
  const { reader, conversation } = readerOf(pair);
  expect(brief(conversation)).toEqual(expected);
  expect(conversation).toMatchObject({
    kind: 'websocket',
    open: false,
    total: 15,
    fromClient: 7,
    problem: '',
    end: 'The client closed it with 4001 (a code of the application).',
  });
  expect(conversation.messages.every(({ problem, bad, atMs }) => problem === '' && !bad && atMs !== null)).toBe(true);
  const times = conversation.messages.map(({ atMs }) => atMs ?? -1);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(Buffer.from(messageBody(reader, 5, 1e6)?.base64 ?? '', 'base64').toString()).toBe(large);
  expect(conversation.messages[5]).toMatchObject({ bytes: large.length });
  if (perMessageDeflate) expect(conversation.messages[6]?.wireBytes).toBeLessThan(2_000);
  expect(pair.extra.failure).toBeUndefined();
});

test('messages inside of TLS, through CONNECT', async () => {
  const certificates = await makeCertificates();
  const https = createHttpsServer({ key: certificates.key, cert: certificates.cert });
  const server = new WebSocketServer({ server: https, perMessageDeflate: { threshold: 0 } });
  server.on('connection', (socket) => {
    socket.send('hello');
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  onCleanUp(() => {
    server.close();
    https.close();
  });
  const { port } = https.address() as AddressInfo;
  const { outPort, sink, authority } = await startTestCapture({ insecureUpstream: true });
  const tunnel = await secure(await connectThrough(outPort, 'localhost', port), {
    ca: authority.pem,
    servername: 'localhost',
    ALPNProtocols: ['http/1.1'],
  });
  await talk(
    new WebSocket(`wss://localhost:${port}/chat`, { createConnection: () => tunnel, perMessageDeflate: { threshold: 0 } }),
  );
  const pair = await sink.done((one) => one.connection.protocol === 'https');
  expect(brief(readerOf(pair).conversation)).toEqual(expected);
});

test('what is no WebSocket after all passes, and is said to be none', async () => {
  const { port } = await startServer((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nno frames at all');
      socket.on('data', (bytes) => socket.write(bytes));
      socket.on('end', () => socket.end());
    });
  });
  const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
  const client = await open(inPort);
  client.write('GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await readHead(client);
  expect(String(await read(client, 16))).toBe('no frames at all');
  client.write('nor these');
  expect(String(await read(client, 9))).toBe('nor these');
  client.destroy();
  const { conversation } = readerOf(await sink.done());
  expect(conversation.total).toBe(0);
  expect(conversation.problem).toMatch(
    /What the client sent from byte 0 on is not read.*What the server sent from byte 0 on is not read/,
  );
});

test('messages through the plain HTTP proxy, which writes the request anew', async () => {
  const port = await startEcho(false);
  const { outPort, sink } = await startTestCapture();
  const client = await open(outPort);
  const key =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  client.write(`GET http://127.0.0.1:${port}/chat HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${key}\r\n`);
  expect(await readHead(client)).toContain('101');
  await read(client, frame({ payload: 'hello' }).length);
  client.write(frame({ payload: 'echo?', masked: true }));
  expect(await read(client, 7)).toEqual(frame({ payload: 'echo?' }));
  client.write(frame({ op: 8, payload: closing(1000), masked: true }));
  await read(client, 4);
  client.end();
  expect(brief(readerOf(await sink.done()).conversation)).toEqual([
    'server text hello',
    'client text echo?',
    'server text echo?',
    'client close 1000',
    'server close 1000',
  ]);
});
