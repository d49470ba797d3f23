import { readdir } from 'node:fs/promises';
import { afterAll, describe, test } from 'vitest';
import { cleanUp } from './support/clean-up.ts';
import { Engine, type EngineOptions, sidetap, temporaryDirectory } from './support/engine.ts';
import { type Client, get, open, serve, tunnel } from './support/sockets.ts';

// Not after each: they run at once, because each waits for capture to give up.
afterAll(cleanUp);

/** Ways to end a capture. */
const ends: Readonly<Record<string, (engine: Engine) => Promise<unknown>>> = {
  SIGTERM: async (engine) => engine.child.kill('SIGTERM'),
  'stop capture': async (engine) => {
    const { code, stderr } = await sidetap('stop', 'capture', '--data-dir', engine.dataDir);
    if (code !== 0 || stderr !== '') throw new Error(`stop capture ended with ${code}: ${stderr}`);
  },
  'POST /api/shutdown': (engine) => engine.call('POST', '/shutdown'),
};

/** Answers `/endless…` with chunks without an end, `/silent…` never, and the rest with `ok`. */
function serveWithoutEnd(): Promise<number> {
  return serve((socket) => {
    socket.on('data', (bytes: Buffer) => {
      const text = bytes.toString('latin1');
      if (text.includes('/endless')) {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        const timer = setInterval(() => socket.write('4\r\nmore\r\n'), 10);
        socket.on('close', () => clearInterval(timer));
      } else if (text.includes(' HTTP/1.1\r\n') && !text.includes('/silent') && !text.startsWith('POST')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }
    });
    socket.on('end', () => socket.end());
  });
}

async function ask(client: Client, path: string): Promise<Client> {
  client.socket.on('error', () => {});
  client.socket.write(`GET ${path} HTTP/1.1\r\nHost: app.test\r\n\r\n`);
  return client;
}

describe.concurrent.each(Object.keys(ends))('%s in the middle of transfers', (name) => {
  test('ends them in bounded time, records them as stopped, and leaves nothing half done', async ({ expect }) => {
    const app = await serveWithoutEnd();
    const options: EngineOptions = { app, dataDir: await temporaryDirectory() };
    const engine = await Engine.start(options);
    await get(engine.inPort, '/whole');
    const clients = [
      await ask(await open(engine.inPort), '/endless/reverse'),
      await ask(await open(engine.inPort), '/silent/reverse'),
      await ask(await tunnel(engine.outPort, 'connect', app), '/endless/connect'),
      await ask(await tunnel(engine.outPort, 'socks5', app), '/silent/socks'),
      await ask(await open(engine.outPort), `http://127.0.0.1:${app}/endless/proxy`),
      await ask(await open(engine.outPort), `http://127.0.0.1:${app}/silent/proxy`),
    ];
    const upload = await open(engine.inPort);
    upload.socket.on('error', () => {});
    upload.socket.write('POST /upload HTTP/1.1\r\nHost: app.test\r\nContent-Length: 1000000\r\n\r\n');
    upload.socket.write(Buffer.alloc(500_000));
    const raw = await tunnel(engine.outPort, 'socks5', app);
    raw.socket.on('error', () => {});
    // Nothing that a protocol begins with.
    raw.socket.write(Buffer.from([255, 1, 2, 3]));
    const all = [...clients, upload, raw];
    await Promise.all([clients[0], clients[2], clients[4]].map(async (client) => client?.text('more')));
    // All are shown as open, so that none is ended before it has begun.
    await expect
      .poll(async () => (await engine.pairs()).filter((pair) => pair.state === 'open').length, { timeout: 20_000 })
      .toBe(all.length);

    const startedAt = performance.now();
    await ends[name]?.(engine);
    const ended = await engine.ended;
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(ended).toEqual({ code: 0, signal: null, stderr: '' });
    for (const client of all) expect(await client.fate).toMatch(/^(?:end|closed|ECONNRESET)$/);
    // Nothing of the run is left, and nothing half written: the next one finds what a run without traffic would have left.
    expect((await readdir(engine.dataDir)).toSorted()).toEqual([
      'api-port',
      'ca-key.pem',
      'ca.pem',
      'engine.lock',
      'pairs.db',
      'sessions.json',
    ]);

    const again = await Engine.start(options);
    const pairs = await again.pairs();
    expect(pairs.filter((pair) => pair.state === 'open')).toEqual([]);
    expect(pairs.filter((pair) => pair.error === 'capture-stopped')).toHaveLength(all.length);
    expect(pairs.filter((pair) => pair.error === null).map((pair) => pair.location)).toEqual(['/whole']);
    const endless = pairs.find((pair) => pair.location === '/endless/reverse');
    expect(endless?.status).toBe('200');
    const { base64 } = await again.body(endless?.id ?? 0, 'response');
    expect(Buffer.from(base64, 'base64').toString()).toMatch(/^(?:more)+$/);
  });
});

test('a second signal ends at once what the first one asked to end', async ({ expect }) => {
  // The first one alone would take this long.
  const drainMillis = 50_000;
  const engine = await Engine.start({ app: await serveWithoutEnd(), limits: { drainMillis } });
  const client = await ask(await open(engine.inPort), '/endless/reverse');
  await client.text('more');
  engine.child.kill('SIGTERM');
  await expect
    .poll(() =>
      open(engine.inPort).then(
        () => 'open',
        () => 'closed',
      ),
    )
    .toBe('closed');
  const startedAt = performance.now();
  engine.child.kill('SIGTERM');
  expect(await engine.ended).toMatchObject({ code: 143 });
  expect(performance.now() - startedAt).toBeLessThan(drainMillis / 2);
  await client.fate;
});
