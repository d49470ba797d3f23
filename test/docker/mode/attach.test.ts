import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ensureAgentImage } from '../../../proxy-core/docker/image/ensure.ts';
import type { ContainerModeParts } from '../../../proxy-core/docker/open.ts';
import { runContainer, type TestContainer } from '../support/containers.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { dockerState } from '../support/state.ts';
import { agents, get, openMode, serviceImage, type TestMode } from './harness.ts';

// A daemon of its own: all that it holds is compared.
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

async function ready(): Promise<TestMode> {
  const test = await openMode(host.host, { image });
  ends.push(() => test.close());
  await test.until(() => (test.mode.status().state === 'ready' ? true : null));
  return test;
}

async function run(options: Omit<Parameters<typeof runContainer>[1], 'image'>): Promise<TestContainer> {
  const container = await runContainer(host, { image: service, ...options });
  ends.push(() => container.remove());
  if (options.command === undefined) await container.waitForOutput('serving');
  return container;
}

async function network(name: string): Promise<string> {
  const made = await host.docker.createNetwork({ Name: name });
  ends.push(() => made.remove());
  return name;
}

/** The rules in a container's network namespace, without what they have counted. */
async function rules({ id }: TestContainer): Promise<string> {
  return (await host.ruleset(id)).replaceAll(/packets \d+ bytes \d+/g, '');
}

const labels = (name: string): Record<string, string> => ({
  'com.docker.compose.project': 'shop',
  'com.docker.compose.service': name,
});

/** A web service and its backend, as compose makes them. */
async function shop(): Promise<{ web: TestContainer; backend: TestContainer }> {
  const net = await network('shop_default');
  const backend = await run({
    name: 'shop-backend-1',
    network: net,
    aliases: ['backend'],
    env: ['NAME=backend'],
    labels: labels('backend'),
  });
  const web = await run({
    name: 'shop-web-1',
    network: net,
    aliases: ['web'],
    env: ['NAME=web', 'BACKEND=backend:8080'],
    labels: labels('web'),
    ports: ['8080'],
  });
  return { web, backend };
}

test('lists containers as they come, change and go', async () => {
  const { mode, until, shown } = await ready();
  const { web } = await shop();
  // Usually one; Docker takes another for IPv6 when the first is not free there.
  const { NetworkSettings } = await web.container.inspect();
  const bound = new Set(NetworkSettings.Ports['8080/tcp']?.map(({ HostPort }) => Number(HostPort)));
  const ports = [...bound].toSorted((one, other) => one - other);
  expect(ports).toContain(await web.published(8080));
  // In several steps: Docker tells of each.
  const container = expect.poll(() => shown('shop-web-1'), { timeout: 20_000 });
  await container.toMatchObject({
    id: web.id,
    image: 'sidetap-test/mode-service',
    project: 'shop',
    service: 'web',
    state: 'running',
    health: 'none',
    ports: ports.map((port) => ({ container: 8080, host: port, protocol: 'tcp' })),
    networks: ['shop_default'],
    sharesNetworkWith: [],
    refusal: '',
    capture: { state: 'off' },
    trust: { state: 'unknown' },
  });
  const { revision } = mode.status();
  await web.container.rename({ name: 'renamed' });
  expect((await until(() => shown('renamed'))).id).toBe(web.id);
  expect(mode.status().revision).toBeGreaterThan(revision);
  await web.container.stop({ t: 0 });
  await until(() => (shown('renamed')?.state === 'exited' ? true : null));
  expect(shown('renamed')?.refusal).toBe('renamed is not running. Start it first: `docker start renamed`.');
  await expect(mode.attach('renamed')).rejects.toMatchObject({ code: 'container-not-capturable' });
  await web.container.start();
  await until(() => (shown('renamed')?.refusal === '' ? true : null));
  await expect(mode.attach('nobody')).rejects.toMatchObject({ code: 'container-not-found' });
});

test('captures both directions, with names, and both ends of a call; switched off, no trace is left', async () => {
  const { web, backend } = await shop();
  const state = async () => ({ docker: await dockerState(host.docker), web: await rules(web), backend: await rules(backend) });
  const before = await state();
  const { mode, details, until, shown } = await ready();
  const attached = await mode.attach('shop-web-1');
  expect(attached.capture).toMatchObject({ state: 'on', error: '', inPorts: [8080], outbound: true });
  await mode.attach(backend.id.slice(0, 12));
  expect(mode.status().capturing).toBe(2);
  expect(await get(web, '/one')).toBe('web > backend /one');

  const pairs = await details(3);
  expect(pairs).toHaveLength(3);
  const of = (source: string, direction: string) => pairs.find((pair) => pair.source === source && pair.direction === direction);
  const [incoming, call, answer] = [of('shop-web-1', 'in'), of('shop-web-1', 'out'), of('shop-backend-1', 'in')];
  expect(incoming?.connection).toMatchObject({ entry: 'transparent', clientName: '' });
  expect(call?.connection).toMatchObject({ upstreamHost: 'backend', upstreamPort: 8080, upstreamAddress: await backend.address() });
  expect(answer?.connection).toMatchObject({ clientName: 'web', clientAddress: await web.address() });
  expect(call).toMatchObject({ host: 'backend:8080', location: '/one', status: '200', command: 'GET' });
  expect(call?.flow).toMatch(/^10\.[\d.]+:\d+>10\.[\d.]+:8080$/);
  expect(answer?.flow).toBe(call?.flow);
  expect(call?.otherEnds).toEqual([{ id: answer?.id, direction: 'in', source: 'shop-backend-1' }]);

  await until(() => (shown('shop-web-1')?.capture.pairsOut === 1 ? true : null));
  const off = await mode.detach('shop-web-1');
  expect(off.capture.state).toBe('off');
  await mode.detach('shop-backend-1');
  expect(await get(web, '/two')).toBe('web > backend /two');
  expect(await state()).toEqual(before);
});

test('one switch turns a whole compose project on and off', async () => {
  const { web } = await shop();
  const { mode, pairs } = await ready();
  const on = await mode.switchProject('shop', true);
  expect(on.map(({ name, capture }) => `${name} ${capture.state}`).toSorted()).toEqual(['shop-backend-1 on', 'shop-web-1 on']);
  await get(web, '/project');
  expect(await pairs(3)).toHaveLength(3);
  const off = await mode.switchProject('shop', false);
  expect(off.map(({ capture }) => capture.state)).toEqual(['off', 'off']);
  expect(await agents(host)).toEqual([]);
  await expect(mode.switchProject('nothing', true)).rejects.toMatchObject({ code: 'container-not-found' });
});

test('containers that share a network share one agent, and what one of them does is captured once', async () => {
  const app = await run({ name: 'pod-app', env: ['NAME=app'] });
  const side = await run({ name: 'pod-side', command: ['sleep', '1000'], hostConfig: { NetworkMode: `container:${app.id}` } });
  const { mode, pairs, shown, until } = await ready();
  await mode.attach('pod-app');
  expect(shown('pod-side')).toMatchObject({ sharesNetworkWith: ['pod-app'], refusal: '', capture: { state: 'off' } });
  const second = await mode.attach('pod-side');
  expect(second.capture.state).toBe('on');
  expect(await agents(host)).toHaveLength(1);
  await get(app, '/shared');
  expect(await pairs(1)).toHaveLength(1);
  await mode.detach('pod-app');
  await get(app, '/still');
  expect(await pairs(2)).toHaveLength(2);
  await mode.detach('pod-side');
  await until(async () => ((await agents(host)).length === 0 ? true : null));
  expect(await host.ruleset(side.id)).not.toContain('sidetap');
});

test('containers without a network of their own are refused with what to do instead', async () => {
  await run({ name: 'on-host', command: ['sleep', '1000'], hostConfig: { NetworkMode: 'host' } });
  await run({ name: 'alone', command: ['sleep', '1000'], hostConfig: { NetworkMode: 'none' } });
  const { mode, shown } = await ready();
  expect(shown('on-host')?.refusal).toContain('sidetap start capture --port');
  await expect(mode.attach('on-host')).rejects.toMatchObject({
    code: 'container-not-capturable',
    message: shown('on-host')?.refusal,
  });
  await expect(mode.attach('alone')).rejects.toMatchObject({ code: 'container-not-capturable' });
  expect(await agents(host)).toEqual([]);
});

test('an agent image that is none leaves a sentence and no container', async () => {
  await run({ name: 'victim', env: ['NAME=victim'] });
  const mode = await openMode(host.host, { image: async () => service });
  ends.push(() => mode.close());
  await mode.until(() => mode.shown('victim'));
  await expect(mode.mode.attach('victim')).rejects.toMatchObject({ code: expect.stringMatching(/agent-failed|link-broken/) });
  expect(mode.shown('victim')?.capture).toMatchObject({ state: 'failed', error: expect.stringMatching(/agent/) });
  expect(await agents(host)).toEqual([]);
  const again = await mode.mode.detach('victim');
  expect(again.capture).toMatchObject({ state: 'off', error: '' });
});
