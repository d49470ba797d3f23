import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { limits } from '../../proxy-core/limits.ts';
import { cleanUp, onCleanUp } from './support/clean-up.ts';
import { bin, Engine } from './support/engine.ts';
import { run } from './support/programs.ts';
import { get, open, serveText } from './support/sockets.ts';

afterEach(cleanUp);

/** How long a request may take meanwhile, ms: milliseconds where the machine has nothing else to do. */
const promptly = 5_000;

const partialHead = Buffer.from('GET /half HTTP/1.1\r\nHost: app.test\r\nX-Half: ');

describe('10,000 half-open and idle connections at once', () => {
  /** By the way in: an inbound connection costs the engine two descriptors, an outbound one that has not said where to costs one. */
  const crowds = [
    { listener: 'in', count: 4_000, first: partialHead },
    { listener: 'in', count: 4_000, first: Buffer.alloc(0) },
    { listener: 'out', count: 500, first: Buffer.alloc(0) },
    { listener: 'out', count: 500, first: Buffer.from('GET http://app.test/ HTTP/1.1\r\nX-Half: ') },
    { listener: 'out', count: 500, first: Buffer.from([5, 1]) },
    { listener: 'out', count: 500, first: Buffer.from([4, 1, 0, 80]) },
  ] as const;

  test('are held in little memory while others are served, dribble or not, and leave nothing behind', async () => {
    // Node raises its soft limit to the hard one by itself.
    expect(hardDescriptorLimit(), 'raise the hard limit of open files (ulimit -Hn)').toBeGreaterThan(18_500);
    const app = run('app');
    const engine = await Engine.start({ app: await app.line<number>() });
    const programs = await Promise.all(
      crowds.map(async ({ listener, count, first }) => {
        const crowd = run('crowd', listener === 'in' ? engine.inPort : engine.outPort, count, first.toString('base64'));
        expect(await crowd.line<number>()).toBe(count);
        return crowd;
      }),
    );
    await engine.statusWhen(({ capture }) => capture.connections === 10_000);

    expect(await slowestOf(50, () => get(engine.inPort, '/meanwhile'))).toBeLessThan(promptly);
    for (const crowd of programs.slice(0, 1)) crowd.tell('drip');
    expect(await slowestOf(50, () => get(engine.inPort, '/dripping'))).toBeLessThan(promptly);
    expect(engine.memory().peak).toBeLessThan(400);
    for (const crowd of programs) crowd.tell('count');
    const held = await Promise.all(programs.map((crowd) => crowd.line<number>()));
    expect(held).toEqual(crowds.map(({ count }) => count));

    for (const crowd of programs) crowd.child.kill('SIGKILL');
    const { capture } = await engine.statusWhen((status) => status.capture.connections === 0);
    expect(capture.pairsIn).toBe(4_100);
    const halves = await engine.pairs('error:client-reset or error:client-gone');
    expect(halves).toHaveLength(4_000);
    expect(await engine.pairs('status:200')).toHaveLength(100);
    // The application is rid of them too.
    app.tell('count');
    expect(await app.line<number>()).toBe(0);
  });
});

test('300 clients that begin a head of a megabyte each cost no megabyte each, and keep nobody else from it', async () => {
  const app = run('app');
  const appPort = await app.line<number>();
  const engine = await Engine.start({ app: appPort });
  const field = `X-Long: ${'v'.repeat(90_000)}\r\n`;
  for (const [port, line] of [
    [engine.inPort, 'GET /begun HTTP/1.1\r\n'],
    [engine.outPort, `GET http://127.0.0.1:${appPort}/begun HTTP/1.1\r\n`],
  ] as const) {
    const before = engine.memory().now;
    const clients = await Promise.all(Array.from({ length: 300 }, () => open(port)));
    for (const { socket } of clients) socket.on('error', () => {}).write(line);
    for (let count = 0; count < 10; count += 1) {
      await Promise.all(clients.map(({ socket }) => new Promise((resolve) => socket.write(field, resolve))));
    }
    // Twice what they may hold together: a buffer that grows is copied.
    expect(engine.memory().peak - before).toBeLessThan((2.5 * limits.largeHeadsBytes) / 1024 ** 2);
    expect(await get(engine.inPort, '/small')).toMatch(/ok$/);
    for (const { socket } of clients) socket.destroy();
    await engine.statusWhen(({ capture }) => capture.connections === 0);

    // What they held can be had again.
    const large = await open(port);
    large.socket.write(`${line.replace('begun', `large-${port}`)}Host: 127.0.0.1:${appPort}\r\n${field.repeat(10)}\r\n`);
    await large.text('ok');
    expect(await engine.recorded(`path:/large-${port} status:200`)).toHaveLength(1);
    large.socket.destroy();
  }
  expect(await engine.recorded('path:/small status:200', 2)).toHaveLength(2);
});

test('2,000 requests at once are all answered and all stored', async () => {
  const app = run('app');
  const engine = await Engine.start({ app: await app.line<number>() });
  const paths = Array.from({ length: 2_000 }, (_, index) => `/at-once/${index}`);
  const answers = await Promise.all(paths.map((path) => get(engine.inPort, path)));
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 200 OK') && answer.endsWith('ok'))).toHaveLength(2_000);
  const pairs = await engine.recorded('status:200', 2_000);
  expect(new Set(pairs.map((pair) => pair.location))).toEqual(new Set(paths));
  expect(new Set(pairs.map((pair) => pair.id)).size).toBe(2_000);
  expect((await engine.status()).shed).toEqual({ pairs: 0, bodies: 0, unwritten: 0 });
});

test('a client that pipelines 10,000 requests and reads nothing costs little, and gets every answer when it reads', async () => {
  const filler = 'x'.repeat(4_000);
  const app = createServer((request, response) => {
    response.end(`${request.url} ${filler}\n`);
  });
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  onCleanUp(() => {
    app.close();
    app.closeAllConnections();
  });
  const engine = await Engine.start({ app: (app.address() as AddressInfo).port });
  const before = engine.memory().now;
  const client = await open(engine.inPort);
  client.socket.pause();
  for (let index = 0; index < 10_000; index += 1) {
    client.socket.write(`GET /${index} HTTP/1.1\r\nHost: a\r\nConnection: ${index < 9_999 ? 'keep-alive' : 'close'}\r\n\r\n`);
  }
  // 40 MB of answers wait for it: in the application, where they would without us.
  expect(await slowestOf(20, () => get(engine.inPort, '/other'))).toBeLessThan(promptly);
  expect(engine.memory().peak - before).toBeLessThan(60);

  client.socket.resume();
  expect(await client.fate).toBe('end');
  const text = client.received().toString('latin1');
  expect([...text.matchAll(/\/(\d+) xxx/g)].map((match) => Number(match[1]))).toEqual(
    Array.from({ length: 10_000 }, (_, index) => index),
  );

  // Up to the limit of requests that wait for an answer they are read; what follows is marked, not guessed.
  const read = await engine.pairs('status:200 and not path:/other');
  expect(read.length).toBeGreaterThanOrEqual(1_000);
  expect(read.map((pair) => pair.location)).toEqual(read.map((_, index) => `/${index}`));
  expect(await engine.recorded('error:not-decoded')).toHaveLength(read.length < 10_000 ? 1 : 0);
});

test('out of descriptors: connections fail, the engine does not, and it serves again once there are some', async () => {
  const engine = await Engine.start({
    app: await serveText(),
    command: ['sh', '-c', 'ulimit -n 200 && exec "$@"', 'sh', bin],
  });
  const crowd = run('crowd', engine.inPort, 400, partialHead.toString('base64'));
  await crowd.line();
  expect(engine.alive()).toBe(true);
  crowd.child.kill('SIGKILL');
  await once(crowd.child, 'exit');
  // The API is reached over the same descriptors.
  await expect
    .poll(
      () =>
        engine.status().then(
          ({ capture }) => capture.connections,
          () => -1,
        ),
      { timeout: 20_000 },
    )
    .toBe(0);
  expect(await get(engine.inPort, '/again')).toMatch(/ok$/);
  expect(await engine.recorded('path:/again')).toHaveLength(1);
  expect((await engine.status()).store.problem).toBe('');
});

/** The longest time of several in a row, ms. */
async function slowestOf(count: number, action: () => Promise<unknown>): Promise<number> {
  let slowest = 0;
  for (let index = 0; index < count; index += 1) {
    const startedAt = performance.now();
    await action();
    slowest = Math.max(slowest, performance.now() - startedAt);
  }
  return slowest;
}

function hardDescriptorLimit(): number {
  const limit = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}
