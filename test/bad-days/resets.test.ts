import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import * as tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp, onCleanUp } from './support/clean-up.ts';
import { Engine } from './support/engine.ts';
import { secureTunnel, selfSigned } from './support/secure.ts';
import { type Client, open, tunnel } from './support/sockets.ts';

/** What a server has sent when it resets the connection. */
const phases = {
  'after the head of the request': '',
  'in the middle of the head of the response': 'HTTP/1.1 200 OK\r\nContent-Le',
  'in the middle of the body': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe first half',
  'between two chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n',
  'in the middle of a chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nthe first half',
  'in the middle of a body that ends with the connection': 'HTTP/1.1 200 OK\r\n\r\nthe first half',
} as const;
type Phase = keyof typeof phases;
const names = Object.keys(phases) as Phase[];

let engine: Engine;
/** What the servers do is in the path of the request, but for the one that does not get that far. */
let port: number;
let secure: number;
let resetsAtOnce: number;

/** Resets the connection once what was written has left. */
function reset(socket: Socket, stream: Socket, sent: string): void {
  if (sent === '') socket.resetAndDestroy();
  else stream.write(sent, () => socket.resetAndDestroy());
}

function behave(stream: Socket, socket: Socket): void {
  let head = '';
  stream.on('data', (bytes: Buffer) => {
    head += bytes.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    const phase = names[Number(/\/phase-(\d)/.exec(head)?.[1])];
    if (phase !== undefined) reset(socket, stream, phases[phase]);
  });
}

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  // What Nagle's algorithm holds back, a reset throws away: here the answer, while the TLS tickets before it are not acknowledged.
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanUp(() => void server.close());
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const context = await selfSigned();
  port = await listen((socket) => behave(socket, socket));
  resetsAtOnce = await listen((socket) => socket.resetAndDestroy());
  secure = await listen((socket) => {
    const stream = new tls.TLSSocket(socket, { isServer: true, secureContext: context });
    stream.on('error', () => {});
    behave(stream, socket);
  });
  engine = await Engine.start({ app: port, args: ['--insecure-upstream'] });
});
afterAll(cleanUp);

interface Way {
  name: string;
  /** The port of the server to name. */
  upstream: () => number;
  /** What stands before the path in the start line. */
  prefix: (upstream: number) => string;
  open: (upstream: number) => Promise<Client>;
}

const ways: Way[] = [
  { name: 'reverse', upstream: () => port, prefix: () => '', open: () => open(engine.inPort) },
  {
    name: 'HTTP proxy',
    upstream: () => port,
    prefix: (upstream) => `http://127.0.0.1:${upstream}`,
    open: () => open(engine.outPort),
  },
  { name: 'CONNECT', upstream: () => port, prefix: () => '', open: (upstream) => tunnel(engine.outPort, 'connect', upstream) },
  { name: 'SOCKS5', upstream: () => port, prefix: () => '', open: (upstream) => tunnel(engine.outPort, 'socks5', upstream) },
  {
    name: 'HTTPS through CONNECT',
    upstream: () => secure,
    prefix: () => '',
    open: (upstream) => secureTunnel(engine.outPort, upstream),
  },
];

describe.each(ways)('$name: a server that resets', (way) => {
  test.each(names.map((phase) => [phase] as const))('%s', async (phase) => {
    const sent = phases[phase];
    const upstream = way.upstream();
    const path = `/phase-${names.indexOf(phase)}-${way.name.replaceAll(' ', '-')}`;
    const client = await way.open(upstream);
    client.socket.on('error', () => {});
    client.socket.write(`GET ${way.prefix(upstream)}${path} HTTP/1.1\r\nHost: app.test\r\n\r\n`);
    // A reset for a reset, and before it all that had come.
    expect(await client.fate).toBe('ECONNRESET');
    expect(client.received().toString()).toBe(sent);

    const [pair] = await engine.recorded(`path:"${path}"`);
    expect(pair).toMatchObject({ error: 'upstream-reset', state: 'done' });
    const detail = await engine.detail(pair?.id ?? 0);
    expect(detail.failure?.code).toBe('upstream-reset');
    const head = sent.indexOf('\r\n\r\n') + 4;
    if (head < 4) return;
    expect(pair?.status).toBe('200');
    const body = await engine.body(detail.id, 'response', '&form=wire');
    expect(Buffer.from(body.base64, 'base64').toString()).toBe(sent.slice(head));
  });
});

test.each(ways.slice(1, 4))('$name: a server that resets on accepting', async (way) => {
  const client = await open(engine.outPort);
  client.socket.on('error', () => {});
  const host = `127.0.0.1:${resetsAtOnce}`;
  const preamble = {
    'HTTP proxy': `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    CONNECT: `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    SOCKS5: Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, resetsAtOnce >> 8, resetsAtOnce & 255]),
  }[way.name];
  client.socket.write(preamble ?? '');
  // The system tells of it either while the connection is made, so that it can be answered for, or when it is read from.
  const how = await client.fate;
  if (way.name === 'SOCKS5') expect(how === 'ECONNRESET' || client.received()[3] === 1).toBe(true);
  else if (how !== 'ECONNRESET')
    expect(client.received().toString()).toMatch(/^HTTP\/1\.1 502 [^]*\r\nSidetap-Error: upstream-reset\r\n/);
  const entry = { 'HTTP proxy': 'http-proxy', CONNECT: 'connect', SOCKS5: 'socks5' }[way.name];
  const pairs = await engine.recorded(`error:upstream-reset host:${host}`);
  const details = await Promise.all(pairs.map((pair) => engine.detail(pair.id)));
  expect(details.map((detail) => detail.connection.entry)).toContain(entry);
});
