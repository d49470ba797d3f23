import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp } from './support/clean-up.ts';
import { Engine, sidetap } from './support/engine.ts';
import { run } from './support/programs.ts';
import { type Client, get, open, serve, serveText, tunnel } from './support/sockets.ts';

/** Times of the engine, shortened; nothing else is. */
const times = { preambleMillis: 1_000, sniffMillis: 500, apiHeadMillis: 1_000 };
/** A pause between two bytes that is well below them. */
const drip = 100;

let engine: Engine;
let appPort: number;

beforeAll(async () => {
  appPort = await serveText();
  engine = await Engine.start({ app: appPort, limits: times });
});
afterAll(cleanUp);

/** Sends byte after byte, from the first of `bytes` and over again, until the connection ends. */
async function dribble(client: Client, bytes: Buffer): Promise<string> {
  const state = { over: false };
  const fate = client.fate.then((how) => {
    state.over = true;
    return how;
  });
  // Writing into a connection that was just closed is what this is about.
  client.socket.on('error', () => {});
  for (let at = 0; !state.over; at += 1) {
    client.socket.write(bytes.subarray(at % bytes.length, (at % bytes.length) + 1));
    await Promise.race([fate, delay(drip)]);
  }
  return fate;
}

describe('the outbound listener closes clients that never say where to', () => {
  test.concurrent.each([
    ['SOCKS5', Buffer.from([5, 255])],
    ['SOCKS4', Buffer.concat([Buffer.from([4, 1, 0, 80, 127, 0, 0, 1]), Buffer.alloc(100, 'user')])],
    ['an HTTP head', Buffer.from(`GET http://127.0.0.1/${'x'.repeat(200)}`)],
    ['a CONNECT head', Buffer.from(`CONNECT ${'x'.repeat(200)}`)],
  ])('dribbled %s', async (name, bytes) => {
    const client = await open(engine.outPort);
    const startedAt = performance.now();
    await dribble(client, bytes);
    expect(performance.now() - startedAt).toBeLessThan(8 * times.preambleMillis);
    if (!name.startsWith('SOCKS')) expect(client.received().toString()).toMatch(/^HTTP\/1\.1 408 /);
    // Others were served all the while, and still are.
    expect(await get(engine.inPort, '/after')).toMatch(/ok$/);
  });

  test.concurrent('a client that says nothing at all', async () => {
    const client = await open(engine.outPort);
    expect(['end', 'closed', 'ECONNRESET']).toContain(await client.fate);
  });
});

test('a head that is dribbled to the application arrives as it is sent, and is recorded when it is complete', async () => {
  const client = await open(engine.inPort);
  const head = Buffer.from('GET /dribbled HTTP/1.1\r\nHost: a\r\n\r\n');
  for (const byte of head) {
    client.socket.write(Buffer.from([byte]));
    await delay(30);
  }
  await client.text('ok');
  // Longer than any time that the engine gives a proxy's client: only the application may lose its patience.
  const [pair] = await engine.recorded('path:/dribbled');
  expect(pair).toMatchObject({ status: '200', error: null });
});

test('a client that dribbles a TLS handshake holds up nobody else', async () => {
  const arrived = Promise.withResolvers<string>();
  let dribbled = 0;
  const server = await serve((socket) => {
    socket.on('data', (bytes: Buffer) => {
      // Only the second client sends 77.
      if (bytes.includes(77)) arrived.resolve(bytes.toString('latin1'));
      else dribbled += bytes.length;
    });
  });
  // The beginning of a ClientHello that is announced to be 16 KB long.
  const hello = Buffer.from([0x16, 3, 1, 0x3f, 0xff, 1, 0, 0x3f, 0xfb, 3, 3]);
  const slow = await tunnel(engine.outPort, 'connect', server);
  slow.socket.write(hello);
  const state = { dripping: true };
  const dripped = (async () => {
    while (state.dripping) {
      slow.socket.write(Buffer.from([0]));
      await delay(drip);
    }
  })();
  try {
    await delay(2 * drip);
    const other = await tunnel(engine.outPort, 'connect', server);
    other.socket.write(Buffer.concat([hello, Buffer.from([77])]));
    // What does not come to its end passes as it is.
    expect(await Promise.race([arrived.promise, delay(10 * times.sniffMillis, 'nothing')])).toContain('M');
    expect(dribbled).toBeGreaterThan(hello.length);
  } finally {
    state.dripping = false;
    await dripped;
  }
});

test('clients of the API that say nothing, or not enough, keep nobody out for long', async () => {
  const first = Buffer.from('GET /api/status HTTP/1.1\r\nHost: ').toString('base64');
  const crowds = [run('crowd', engine.apiPort, 300, first), run('crowd', engine.apiPort, 300)];
  await Promise.all(crowds.map((crowd) => crowd.line()));
  // Whoever comes while all places are taken is turned away, and gets in as soon as the silent ones are closed.
  await expect
    .poll(() => sidetap('list', '--json', '--data-dir', engine.dataDir).then(({ code }) => code), { timeout: 20_000 })
    .toBe(0);
  expect(await get(engine.inPort, '/meanwhile')).toMatch(/ok$/);
  const held = (): Promise<number[]> =>
    Promise.all(
      crowds.map((crowd) => {
        crowd.tell('count');
        return crowd.line<number>();
      }),
    );
  await expect.poll(held, { timeout: 20_000 }).toEqual([0, 0]);
});
