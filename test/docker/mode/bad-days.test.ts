import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ensureAgentImage } from '../../../proxy-core/docker/image/ensure.ts';
import type { ContainerModeParts } from '../../../proxy-core/docker/open.ts';
import { limits } from '../../../proxy-core/limits.ts';
import { runContainer, type TestContainer } from '../support/containers.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { agents, get, openMode, serviceImage, type TestMode } from './harness.ts';
import { startTraffic } from './traffic.ts';

let host: Dockerd;
let image: ContainerModeParts['image'];
let service: string;
let ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  host = await startDockerd();
  service = await serviceImage(host);
  const name = await ensureAgentImage(host.docker, { progress: () => undefined });
  image = async () => name;
});
afterAll(async () => {
  await host.stop();
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

async function ready(parts: Partial<ContainerModeParts> = {}): Promise<TestMode> {
  const test = await openMode(host.host, { image, ...parts });
  ends.push(() => test.close());
  await test.until(() => (test.mode.status().state === 'ready' ? true : null));
  return test;
}

async function run(name: string): Promise<TestContainer> {
  const container = await runContainer(host, { image: service, name, env: [`NAME=${name}`] });
  ends.push(() => container.remove().catch(() => undefined));
  await container.waitForOutput('serving');
  return container;
}

/** The only agent's process id, on the machine where the daemon runs. */
async function agentPid(): Promise<string> {
  const [id] = await agents(host);
  return String((await host.docker.getContainer(id ?? '').inspect()).State.Pid);
}

/** Resolves when the container is captured by an agent that is not this one. */
function capturedAnew({ until, shown }: TestMode, name: string, before: readonly string[]): Promise<true> {
  return until(async () => {
    const now = await agents(host);
    return shown(name)?.capture.state === 'on' && now.length === 1 && !before.includes(now[0] ?? '') ? true : null;
  });
}

test('an agent that is killed is replaced; what was open is closed, what was captured stays', async () => {
  const app = await run('killed');
  const test = await ready();
  await test.mode.attach('killed');
  const before = await agents(host);
  expect(await get(app, '/one')).toBe('killed /one');
  await test.pairs(1);
  // The agent tells once a second; what it did not get to tell is not in the counts, though it is in the list.
  await test.until(() => (test.shown('killed')?.capture.pairsIn === 1 ? true : null));
  const slow = get(app, '/slow').catch((error: Error) => error);
  // Its row is shown as open before the agent dies.
  await test.until(async () => {
    await test.store.flush();
    const { rows } = await test.store.list({ filter: '', noise: true, sort: { by: 'time', descending: true } }, 0, 10);
    return rows[0]?.state === 'open' ? true : null;
  });
  await host.run('kill', ['-9', await agentPid()]);
  expect(await slow).toBeInstanceOf(Error);
  // The kernel takes the rules away with the agent, but not in the same moment.
  await test.until(async () => ((await get(app, '/direct').catch(() => '')) === 'killed /direct' ? true : null));
  await capturedAnew(test, 'killed', before);
  await test.until(() => (test.shown('killed')?.capture.inPorts.includes(8080) ? true : null));
  expect(test.notices.join(' ')).toContain('Connections of killed that were open then are lost');
  expect(await get(app, '/two')).toBe('killed /two');
  const pairs = await test.until(async () => {
    const found = await test.details(3);
    return found.some(({ location }) => location === '/two') ? found : null;
  });
  expect(pairs.find(({ location }) => location === '/slow')?.failure).toMatchObject({ code: 'capture-stopped' });
  expect(pairs[0]).toMatchObject({ location: '/one', status: '200', failure: null });
  // Counts go on where those of the agent before ended.
  await test.until(() => ((test.shown('killed')?.capture.pairsIn ?? 0) >= 2 ? true : null));
});

test('an agent that is paused does not hold up new connections for long, and is replaced', async () => {
  const app = await run('paused');
  const test = await ready();
  await test.mode.attach('paused');
  const before = await agents(host);
  const stuck = connect(8080, await app.address());
  await once(stuck, 'connect');
  await host.docker.getContainer(before[0] ?? '').pause();
  const at = performance.now();
  const closed = new Promise<number>((resolve) => stuck.once('close', () => resolve(performance.now() - at)));
  stuck.on('error', () => undefined);
  await capturedAnew(test, 'paused', before);
  // The one that was in flight is reset, not left to wait for ever.
  expect(await closed).toBeLessThan(limits.linkSilenceMillis + 8_000);
  expect(await get(app, '/after')).toBe('paused /after');
});

test('a restart of the application is followed, also when it is down for a while', async () => {
  const app = await run('restarted');
  const test = await ready();
  await test.mode.attach('restarted');
  const before = await agents(host);
  await get(app, '/one');
  await test.pairs(1);
  await app.container.restart({ t: 0 });
  await capturedAnew(test, 'restarted', before);
  await test.until(() => (test.shown('restarted')?.capture.inPorts.includes(8080) ? true : null));
  expect(await get(app, '/two')).toBe('restarted /two');
  await test.pairs(2);

  await app.container.stop({ t: 0 });
  await test.until(() => (test.shown('restarted')?.capture.state === 'waiting' ? true : null));
  expect(test.mode.status().capturing).toBe(1);
  await test.until(async () => ((await agents(host)).length === 0 ? true : null));
  await app.container.start();
  await test.until(() => (test.shown('restarted')?.capture.state === 'on' ? true : null));
  await test.until(() => (test.shown('restarted')?.capture.inPorts.includes(8080) ? true : null));
  expect(await get(app, '/three')).toBe('restarted /three');
  await test.pairs(3);
  const off = await test.mode.detach('restarted');
  expect(off.capture).toMatchObject({ state: 'off', error: '' });
  expect(await agents(host)).toEqual([]);
});

test('a container that is removed ends its capture; one made anew under its name goes on with it', async () => {
  const app = await run('recreated');
  const test = await ready();
  await test.mode.attach('recreated');
  await app.container.remove({ force: true });
  await test.until(() => (test.shown('recreated') === null ? true : null));
  await test.until(async () => ((await agents(host)).length === 0 ? true : null));
  await test.until(() => (test.mode.status().capturing === 0 ? true : null));
  const again = await run('recreated');
  await test.until(() => (test.shown('recreated')?.capture.state === 'on' ? true : null));
  await test.until(() => (test.shown('recreated')?.capture.inPorts.includes(8080) ? true : null));
  await get(again, '/again');
  await test.pairs(1);
});

test('a switch that is turned off while it is being turned on leaves nothing', async () => {
  await run('undecided');
  const test = await ready();
  const attaching = test.mode.attach('undecided');
  const outcome = attaching.catch((error: unknown) => error);
  await test.until(() => (test.shown('undecided')?.capture.state === 'attaching' ? true : null));
  const off = await test.mode.detach('undecided');
  expect(off.capture.state).toBe('off');
  expect(await outcome).toMatchObject({ code: 'container-busy' });
  expect(await agents(host)).toEqual([]);
});

test('what an engine that died left behind is removed by the next one, and nothing of another', async () => {
  await run('left');
  await run('others');
  const other = await ready();
  await other.mode.attach('others');
  const kept = await agents(host);
  const name = await image?.(host.docker, { progress: () => undefined, signal: new AbortController().signal });
  const first = await ready();
  const owner = await first.mode.attach('left').then(async () => {
    const found = (await agents(host)).find((id) => !kept.includes(id)) ?? '';
    return (await host.docker.getContainer(found).inspect()).Config.Labels['sidetap.owner'] ?? '';
  });
  await first.mode.detach('left');
  const leftover = await runContainer(host, {
    image: service,
    command: ['sleep', '1000'],
    labels: { 'sidetap.agent': '1', 'sidetap.owner': owner, 'sidetap.target': 'x' },
  });
  expect(name).not.toBe('');
  // The next engine on the same data directory; the lock between engines is not this part's.
  const next = await ready({ dataDir: first.dataDir, store: first.store });
  expect(await agents(host)).toEqual(kept);
  expect(next.shown(leftover.name)).toBeNull();
});

/** Resolves with the beginning of the answer; rejects when there is none. The server closes the connection afterwards if it is asked to. */
async function ask(client: Socket, connection: 'close' | 'keep-alive'): Promise<string> {
  client.write(`GET / HTTP/1.1\r\nHost: app\r\nConnection: ${connection}\r\n\r\n`);
  const [answer] = (await once(client, 'data')) as [Buffer];
  if (connection === 'close') await once(client, 'close');
  return answer.toString().slice(0, 15);
}

test('a connection that is open when capture begins lives on, though its port was captured before', async () => {
  const app = await run('again');
  const test = await ready();
  const to = { host: await app.address(), port: 8080 };
  await test.mode.attach('again');
  const captured = connect(to);
  await once(captured, 'connect');
  const { localPort } = captured;
  expect(await ask(captured, 'close')).toBe('HTTP/1.1 200 OK');
  await test.mode.detach('again');
  const direct = connect({ ...to, localPort });
  ends.push(async () => direct.destroy());
  expect(await ask(direct, 'keep-alive')).toBe('HTTP/1.1 200 OK');
  await test.mode.attach('again');
  expect(await ask(direct, 'close')).toBe('HTTP/1.1 200 OK');
  // What begins from there now is captured again.
  expect(await ask(connect({ ...to, localPort }), 'close')).toBe('HTTP/1.1 200 OK');
  await test.pairs(2);
});

test('attached and detached 50 times under traffic, not one request fails', { timeout: 400_000 }, async () => {
  const app = await run('busy');
  const test = await ready();
  const traffic = startTraffic(await app.address(), 8080);
  ends.push(() => traffic.stop());
  for (let round = 0; round < 50; round += 1) {
    await test.mode.attach('busy');
    await traffic.more(5);
    await test.mode.detach('busy');
  }
  const { requests, failures } = await traffic.stop();
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(250);
  expect(await agents(host)).toEqual([]);
  expect(await host.ruleset(app.id)).not.toContain('sidetap');
});
