import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ensureAgentImage } from '../../../proxy-core/docker/image/ensure.ts';
import type { ContainerModeParts } from '../../../proxy-core/docker/open.ts';
import { findProgram } from '../../../scripts/lib/debian.ts';
import { runContainer, type TestContainer } from '../support/containers.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { importImage } from '../support/images.ts';
import { agents, get, openMode, serviceImage, type TestMode } from './harness.ts';

// A daemon of its own: its networks have addresses of their own.
let host: Dockerd;
let service: string;
let image: ContainerModeParts['image'];
let opened: TestMode;
let ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  host = await startDockerd({ tls: true });
  service = await serviceImage(host);
  const name = await ensureAgentImage(host.docker, { progress: () => undefined });
  image = async () => name;
  opened = await openMode(host.host, { image });
  await opened.until(() => (opened.mode.status().state === 'ready' ? true : null));
});
afterAll(async () => {
  await opened.close();
  await host.stop();
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

const SERVE = `require('node:http').createServer((request, response) => response.end(process.env.NAME)).listen(8080, '::', () => console.log('serving'))`;

async function run(name: string, network: string): Promise<TestContainer> {
  const command = ['node', '-e', SERVE];
  const container = await runContainer(host, { image: service, name, network, env: [`NAME=${name}`], command });
  ends.push(() => container.remove());
  await container.waitForOutput('serving');
  return container;
}

async function network(name: string, options: object): Promise<string> {
  const made = await host.docker.createNetwork({ Name: name, ...options });
  ends.push(() => made.remove());
  return name;
}

test('calls over IPv6 are captured at both ends, by one table that dies with its agent', async () => {
  const { mode, details } = opened;
  const net = await network('six', { EnableIPv6: true, IPAM: { Config: [{ Subnet: 'fd00:4140::/64' }] } });
  const server = await run('six-server', net);
  const client = await run('six-client', net);
  await Promise.all([mode.attach('six-server'), mode.attach('six-client')]);
  for (const { id } of [server, client]) {
    const rules = await host.ruleset(id);
    expect(rules).toMatch(/table inet sidetap \{[^\n]*\n\tflags owner/);
    expect(rules).not.toContain('table ip sidetap');
  }
  const address = await server.address6();
  expect(await client.exec(['curl', '-gsS', `http://[${address}]:8080/by-address`])).toMatchObject({ stdout: 'six-server' });
  expect(await client.exec(['curl', '-6sS', 'http://six-server:8080/by-name'])).toMatchObject({ stdout: 'six-server' });
  const pairs = await details(4);
  expect(pairs.map(({ source, direction, location }) => `${direction} ${source} ${location}`).toSorted()).toEqual([
    'in six-server /by-address',
    'in six-server /by-name',
    'out six-client /by-address',
    'out six-client /by-name',
  ]);
  for (const { flow } of pairs) expect(flow).toContain(address);
  await Promise.all([mode.detach('six-server'), mode.detach('six-client')]);
  for (const { id } of [server, client]) expect(await host.ruleset(id)).not.toContain('sidetap');
});

test('an internal network needs no way out, and all networks of a container are captured', async () => {
  const { mode, until, store } = opened;
  const inner = await network('inner', { Internal: true });
  const outer = await network('outer', {});
  await run('inner-server', inner);
  await run('outer-server', outer);
  const client = await run('both', outer);
  await host.docker.getNetwork(inner).connect({ Container: client.id });
  await mode.attach('both');
  for (const name of ['inner-server', 'outer-server']) {
    expect(await client.exec(['curl', '-sS', `http://${name}:8080/`])).toMatchObject({ stdout: name });
  }
  const hosts = await until(async () => {
    await store.flush();
    const { rows } = await store.list({ filter: 'source:both', noise: true, sort: { by: 'time', descending: false } }, 0, 10);
    return rows.length >= 2 ? rows.map((row) => row.host) : null;
  });
  expect(hosts).toEqual(['inner-server:8080', 'outer-server:8080']);
  await mode.detach('both');
});

test('a daemon that demands TLS and a client’s certificate is used as any other, and says so to whoever has none', async () => {
  const app = await run('secured', 'bridge');
  const { host: url, folder } = host.secured ?? { host: '', folder: '' };
  const by = async (environment: NodeJS.ProcessEnv): Promise<TestMode> => {
    const mode = await openMode(url, { image, surroundings: { environment, platform: 'linux', home: folder } });
    ends.push(() => mode.close());
    await mode.until(() => (mode.mode.status().state === 'connecting' ? null : true));
    return mode;
  };
  const test = await by({ DOCKER_HOST: url, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder });
  expect(test.mode.status()).toMatchObject({ state: 'ready', endpoint: url });
  await test.mode.attach('secured');
  expect(await get(app, '/over-tls')).toBe('secured');
  expect((await test.pairs(1))[0]).toMatchObject({ source: 'secured', location: '/over-tls' });
  await test.mode.detach('secured');
  expect(await agents(host)).toEqual([]);
  const stranger = await by({ DOCKER_HOST: url });
  expect(stranger.mode.status()).toMatchObject({ state: 'unavailable', problem: expect.stringContaining('wants TLS') });
});

test('a program alone in its container is captured like any other; what is not TCP passes by', async () => {
  const busybox = { content: readFileSync(findProgram('busybox') ?? ''), mode: 0o755 };
  const image = await importImage(host, 'sidetap-test/bare', {
    busybox: false,
    files: { '/busybox': busybox, '/www/hello': 'hello' },
    dockerfile: ['CMD ["/busybox","httpd","-f","-p","8080","-h","/www"]'],
  });
  const bare = await runContainer(host, { image, name: 'bare', create: { StopSignal: 'SIGKILL' } });
  ends.push(() => bare.remove());
  const speaker = await run('speaker', 'bridge');
  const { mode, pairs, until } = opened;
  await until(() => opened.shown('speaker'));
  await Promise.all([mode.attach('bare'), mode.attach('speaker')]);
  await until(() => (opened.shown('bare')?.capture.inPorts.includes(8080) ? true : null));
  expect(await get(bare, '/hello')).toBe('hello');
  await until(async () => (await pairs(1)).find(({ source, location }) => source === 'bare' && location === '/hello') ?? null);
  await expect(mode.trust('bare', 'bundle')).rejects.toThrow(/no file of trusted certificates/);

  const echo = createSocket('udp4', (message, { port, address }) => echo.send(`back: ${message.toString()}`, port, address));
  ends.push(async () => void echo.close());
  echo.bind(0);
  await once(echo, 'listening');
  const { port } = echo.address();
  const script = `
    const socket = require('node:dgram').createSocket('udp4', (message) => { console.log(String(message)); socket.close(); });
    socket.send('hello', ${String(port)}, '${host.hostAddress}');`;
  expect(await speaker.exec(['node', '-e', script])).toMatchObject({ stdout: 'back: hello\n' });
  await Promise.all([mode.detach('bare'), mode.detach('speaker')]);
});
