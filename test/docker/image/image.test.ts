import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ensureAgentImage } from '../../../proxy-core/docker/image/ensure.ts';
import { removeAgentImages } from '../../../proxy-core/docker/image/remove.ts';
import { findProgram } from '../../../scripts/lib/debian.ts';
import { root } from '../../../scripts/lib/paths.ts';
import { runContainer, testContainer } from '../support/containers.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { importImage } from '../support/images.ts';
import { dockerState } from '../support/state.ts';

/** What the Dockerfile starts from. */
const BASE = 'node:24-bookworm-slim';

let dockerd: Dockerd;
const configured = process.env['SIDETAP_AGENT_IMAGE'];

beforeAll(async () => {
  delete process.env['SIDETAP_AGENT_IMAGE'];
  dockerd = await startDockerd();
});

afterEach(async () => {
  delete process.env['SIDETAP_AGENT_IMAGE'];
  await removeAgentImages(dockerd.docker);
});

afterAll(async () => {
  if (configured !== undefined) process.env['SIDETAP_AGENT_IMAGE'] = configured;
  await dockerd.stop();
});

/** Makes the image, and tells the steps that a user was told. */
async function make(): Promise<{ name: string; steps: string[] }> {
  const steps: string[] = [];
  const name = await ensureAgentImage(dockerd.docker, { progress: (step) => steps.push(step) });
  return { name, steps };
}

/** What a container of the image prints, started as the agent's container is. */
async function runIn(image: string, entrypoint: readonly string[]): Promise<string> {
  const { id } = await dockerd.docker.createContainer({
    Image: image,
    Entrypoint: [...entrypoint],
    HostConfig: { CapDrop: ['ALL'], CapAdd: ['NET_ADMIN'], ReadonlyRootfs: true },
  });
  const container = await testContainer(dockerd.docker, id);
  try {
    await container.container.start();
    await container.container.wait();
    return await container.output();
  } finally {
    await container.remove();
  }
}

const NODE = '/usr/local/bin/node';

/** All that the agent does with what the image holds. */
const LOOK = `
const { spawnSync } = require('node:child_process');
const getpid = require('/sidetap/koffi.node').load('libc.so.6').func('int getpid()');
console.log(JSON.stringify({
  user: [process.getuid(), process.getgid()],
  libc: getpid() === process.pid,
  nft: spawnSync('nft', ['add table inet t; list ruleset']).stdout.toString(),
  agent: spawnSync(process.execPath, ['--check', '/sidetap/agent.js']).status,
}))`;

/** However it was made, the image is the same to whoever uses it. */
async function expectWorkingImage(name: string): Promise<void> {
  const { Config, Size } = await dockerd.docker.getImage(name).inspect();
  expect(Config.User).toBe('4140:4140');
  expect(Config.Entrypoint).toEqual([NODE, '/sidetap/agent.js']);
  expect(Config.Labels['sidetap.image']).toBe('agent');
  // Node alone is nine tenths of it.
  expect(Size).toBeLessThan(160e6);
  expect(JSON.parse(await runIn(name, [NODE, '-e', LOOK]))).toEqual({
    user: [4140, 4140],
    libc: true,
    nft: 'table inet t {\n}\n',
    agent: 0,
  });
}

test('without a registry the image is made of this machine’s programs, once', async () => {
  const before = await dockerState(dockerd.docker);
  const { name, steps } = await make();
  expect(name).toMatch(/^localhost\/sidetap-agent:\d+\.\d+\.\d+-[0-9a-f]{12}$/);
  expect(steps.at(-1)).toBe('Making the agent’s image of this machine’s own programs');
  await expectWorkingImage(name);
  const made = await dockerState(dockerd.docker);
  expect(await make()).toEqual({ name, steps: [] });
  expect(await dockerState(dockerd.docker)).toEqual(made);
  expect(await removeAgentImages(dockerd.docker)).toEqual({ removed: 1, inUse: [] });
  expect(await dockerState(dockerd.docker)).toEqual(before);
});

test('where Docker can build it, it does, and nothing but the image is left', async () => {
  await importImage(dockerd, BASE, baseContent());
  const before = await dockerState(dockerd.docker);
  const { name, steps } = await make();
  expect(steps.at(-1)).toMatch(/^Building the agent’s image: step (\d+) of \1$/);
  await expectWorkingImage(name);
  await removeAgentImages(dockerd.docker);
  expect(await dockerState(dockerd.docker)).toEqual(before);
  await dockerd.docker.getImage(BASE).remove();
});

/** A program of this machine as a file of an image. */
function program(name: string): { content: Buffer; mode: number } {
  return { content: readFileSync(findProgram(name) ?? ''), mode: 0o755 };
}

/** Stands for Node's image: what `apt-get` and `npm` would bring is in it. */
function baseContent(): Parameters<typeof importImage>[2] {
  const koffi = `node_modules/@koromix/koffi-linux-${process.arch}`;
  const native = path.join(koffi, `linux_${process.arch}`, 'koffi.node');
  return {
    node: true,
    programs: ['bash', 'ldd', 'nft', 'setcap'],
    files: {
      '/usr/sbin/nft': program('nft'),
      '/usr/sbin/setcap': program('setcap'),
      '/bin/bash': program('bash'),
      '/usr/bin/apt-get': { content: '#!/bin/sh\n', mode: 0o755 },
      '/usr/local/bin/npm': {
        content: `#!/bin/sh\nset -e\n[ "$1" = ci ] && [ -e package-lock.json ]\nmkdir -p node_modules/@koromix\ncp -r /koffi/${koffi} node_modules/@koromix/\n`,
        mode: 0o755,
      },
      [`/koffi/${native}`]: { content: readFileSync(path.join(root, native)), mode: 0o644 },
    },
  };
}

test('images of older versions go when nothing uses them, also those of the name that they once had', async () => {
  const label = ['LABEL sidetap.image=agent'];
  await importImage(dockerd, 'sidetap-agent:0.0.1-old', { dockerfile: label });
  await importImage(dockerd, 'localhost/sidetap-agent:0.0.1-old', { dockerfile: label });
  await importImage(dockerd, 'sidetap-agent:0.0.2-used', { dockerfile: label });
  await importImage(dockerd, 'somebody/sidetap-agent:1', {});
  const user = await runContainer(dockerd, { image: 'sidetap-agent:0.0.2-used', command: ['sleep', '100'] });
  // Docker counts age in seconds.
  await expect.poll(() => Math.floor(Date.now() / 1000)).toBeGreaterThan(await createdAt('sidetap-agent:0.0.2-used'));
  const { name } = await make();
  const left = (await dockerState(dockerd.docker)).images.map((line) => line.split(' ')[0]);
  expect(left).toEqual([name, 'sidetap-agent:0.0.2-used', 'somebody/sidetap-agent:1'].toSorted());
  expect(await removeAgentImages(dockerd.docker)).toEqual({ removed: 1, inUse: ['sidetap-agent:0.0.2-used'] });
  await user.remove();
  await dockerd.docker.getImage('somebody/sidetap-agent:1').remove();
});

async function createdAt(image: string): Promise<number> {
  return Math.floor(Date.parse((await dockerd.docker.getImage(image).inspect()).Created) / 1000);
}

test('an image that the user names is used as it is, and looked for when it is not there', async () => {
  await importImage(dockerd, 'mine:1', {});
  process.env['SIDETAP_AGENT_IMAGE'] = 'mine:1';
  expect(await make()).toEqual({ name: 'mine:1', steps: [] });
  process.env['SIDETAP_AGENT_IMAGE'] = 'registry.example/agent:1';
  await expect(make()).rejects.toMatchObject({
    code: 'agent-image-failed',
    message: expect.stringMatching(
      /^SIDETAP_AGENT_IMAGE names registry\.example\/agent:1, which Docker neither has nor could download: /,
    ),
  });
  await dockerd.docker.getImage('mine:1').remove();
});

test('for a container that was switched off meanwhile, nothing is made', async () => {
  const before = await dockerState(dockerd.docker);
  const stopped = new AbortController();
  stopped.abort(new Error('switched off'));
  await expect(ensureAgentImage(dockerd.docker, { progress: () => undefined, signal: stopped.signal })).rejects.toThrow(
    'switched off',
  );
  expect(await dockerState(dockerd.docker)).toEqual(before);
});
