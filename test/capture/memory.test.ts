import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { Report, Started } from './capture-process.ts';
import { answerHttp, cleanUp, onCleanUp, open, read, readAll, socks5Through, startServer } from './support.ts';

afterEach(cleanUp);

const MB = 1_000_000;

/** A capture in a process of its own, so that its memory is its own too. */
async function startProcess(appPort: number): Promise<Started & { report: () => Promise<Report> }> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./capture-process.ts', import.meta.url)), [String(appPort)], {
    execArgv: ['--expose-gc'],
  });
  onCleanUp(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [started] = (await once(child, 'message')) as [Started];
  return {
    ...started,
    report: async () => {
      const answer = once(child, 'message');
      child.send('report');
      return ((await answer) as [Report])[0];
    },
  };
}

/** Writes so many bytes as fast as the other side takes them. */
async function pour(socket: Socket, bytes: number): Promise<void> {
  const chunk = Buffer.alloc(256 * 1024, 'x');
  for (let left = bytes; left > 0; left -= chunk.length) {
    if (!socket.write(left < chunk.length ? chunk.subarray(0, left) : chunk)) await once(socket, 'drain');
  }
}

test('a slow reader holds the sender back, and 300 MB pass in flat memory', async () => {
  const total = 300 * MB;
  let poured = 0;
  const { port } = await startServer((socket) => {
    socket.resume();
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
    void (async () => {
      for (; poured < total; poured += MB) await pour(socket, MB);
    })();
  });
  const { inPort, report } = await startProcess(port);
  const before = (await report()).rss;
  const client = await open(inPort);
  client.write('GET /large HTTP/1.1\r\nHost: a\r\n\r\n');

  // The client reads nothing: the sender must come to a standstill long before the end.
  let last = -1;
  for (let still = 0; still < 5; still = poured === last ? still + 1 : 0) {
    last = poured;
    await pause(100);
  }
  expect(poured).toBeGreaterThan(0);
  expect(poured).toBeLessThan(60 * MB);
  expect((await report()).rss - before).toBeLessThan(60 * MB);

  let peak = 0;
  for (let received = 0; received < total; ) {
    const chunk = client.read() as Buffer | null;
    if (chunk === null) {
      await once(client, 'readable');
      continue;
    }
    const before10 = Math.floor(received / (10 * MB));
    received += chunk.length;
    // A rest now and then, so that the sender is held back all the way.
    if (Math.floor(received / (10 * MB)) > before10) peak = Math.max(peak, (await report()).rss);
  }
  const { rss, pairs } = await report();
  expect(Math.max(rss, peak) - before).toBeLessThan(90 * MB);
  expect(pairs).toBe(1);
});

test('idle connections to the application are held cheaply, and the next one is served', async () => {
  const count = 2_000;
  const { port } = await startServer((socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 204 No Content\r\n\r\n'));
  });
  const { inPort, report } = await startProcess(port);
  const before = (await report()).rss;
  for (let i = 0; i < count; i += 100) await Promise.all(Array.from({ length: 100 }, () => open(inPort)));
  let { rss, connections } = await report();
  while (connections < count) ({ rss, connections } = await report());
  // Bytes each, for both sockets and everything above them: 10,000 of them leave room below the limit of the whole process.
  expect((rss - before) / count).toBeLessThan(15_000);
  const client = await open(inPort);
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  expect(String(await read(client, 27))).toBe('HTTP/1.1 204 No Content\r\n\r\n');
});

test('10,000 half-open clients of the proxy are held cheaply, and the next one is served', async () => {
  const count = 10_000;
  const { port } = await startServer(answerHttp);
  const { outPort, report } = await startProcess(port);
  const before = (await report()).rss;
  for (let i = 0; i < count; i += 500) {
    const clients = await Promise.all(Array.from({ length: 500 }, () => open(outPort)));
    // Half of them begin to say where they want to go, and stop.
    for (const client of clients.slice(250)) client.write(Buffer.from([5]));
  }
  let { rss, connections } = await report();
  while (connections < count) ({ rss, connections } = await report());
  expect((rss - before) / count).toBeLessThan(10_000);
  const client = await socks5Through(outPort, 'localhost', port);
  client.write('GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  expect(String(await readAll(client))).toMatch(/^HTTP\/1.1 200/);
});
