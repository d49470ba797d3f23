import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp } from './support/clean-up.ts';
import { Engine } from './support/engine.ts';
import { Random } from './support/random.ts';
import { get, open, serve, serveText, tunnel } from './support/sockets.ts';

/** Connections for each listener and kind of beginning. */
const rounds = 60;

let engine: Engine;
/** A server that answers whatever comes with random bytes of its own. */
let babbler: number;
let appPort: number;

beforeAll(async () => {
  appPort = await serveText();
  const random = new Random('the server');
  babbler = await serve((socket) => {
    socket.once('data', () => socket.end(random.bytes(random.below(2_000))));
  });
  engine = await Engine.start({ app: babbler });
});
afterAll(cleanUp);

/** What makes the engine look closer before the noise begins. */
const beginnings: Readonly<Record<string, (random: Random) => Buffer>> = {
  nothing: () => Buffer.alloc(0),
  'a request line': () => Buffer.from(`POST http://127.0.0.1:${babbler}/x HTTP/1.1\r\n`),
  'a request with a chunked body': () => Buffer.from('POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'),
  'a TLS record': (random) => Buffer.concat([Buffer.from([0x16, 3, random.below(5)]), random.bytes(2)]),
  'a ClientHello': () => Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
  // All that names a target names one of this machine: noise must not go out into the world.
  SOCKS5: (random) => Buffer.from([5, random.below(4)]),
  'a SOCKS5 request': (random) => Buffer.concat([Buffer.from([5, 1, 0, 5, random.below(4), 0, 1, 127, 0, 0, 1]), portBytes()]),
  'a SOCKS5 request of an unknown kind': (random) => Buffer.from([5, 1, 0, 5, 1, 0, random.pick([0, 2, 5, 255])]),
  'a SOCKS5 request for a name that is none': () => Buffer.from([5, 1, 0, 5, 1, 0, 3, 4, 0, 0x2f, 0x2e, 0xff]),
  SOCKS4: (random) => Buffer.concat([Buffer.from([4, random.below(3)]), portBytes(), Buffer.from([127, 0, 0, 1])]),
  'SOCKS4a without a name': () => Buffer.from([4, 1, 0, 80, 0, 0, 0, 1, 0, 0]),
  CONNECT: () => Buffer.from(`CONNECT 127.0.0.1:${babbler} HTTP/1.1\r\n\r\n`),
  'an upgrade': () => Buffer.from('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
};

function portBytes(): Buffer {
  return Buffer.from([babbler >> 8, babbler & 255]);
}

const listeners: Readonly<Record<string, () => Promise<Awaited<ReturnType<typeof open>>>>> = {
  inbound: () => open(engine.inPort),
  outbound: () => open(engine.outPort),
  'behind CONNECT': () => tunnel(engine.outPort, 'connect', babbler),
  'behind SOCKS5': () => tunnel(engine.outPort, 'socks5', babbler),
  API: () => open(engine.apiPort),
};

describe.each(Object.keys(listeners))('%s', (listener) => {
  test.each(Object.keys(beginnings))('random bytes after %s', async (beginning) => {
    const random = new Random(`${listener} ${beginning}`);
    const one = async (): Promise<void> => {
      const client = await listeners[listener]?.();
      const bytes = [beginnings[beginning]?.(random) ?? Buffer.alloc(0), random.bytes(random.below(3_000))];
      if (client === undefined) return;
      // Whatever becomes of the connection is right, as long as it becomes of this one only.
      client.socket.on('error', () => {});
      client.socket.write(Buffer.concat(bytes));
      if (random.below(3) === 0) client.socket.resetAndDestroy();
      else client.socket.end();
      await client.fate;
      client.socket.destroy();
    };
    for (let round = 0; round < rounds; round += 20) await Promise.all(Array.from({ length: 20 }, one));
    expect(engine.alive()).toBe(true);
  });
});

test('afterwards everything is as it was', async () => {
  const marker = '/after-the-noise';
  const through = await tunnel(engine.outPort, 'connect', appPort);
  through.socket.write(`GET ${marker} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await through.text('ok');
  await get(engine.outPort, `http://127.0.0.1:${appPort}${marker}`);
  const pairs = await engine.recorded(`path:${marker}`, 2);
  expect(pairs.map((pair) => pair.status)).toEqual(['200', '200']);
  const status = await engine.statusWhen(({ capture }) => capture.connections <= 1);
  expect(status.shed).toEqual({ pairs: 0, bodies: 0, unwritten: 0 });
  expect(status.store.problem).toBe('');
  // A defect that surfaces outside of any connection is told as a notice.
  expect(status.notices.filter((notice) => notice.level === 'error')).toEqual([]);
  expect(engine.memory().peak).toBeLessThan(300);
  // Everything recorded can be looked at.
  const all = await engine.pairs();
  for (const pair of all.filter((_, index) => index % 10 === 0)) expect((await engine.detail(pair.id)).id).toBe(pair.id);
});
