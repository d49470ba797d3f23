import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ensureAgentImage } from '../../../proxy-core/docker/image/ensure.ts';
import { removeAgentImages } from '../../../proxy-core/docker/image/remove.ts';
import type { ContainerModeParts } from '../../../proxy-core/docker/open.ts';
import { runContainer, type TestContainer, testContainer } from '../support/containers.ts';
import type { Dockerd } from '../support/dockerd.ts';
import { importImage } from '../support/images.ts';
import { startPodman } from '../support/podman.ts';
import { dockerState } from '../support/state.ts';
import { agents, get, openMode, type TestMode } from './harness.ts';

const NETWORK = 'shop_default';
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/** What `SERVICE` does, for an image without Node: Podman takes seconds to import a large one. */
const ANSWER = `#!/bin/sh
read -r method path version
while read -r line && [ "$line" != "$(printf '\\r')" ]; do :; done
body="$NAME $path"
test -z "$BACKEND" || body="$NAME > $(wget -qO- "http://$BACKEND$path")"
printf 'HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n%s' "\${#body}" "$body"
`;

let host: Dockerd;
let image: ContainerModeParts['image'];
let service: string;
let ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  host = await startPodman();
  service = await importImage(host, 'sidetap-test/podman', {
    caBundle: true,
    files: { '/answer': { content: ANSWER, mode: 0o755 } },
    dockerfile: ['STOPSIGNAL SIGKILL', 'CMD ["nc","-ll","-p","8080","-e","/answer"]'],
  });
  const name = await ensureAgentImage(host.docker, { progress: () => undefined });
  image = async () => name;
  await host.docker.createNetwork({ Name: NETWORK });
});
afterAll(() => host.stop());
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

async function ready(): Promise<TestMode> {
  const opened = await openMode(host.host, { image });
  ends.push(() => opened.close());
  await opened.until(() => (opened.mode.status().state === 'ready' ? true : null));
  return opened;
}

async function run(name: string, options: Partial<Parameters<typeof runContainer>[1]> = {}): Promise<TestContainer> {
  const container = await runContainer(host, { image: service, name, env: [`NAME=${name}`], network: NETWORK, ...options });
  ends.push(() => container.remove().catch(() => undefined));
  if (options.command === undefined) await expect.poll(() => get(container, '/').catch(String)).toContain(name);
  return container;
}

/** All that a user could find of us, without what a restart changes. */
async function traces({ id }: TestContainer): Promise<string> {
  const found = { podman: await dockerState(host.docker), rules: await host.ruleset(id) };
  return JSON.stringify(found, null, 1).replaceAll(/10\.[\d.]+/g, '');
}

test('both directions and both ends of a call, with names; restarts are followed; no trace is left', async () => {
  const backend = await run('backend');
  const web = await run('web', { env: ['NAME=web', 'BACKEND=backend:8080'], ports: ['8080'] });
  const before = await traces(web);
  const { mode, details, pairs, until } = await ready();
  expect((await mode.attach('web')).capture).toMatchObject({ state: 'on', inPorts: [8080], outbound: true });
  await mode.attach(backend.id.slice(0, 12));
  expect(await get(web, '/one')).toBe('web > backend /one');
  const found = await details(3);
  const of = (source: string, direction: string) => found.find((pair) => pair.source === source && pair.direction === direction);
  expect(of('web', 'in')?.connection).toMatchObject({ upstreamHost: 'web', upstreamPort: 8080 });
  expect(of('web', 'out')).toMatchObject({ host: 'backend:8080', connection: { upstreamHost: 'backend' } });
  expect(of('backend', 'in')?.connection).toMatchObject({ clientName: 'web' });
  expect(of('web', 'out')?.otherEnds).toEqual([{ id: of('backend', 'in')?.id, direction: 'in', source: 'backend' }]);

  await web.container.restart();
  // Until it is captured again, it is answered all the same.
  await until(async () => {
    await get(web, '/again').catch(() => '');
    const found = (await pairs(3)).filter(({ location, status }) => location === '/again' && status === '200');
    return new Set(found.map(({ source, direction }) => `${source} ${direction}`)).size === 3 ? true : null;
  });
  await mode.detach('backend');
  await mode.detach('web');
  expect(await get(web, '/off')).toBe('web > backend /off');
  expect(await traces(web)).toBe(before);
});

test('bundle, restart and twin are made and undone', async () => {
  const app = await run('app', { env: ['NAME=app', 'MINE=yes'], hostConfig: { RestartPolicy: { Name: 'always' } } });
  const bundle = async (): Promise<string> =>
    (await app.exec(['sh', '-c', `sha256sum ${BUNDLE}; stat -c '%a %u %g %y' ${BUNDLE}; ls -a /etc/ssl/certs`])).stdout;
  await app.exec(['chown', '5:6', BUNDLE]);
  const before = { bundle: await bundle(), traces: await traces(app) };
  const { mode, pairs } = await ready();
  await mode.attach('app');
  const { StartedAt } = (await app.container.inspect()).State;
  // The bundle, and a restart.
  expect((await mode.trust('app', 'restart')).trust).toMatchObject({ applied: 'restart', error: '' });
  expect((await app.exec(['cat', BUNDLE])).stdout).toContain('Sidetap CA');
  expect((await app.container.inspect()).State.StartedAt).not.toBe(StartedAt);
  await mode.untrust('app');
  expect(await bundle()).toBe(before.bundle);

  const twin = await mode.trust('app', 'twin');
  expect(twin).toMatchObject({ name: 'app', networks: [NETWORK], capture: { state: 'on' }, trust: { applied: 'twin', error: '' } });
  const container = await testContainer(host.docker, twin.id);
  const { stdout } = await container.exec(['sh', '-c', 'echo $MINE $SSL_CERT_FILE; head -1 $NODE_EXTRA_CA_CERTS']);
  expect(stdout).toBe('yes /.sidetap/ca-bundle.pem\n-----BEGIN CERTIFICATE-----\n');
  expect(await get(container, '/twin')).toBe('app /twin');
  await pairs(1);
  expect(await mode.detach('app')).toMatchObject({ id: app.id, state: 'running', trust: { applied: null } });
  expect(await traces(app)).toBe(before.traces);
});

test('what Podman’s list does not tell is known: who uses the host’s network, and who another container’s', async () => {
  const app = await run('app');
  await run('side', { command: ['sleep', '1000'], network: `container:${app.id}` });
  await run('on-host', { command: ['sleep', '1000'], network: 'host' });
  const { mode, shown } = await ready();
  expect(shown('side')).toMatchObject({ sharesNetworkWith: ['app'], refusal: '' });
  await expect(mode.attach('on-host')).rejects.toMatchObject({ code: 'container-not-capturable' });
  await expect(mode.trust('app', 'twin')).rejects.toThrow(/side uses the network of app/);
});

test('a killed agent and a killed service cut nobody off; a captured container can be removed', async () => {
  const app = await run('app');
  const url = `http://${await app.address()}:8080/`;
  const direct = async (): Promise<true | null> => {
    const answer = await fetch(url, { headers: { connection: 'close' } }).catch(() => null);
    return (await answer?.text()) === 'app /' ? true : null;
  };
  const { mode, pairs, store, until, shown } = await ready();
  await mode.attach('app');
  const [first] = await agents(host);
  await host.docker.getContainer(first ?? '').kill();
  await until(direct);
  await until(async () => (shown('app')?.capture.state === 'on' && !(await agents(host)).includes(first ?? '') ? true : null));

  await host.kill();
  await until(() => (mode.status().state === 'unavailable' ? true : null));
  await until(direct);
  await host.start();
  await until(async () => {
    await get(app, '/after').catch(() => '');
    await store.flush();
    const { total } = await store.list({ filter: '', noise: true, sort: { by: 'time', descending: false } }, 0, 1);
    return total > 0 && (await pairs(1)).some(({ location }) => location === '/after') ? true : null;
  });
  await app.remove();
  await until(async () => (shown('app') === null && (await agents(host)).length === 0 ? true : null));
});

test('the agent’s image is found and removed', async () => {
  expect(await removeAgentImages(host.docker)).toEqual({ removed: 1, inUse: [] });
  expect((await dockerState(host.docker)).images.join()).not.toContain('sidetap-agent');
});
