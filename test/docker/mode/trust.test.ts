import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ensureAgentImage } from '../../../proxy-core/docker/image/ensure.ts';
import type { ContainerModeParts } from '../../../proxy-core/docker/open.ts';
import { runContainer, type TestContainer, testContainer } from '../support/containers.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { importImage } from '../support/images.ts';
import { dockerState } from '../support/state.ts';
import { agents, get, openMode, SERVICE, type TestMode } from './harness.ts';

let host: Dockerd;
let image: ContainerModeParts['image'];
let service: string;
let ends: (() => Promise<unknown>)[] = [];

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

beforeAll(async () => {
  host = await startDockerd();
  service = await importImage(host, 'sidetap-test/mode-trust', {
    node: true,
    caBundle: true,
    files: { '/service.js': SERVICE },
    dockerfile: ['EXPOSE 8080', 'CMD ["node","/service.js"]'],
  });
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

async function run(name: string): Promise<TestContainer> {
  const container = await runContainer(host, { image: service, name, env: [`NAME=${name}`] });
  ends.push(() => container.remove());
  await container.waitForOutput('serving');
  return container;
}

/** Whether a container's bundle holds our CA. */
async function trusts(container: TestContainer): Promise<boolean> {
  return (await container.exec(['cat', BUNDLE])).stdout.includes('Sidetap');
}

test('the CA goes into a running container’s bundle, and out of it when capture is switched off', async () => {
  const app = await run('bundled');
  const before = await app.exec(['cat', BUNDLE]);
  const { mode } = await ready();
  await mode.attach('bundled');
  const trusted = await mode.trust('bundled', 'bundle');
  expect(trusted.trust).toMatchObject({ applied: 'bundle', busy: '' });
  expect(trusted.capture.state).toBe('on');
  expect(await app.exec(['cat', BUNDLE])).not.toEqual(before);
  const off = await mode.detach('bundled');
  expect(off).toMatchObject({ capture: { state: 'off' }, trust: { applied: null } });
  expect(await app.exec(['cat', BUNDLE])).toEqual(before);
});

test('a twin is captured under the original’s name, and the original comes back with the switch', async () => {
  const app = await run('twinned');
  const before = await dockerState(host.docker);
  const { mode, pairs, shown, until } = await ready();
  await mode.attach('twinned');
  await until(() => (shown('twinned')?.capture.inPorts.includes(8080) ? true : null));
  expect(await get(app, '/original')).toBe('twinned /original');
  await pairs(1);
  const since = shown('twinned')?.capture.since;
  expect(since).not.toBeNull();
  const twin = await mode.trust('twinned', 'twin');
  expect(twin).toMatchObject({ name: 'twinned', capture: { state: 'on' }, trust: { applied: 'twin' } });
  expect(twin.id).not.toBe(app.id);
  // The original, stopped, is no business of the user's.
  expect(mode.list().map(({ name }) => name)).toEqual(['twinned']);
  await until(() => (shown('twinned')?.capture.inPorts.includes(8080) ? true : null));
  expect(await get(await testContainer(host.docker, twin.id), '/twin')).toBe('twinned /twin');
  const recorded = (await pairs(2)).map(({ source, location }) => `${source} ${location}`);
  expect(recorded.toSorted()).toEqual(['twinned /original', 'twinned /twin']);
  // For the user it is one capture.
  await until(() => (shown('twinned')?.capture.pairsIn === 2 ? true : null));
  expect(shown('twinned')?.capture.since).toBe(since);
  const off = await mode.detach('twinned');
  expect(off).toMatchObject({ id: app.id, name: 'twinned', state: 'running', capture: { state: 'off' }, trust: { applied: null } });
  expect(await agents(host)).toEqual([]);
  expect((await dockerState(host.docker)).containers.map((line) => line.replace(/"10\.[\d.]+"/g, ''))).toEqual(before.containers);
});

test('an image is started with trust in place, captured, and removed with all that was made for it', async () => {
  const before = await dockerState(host.docker);
  const { mode, shown, until, pairs } = await ready();
  const made = await mode.run({ image: service, ports: [], env: ['NAME=made'], volumes: [], name: 'made', command: [] });
  expect(made).toMatchObject({ name: 'made', madeByUs: true, capture: { state: 'on' }, trust: { applied: 'image' } });
  await until(() => (shown('made')?.capture.inPorts.includes(8080) ? true : null));
  expect(await get(await testContainer(host.docker, made.id), '/made')).toBe('made /made');
  await pairs(1);
  await mode.remove('made');
  expect(shown('made')).toBeNull();
  expect(await dockerState(host.docker)).toEqual(before);
});

test('when Sidetap ends, everything is as it was', async () => {
  const app = await run('ending');
  const before = { docker: await dockerState(host.docker), trusts: await trusts(app) };
  const test = await ready();
  await test.mode.attach('ending');
  await test.mode.trust('ending', 'bundle');
  await test.mode.run({ image: service, ports: [], env: ['NAME=other'], volumes: [], name: 'other', command: [] });
  expect((await dockerState(host.docker)).containers.length).toBeGreaterThan(before.docker.containers.length);
  await test.close();
  expect({ docker: await dockerState(host.docker), trusts: await trusts(app) }).toEqual(before);
});
