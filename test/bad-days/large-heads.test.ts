import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp } from './support/clean-up.ts';
import { Engine } from './support/engine.ts';
import { type Client, open, serve, tunnel } from './support/sockets.ts';

const long = `X-Long: ${'v'.repeat(1_000_000)}\r\n`;
const many = Array.from({ length: 100_000 }, (_, index) => `X-${index}: ${index}\r\n`).join('');
const fields: Readonly<Record<string, string>> = { none: '', long, many };

let engine: Engine;
let port: number;
/** Heads that the server got, in their order. */
const arrived: string[] = [];

beforeAll(async () => {
  port = await serve((socket) => {
    let chunks: Buffer[] = [];
    socket.on('data', (bytes: Buffer) => {
      chunks.push(bytes);
      // Looks at the end only: heads of megabytes come in many pieces.
      if (bytes.length >= 4 && !bytes.subarray(-4).equals(Buffer.from('\r\n\r\n'))) return;
      const text = Buffer.concat(chunks).toString('latin1');
      if (!text.endsWith('\r\n\r\n')) return;
      chunks = [];
      arrived.push(text);
      const wanted = fields[/ \S*\/\w+-(\w+)-/.exec(text)?.[1] ?? ''] ?? '';
      socket.write(Buffer.from(`HTTP/1.1 200 OK\r\n${wanted}Content-Length: 3\r\n\r\nend`));
    });
    socket.on('end', () => socket.end());
  });
  engine = await Engine.start({ app: port });
});
afterAll(cleanUp);

interface Way {
  name: string;
  origin: () => string;
  open: () => Promise<Client>;
}
const ways: Way[] = [
  { name: 'reverse', origin: () => '', open: () => open(engine.inPort) },
  { name: 'CONNECT', origin: () => '', open: () => tunnel(engine.outPort, 'connect', port) },
  { name: 'HTTP proxy', origin: () => `http://127.0.0.1:${port}`, open: () => open(engine.outPort) },
];

describe.each(ways)('$name', (way) => {
  test.each([
    ['a field of 1 MB in the request', 'long', 'none', null],
    ['a field of 1 MB in the response', 'none', 'long', null],
    ['100,000 fields in the request', 'many', 'none', 'head-too-large'],
    ['100,000 fields in the response', 'none', 'many', 'head-too-large'],
    ['100,000 fields both ways', 'many', 'many', 'head-too-large'],
  ])('%s', async (_name, ask, answer, error) => {
    const path = `/${ask}-${answer}-${way.name.replaceAll(' ', '')}`;
    const rest = `HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${fields[ask]}\r\n`;
    const client = await way.open();
    client.socket.write(`GET ${way.origin()}${path} ${rest}`);
    const expected = `HTTP/1.1 200 OK\r\n${fields[answer]}Content-Length: 3\r\n\r\nend`;
    const got = await client.bytes(expected.length);
    expect(got.equals(Buffer.from(expected)), 'the response came as it was sent').toBe(true);
    expect(arrived.at(-1) === `GET ${path} ${rest}`, 'the request arrived as it was sent').toBe(true);
    // The connection goes on, decoded or not.
    client.socket.write(`GET ${way.origin()}/none-none-again HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    await client.bytes(expected.length + 41);
    client.socket.destroy();

    const pair = (await engine.recorded('path:none-none or path:many or path:long or status:head-too-large')).find(
      (one) => one.location === path || (ask === 'many' && one.error === error && one.location === ''),
    );
    expect(pair, 'there is a pair').toBeDefined();
    expect(pair?.error).toBe(error);
    const detail = await engine.detail(pair?.id ?? 0);
    if (ask !== 'many') expect(detail.request.headBytes).toBe(Buffer.byteLength(`GET ${path} ${rest}`));
    if (error === null) {
      expect(pair?.status).toBe('200');
      expect(detail.response?.headBytes).toBe(expected.length - 3);
      const sides = [detail.request.headers, detail.response?.headers ?? []];
      expect(sides.flat().filter(([name, value]) => name === 'X-Long' && value.length === 1_000_000)).toHaveLength(1);
    } else {
      expect(detail.failure?.sentence).toMatch(/larger than the limit/);
    }
  });
});

test('a head without end is followed in little memory', async () => {
  const client = await open(engine.inPort);
  const piece = Buffer.from(many);
  const before = engine.memory().now;
  for (let count = 0; count < 60; count += 1) {
    if (!client.socket.write(piece)) await new Promise((resolve) => client.socket.once('drain', resolve));
  }
  client.socket.end('\r\n');
  await client.fate;
  expect(engine.memory().peak - before).toBeLessThan(100);
  expect(engine.alive()).toBe(true);
});
