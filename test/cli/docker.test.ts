import { once } from 'node:events';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ensureAgentImage } from '../../proxy-core/docker/image/ensure.ts';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { makeCaCertificate, makeLeafCertificate, newKeyPair, privateKeyPem } from '../../proxy-core/tls/certificates.ts';
import type { TestContainer } from '../docker/support/containers.ts';
import { runContainer } from '../docker/support/containers.ts';
import type { DockerHost } from '../docker/support/dockerd.ts';
import { importImage } from '../docker/support/images.ts';
import { sharedDocker } from '../docker/support/shared.ts';
import type { Ended, Ready, Running } from './support.ts';
import { echo, Stage } from './support.ts';

/** The command on containers of a real Docker: a web service that calls its backend, in compose shape. */

const project = 'cli-shop';
let host: DockerHost;
let image: string;
let agent: string;
let net: { remove: () => Promise<unknown> };
let web: TestContainer;
let backend: TestContainer;

beforeAll(async () => {
  host = await sharedDocker();
  agent = await ensureAgentImage(host.docker, { progress: () => {} });
  image = await importImage(host, 'sidetap-test/cli-service', {
    files: {
      '/www/cgi-bin/ask': {
        content: '#!/bin/sh\nprintf "Content-Type: text/plain\\r\\n\\r\\n"\nexec wget -qO- http://backend:8000/answer\n',
        mode: 0o755,
      },
      '/www/answer': 'forty-two\n',
    },
    dockerfile: ['CMD ["httpd","-f","-p","8000","-h","/www"]'],
  });
  const network = await host.docker.createNetwork({ Name: `${project}_default` });
  net = network;
  const labels = (service: string): Record<string, string> => ({
    'com.docker.compose.project': project,
    'com.docker.compose.service': service,
  });
  const common = { image, network: `${project}_default` };
  backend = await runContainer(host, { ...common, name: 'cli-shop-backend-1', aliases: ['backend'], labels: labels('backend') });
  web = await runContainer(host, { ...common, name: 'cli-shop-web-1', aliases: ['web'], labels: labels('web'), ports: ['8000'] });
});
afterAll(async () => {
  await web.remove();
  await backend.remove();
  await net.remove();
});

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.end());

const environment = (): NodeJS.ProcessEnv => ({ DOCKER_HOST: host.host, SIDETAP_AGENT_IMAGE: agent });
const start = (...args: string[]): Running => stage.start(args, { env: environment() });
const run = (...args: string[]): Promise<Ended> => start(...args).ended;

interface ReadyContainers extends Ready {
  containers: { id: string; name: string; inPorts: number[]; outbound: boolean; trust: string | null }[];
  listens?: string[];
}

async function capture(...args: string[]): Promise<Running & { ready: ReadyContainers }> {
  const running = start('start', 'capture', '--json', ...args);
  return { ...running, ready: JSON.parse(await running.line) as ReadyContainers };
}

/** Asks the web service, which asks the backend. */
async function ask(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${String(await web.published(8000))}/cgi-bin/ask`);
  return response.text();
}

async function container(name: string): Promise<Container | undefined> {
  const { stdout } = await run('containers', '--json');
  const list = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Container);
  return list.find((each) => each.name === name);
}

/** The pairs that match, the newest first, once there are so many that are over: agents tell of them a moment after they were answered. */
async function captured(count: number, ...args: string[]): Promise<PairSummary[]> {
  for (;;) {
    const pairs = await stage.pairs(...args);
    if (pairs.length >= count && pairs.every(({ state }) => state === 'done')) return pairs;
  }
}

/** Without what the kernel counts. */
async function rulesets(): Promise<string[]> {
  const found = await Promise.all([host.ruleset(web.id), host.ruleset(backend.id)]);
  return found.map((text) => text.replaceAll(/packets \d+ bytes \d+/g, ''));
}

/** Agents beside our containers: others may use the same Docker. */
async function agents(): Promise<string[]> {
  const found = await host.docker.listContainers({ all: true, filters: { label: ['sidetap.agent'] } });
  return found.map(({ Labels }) => Labels['sidetap.target'] ?? '').filter((target) => [web.id, backend.id].includes(target));
}

describe('containers that run', () => {
  test('a call from one to the other: both ends, their names, and no trace afterwards', async () => {
    const before = await rulesets();
    const running = await capture('--container', web.name, '--container', backend.id.slice(0, 12));
    expect(running.ready).toMatchObject({
      event: 'ready',
      inbound: null,
      outbound: null,
      containers: [
        { id: web.id, name: web.name, inPorts: [8000], outbound: true, trust: null },
        { id: backend.id, name: backend.name, inPorts: [8000], outbound: true },
      ],
    });
    expect(await ask()).toBe('forty-two\n');
    const pairs = await captured(3);
    expect(
      pairs.map(({ direction, source, host: asked, location }) => [direction, source, asked, location].join(' ')).toSorted(),
    ).toEqual(
      [
        `in ${web.name} 127.0.0.1:${String(await web.published(8000))} /cgi-bin/ask`,
        `out ${web.name} backend:8000 /answer`,
        `in ${backend.name} backend:8000 /answer`,
      ].toSorted(),
    );
    const arrived = pairs.find(({ source }) => source === backend.name);
    const left = pairs.find(({ direction }) => direction === 'out');
    const shown = await stage.run('show', String(arrived?.id));
    expect(shown.stdout).toContain(`inbound to ${backend.name} from web (`);
    expect(shown.stdout).toContain(`The other end of this call: #${String(left?.id)}, leaving ${web.name}\n`);
    expect((await stage.run('list')).stdout).toMatch(/^ID +TIME +DIR +SOURCE +TECH/);

    const one = await run('stop', 'capture', '--container', backend.name, '--json');
    expect(JSON.parse(one.stdout)).toMatchObject({ pairs: 1, containers: [{ name: backend.name }], engine: 'running' });
    expect(await agents()).toEqual([web.id]);
    await ask();
    expect((await captured(5)).filter(({ source }) => source === backend.name)).toHaveLength(1);
    const last = await run('stop', 'capture', '--container', web.name, '--json');
    expect(JSON.parse(last.stdout)).toMatchObject({ pairs: 4, engine: 'ended' });
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(await agents()).toEqual([]);
    expect(await rulesets()).toEqual(before);
    expect(await ask()).toBe('forty-two\n');
  });

  test('all of a compose project, through the engine of a window; Ctrl-C leaves that running', async () => {
    const window = start('inspect', '--json');
    await window.line;
    const running = await capture('--project', project);
    expect(running.ready.containers.map(({ name }) => name).toSorted()).toEqual([backend.name, web.name]);
    expect(await container(web.name)).toMatchObject({ project, service: 'web', capture: { state: 'on', outbound: true } });
    await ask();
    expect(await captured(3)).toHaveLength(3);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(window.child.exitCode).toBeNull();
    expect(await agents()).toEqual([]);
    expect(await container(web.name)).toMatchObject({ capture: { state: 'off', pairsIn: 0 } });
  });

  test('a restart of the application is followed, and told', async () => {
    const running = await capture('--container', backend.name);
    await backend.container.restart();
    await says(running, `${backend.name}: It runs again and is captured.`);
    expect(running.stderr()).toContain(`${backend.name}: It has stopped; capture resumes when it runs again.`);
    await ask();
    expect(await captured(1)).toMatchObject([{ direction: 'in', source: backend.name, location: '/answer' }]);
    running.child.kill('SIGINT');
    await running.ended;
  });

  test('kill -9: calls go direct, and the next Sidetap removes what is left', async () => {
    const running = await capture('--container', web.name);
    running.child.kill('SIGKILL');
    await running.ended;
    // Not before the kernel knows: connections that go through the agent may be lost.
    await expect.poll(() => ask().catch(() => '')).toBe('forty-two\n');
    expect(await container(web.name)).toMatchObject({ capture: { state: 'off' } });
    expect(await agents()).not.toContain(web.id);
    expect(await host.ruleset(web.id)).not.toContain('sidetap');
  });
});

async function says(running: Running, text: string): Promise<void> {
  while (!running.stderr().includes(text)) await once(running.child.stderr ?? running.child, 'data');
}

describe('TLS of an application that does not know the CA', () => {
  test('passes unread, is read with the CA in its bundle, and is as before when that is undone', async () => {
    const { ca, port } = await serveTls('pay.example');
    const client = await importImage(host, 'sidetap-test/cli-client', { programs: ['curl'], dockerfile: ['CMD ["sleep","1000"]'] });
    const shop = await runContainer(host, {
      image: client,
      name: 'cli-pay',
      hostConfig: { ExtraHosts: [`pay.example:${host.hostAddress}`] },
    });
    stage.onEnd(() => shop.remove());
    const bundle = '/etc/ssl/certs/ca-certificates.crt';
    await shop.exec(['sh', '-c', `mkdir -p /etc/ssl/certs && echo "$CA" > ${bundle}`], { env: [`CA=${ca}`] });
    const before = (await shop.exec(['cat', bundle])).stdout;
    const pay = async (): Promise<number> =>
      (await shop.exec(['curl', '-sS', '--cacert', bundle, `https://pay.example:${String(port)}/charge`])).code;
    expect(await pay()).toBe(0);

    const running = await capture('--container', 'cli-pay');
    // The first one is refused by the client, which has just found out; from then on it is let through.
    await pay();
    expect(await pay()).toBe(0);
    await says(running, `cli-pay: It does not trust Sidetap’s CA, so TLS to pay.example:${String(port)} passes unread.`);
    expect((await captured(1, '--filter', 'source:cli-pay'))[0]).toMatchObject({
      protocol: 'tls',
      host: `pay.example:${String(port)}`,
    });

    const trusted = await run('trust', 'cli-pay', '--how', 'bundle', '--json');
    expect(JSON.parse(trusted.stdout)).toMatchObject({ name: 'cli-pay', trust: { applied: 'bundle', error: '' } });
    expect(await pay()).toBe(0);
    expect((await captured(1, '--filter', 'path:/charge'))[0]).toMatchObject({
      protocol: 'https',
      command: 'GET',
      location: '/charge',
      status: '200',
    });
    expect((await run('containers')).stdout).toMatch(/cli-pay .* trusted \(bundle\)\n/);

    expect(await run('trust', 'cli-pay', '--undo')).toMatchObject({ code: 0 });
    expect((await shop.exec(['cat', bundle])).stdout).toBe(before);
    expect(await run('trust', 'cli-pay', '--how', 'bundle')).toMatchObject({ code: 0 });
    expect((await shop.exec(['cat', bundle])).stdout).not.toBe(before);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect((await shop.exec(['cat', bundle])).stdout).toBe(before);
    expect(await pay()).toBe(0);
  });
});

test('a twin stands in for a container while it is captured, under its name; then the original is back', async () => {
  const original = await runContainer(host, { image, command: ['sleep', '1000'], name: 'cli-twin', env: ['GREETING=hello'] });
  stage.onEnd(() => original.remove());
  const running = await capture('--container', 'cli-twin', '--trust', 'twin');
  const [twin] = running.ready.containers;
  expect(twin).toMatchObject({ name: 'cli-twin', trust: 'twin' });
  expect(twin?.id).not.toBe(original.id);
  const { Config, State } = await host.docker.getContainer('cli-twin').inspect();
  expect(State.Running).toBe(true);
  expect(Config.Env).toEqual(expect.arrayContaining(['GREETING=hello', expect.stringMatching(/^NODE_EXTRA_CA_CERTS=/)]));
  expect((await host.docker.getContainer(original.id).inspect()).State.Running).toBe(false);
  const stopped = await run('stop', 'capture', '--container', 'cli-twin', '--json');
  expect(JSON.parse(stopped.stdout)).toMatchObject({ containers: [{ name: 'cli-twin' }], engine: 'ended' });
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(await host.docker.getContainer('cli-twin').inspect()).toMatchObject({ Id: original.id, State: { Running: true } });
  await expect(host.docker.getContainer(twin?.id ?? '').inspect()).rejects.toMatchObject({ statusCode: 404 });
});

/** An HTTPS server on this machine, for a name that a CA of its own vouches for. */
async function serveTls(name: string): Promise<{ ca: string; port: number }> {
  const keys = await newKeyPair();
  const certificate = await makeCaCertificate(keys, 'a CA of this test', Date.now());
  const issuer = { certificate, signingKey: keys.privateKey };
  const leaf = await makeLeafCertificate(issuer, keys.publicKey, { kind: 'dns', value: name }, Date.now());
  const server = createSecureServer({ key: await privateKeyPem(keys.privateKey), cert: leaf.toString('pem') }, echo).listen(0);
  await once(server, 'listening');
  stage.onEnd(async () => server.close());
  return { ca: certificate.toString('pem'), port: (server.address() as AddressInfo).port };
}

describe('an image', () => {
  test('runs its command, says where it listens, is captured with trust in place, and is gone at the end', async () => {
    const options = ['--image', image, '--port-mapping', '0:8000', '--network', `${project}_default`, '--name', 'cli-made'];
    const command = [
      'sh',
      '-c',
      'mkdir /tmp/made && env > /tmp/made/env && httpd -p 8000 -h /tmp/made && trap "exit 0" TERM && while :; do sleep 0.1; done',
    ];
    const running = await capture(...options, '--env', 'GREETING=hello', '--', ...command);
    const { containers, listens } = running.ready;
    expect(containers).toMatchObject([{ name: 'cli-made', inPorts: [8000], trust: 'image' }]);
    expect(listens).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)]);
    const made = await (await fetch(`${String(listens?.[0])}/env`)).text();
    expect(made).toContain('GREETING=hello\n');
    expect(made).toContain('SSL_CERT_FILE=');
    expect(await captured(1)).toMatchObject([{ direction: 'in', source: 'cli-made', location: '/env', status: '200' }]);
    const stopped = await run('stop', 'capture', '--json');
    expect(JSON.parse(stopped.stdout)).toMatchObject({ containers: [{ name: 'cli-made' }], pairs: 1, engine: 'ended' });
    expect(await running.ended).toMatchObject({ code: 0 });
    await expect(host.docker.getContainer('cli-made').inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  test('that ends at once says what it said, and nothing is left', async () => {
    const ended = await run(
      'start',
      'capture',
      '--image',
      image,
      '--name',
      'cli-short',
      '--',
      'sh',
      '-c',
      'echo no config; exit 3',
    );
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/sidetap: .*ended at once with code 3.*no config.*\n$/);
    await expect(host.docker.getContainer('cli-short').inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  test('that is not there ends with 1, and a mapping that is none with 2', async () => {
    const absent = await run('start', 'capture', '--image', 'sidetap-test/nowhere:1');
    expect(absent).toMatchObject({ code: 1, stdout: '' });
    expect(absent.stderr).toMatch(/sidetap: .*sidetap-test\/nowhere:1.*\n$/);
    const mapping = await run('start', 'capture', '--image', image, '--port-mapping', 'http');
    expect(mapping).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('what cannot be', () => {
  test('Docker that is not there: one sentence, and what to do', async () => {
    const nowhere = stage.start(['start', 'capture', '--container', 'web'], {
      env: { ...environment(), DOCKER_HOST: `unix://${stage.home}/docker.sock` },
    });
    const ended = await nowhere.ended;
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^sidetap: There is no Docker at .+docker\.sock.*DOCKER_HOST.*\n$/);
  });

  test('a container that uses the network of the host: refused, with another way', async () => {
    const outside = await runContainer(host, {
      image,
      command: ['sleep', '1000'],
      name: 'cli-host',
      hostConfig: { NetworkMode: 'host' },
    });
    stage.onEnd(() => outside.remove());
    const ended = await run('start', 'capture', '--container', 'cli-host');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/sidetap: cli-host uses the host’s own network.*sidetap start capture --port.*\n$/);
    expect((await run('containers')).stderr).toContain('cli-host: cli-host uses the host’s own network');
  });

  test('the doctor looks at Docker and the agent’s image', async () => {
    const { stdout } = await run('doctor', '--json');
    const checks = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; outcome: string; detail: string });
    expect(checks).toContainEqual(
      expect.objectContaining({ id: 'docker', outcome: 'ok', detail: `Docker answers at ${host.host}.` }),
    );
    expect(checks).toContainEqual(expect.objectContaining({ id: 'agent-image', outcome: 'ok', detail: `${agent} is there.` }));
  });
});
