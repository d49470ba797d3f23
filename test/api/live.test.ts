import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { connectClient } from '../../proxy-core/api/client.ts';
import type { Status } from '../../proxy-core/api/contract.ts';
import { LiveHub } from '../../proxy-core/api/live.ts';
import type { ApiServer } from '../../proxy-core/api/server.ts';
import { startApiServer } from '../../proxy-core/api/server.ts';
import { limits } from '../../proxy-core/limits.ts';
import { sampleStatus, stubHandlers } from './support.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

interface Stage {
  server: ApiServer;
  hub: LiveHub;
  /** Changes the state. */
  change: (text?: string) => void;
  /** How often the state was read. */
  reads: () => number;
}

async function stage(pingMillis?: number): Promise<Stage> {
  let status: Status = sampleStatus();
  let reads = 0;
  const hub = new LiveHub({
    status: () => {
      reads += 1;
      return status;
    },
  });
  const handlers = stubHandlers();
  handlers.live = (_input, { signal }) => Promise.resolve(hub.events(signal));
  const server = await startApiServer({ handlers, report: (error) => expect.fail(String(error)), pingMillis });
  ends.push(async () => {
    hub.close();
    await server.close();
  });
  return {
    server,
    hub,
    change: (text = '') => {
      const revision = status.store.revision + 1;
      status = { ...status, store: { ...status.store, revision, problem: text } };
      hub.changed();
    },
    reads: () => reads,
  };
}

/** Resolves when nobody watches any more. */
async function deserted(hub: LiveHub): Promise<void> {
  while (hub.watchers > 0) await new Promise(setImmediate);
}

test('sends the state of now first, then each change, the newest only', async () => {
  const { server, change } = await stage();
  const { client, close } = await connectClient(server);
  ends.push(close);
  const events = await client.live();
  expect((await events.next()).value).toMatchObject({ revision: 1 });
  for (let count = 0; count < 1_000; count += 1) change();
  const next = await events.next();
  expect(next.value).toMatchObject({ revision: 1_001, status: { store: { revision: 1_001 } } });
});

test('tells no more often than the limit says, and misses no last change', async () => {
  const { server, change } = await stage();
  const { client, close } = await connectClient(server);
  ends.push(close);
  const events = await client.live();
  const started = performance.now();
  const seen: number[] = [];
  const timer = setInterval(change, 2);
  for await (const { revision } of events) {
    seen.push(revision);
    if (seen.length === 6) break;
  }
  clearInterval(timer);
  // Six events are five pauses; timers may fire a millisecond early.
  expect(performance.now() - started).toBeGreaterThan(5 * (1_000 / limits.noticesPerSecond) - 10);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(new Set(seen).size).toBe(6);
});

test('a client that stops reading costs nothing, and finds the newest state when it reads again', async () => {
  const { server, change, reads } = await stage();
  const socket = new WebSocket(server.url.replace('http', 'ws') + '/ws', ['sidetap.v1', `sidetap.token.${server.token}`]);
  await once(socket, 'open');
  ends.push(() => socket.terminate());
  socket.send(JSON.stringify({ i: '1', p: { u: '/live' } }));
  await once(socket, 'message');
  socket.pause();

  // Events of 512 KiB: the sockets' own buffers are full after a few, and then the server must stop producing.
  const filler = 'x'.repeat(512 * 1024);
  let count = 0;
  let before = -1;
  let same = 0;
  while (same < 4) {
    change(`${String(count)} ${filler}`);
    count += 1;
    await new Promise((resolve) => setTimeout(resolve, 1_000 / limits.noticesPerSecond));
    same = reads() === before ? same + 1 : 0;
    before = reads();
    expect(count).toBeLessThan(200);
  }
  change('the newest');
  const newest = await new Promise<string>((resolve) => {
    socket.on('message', (data: Buffer) => {
      if (data.includes('the newest')) resolve(data.toString());
    });
    socket.resume();
  });
  expect(newest).toContain(`"revision":${count + 2}`);
});

test('a client that vanished is dropped, and its stream with it', async () => {
  const { server, hub } = await stage(50);
  const socket = new WebSocket(
    server.url.replace('http', 'ws') + '/ws',
    ['sidetap.v1', `sidetap.token.${server.token}`],
    // As if the machine at the other end had gone to sleep: TCP stays open, nobody answers.
    { autoPong: false },
  );
  await once(socket, 'open');
  const closed = once(socket, 'close');
  socket.send(JSON.stringify({ i: '1', p: { u: '/live' } }));
  await once(socket, 'message');
  expect(hub.watchers).toBe(1);
  await closed;
  await deserted(hub);
  expect(server.clients()).toBe(0);
});

test('a stream that the client ends is let go, and so is that of a client that leaves', async () => {
  const { server, hub } = await stage();
  const { client, close } = await connectClient(server);
  const first = await client.live();
  await first.next();
  const second = await client.live();
  await second.next();
  expect(hub.watchers).toBe(2);
  await first.return();
  while (hub.watchers > 1) await new Promise(setImmediate);
  close();
  await deserted(hub);
});

test('closing ends all streams', async () => {
  const { server, hub } = await stage();
  const { client, close } = await connectClient(server);
  ends.push(close);
  const events = await client.live();
  await events.next();
  hub.close();
  expect((await events.next()).done).toBe(true);
});
