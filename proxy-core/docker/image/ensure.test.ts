import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureAgentImage } from './ensure.ts';
import type { ImageParts } from './parts.ts';

const named = process.env['SIDETAP_AGENT_IMAGE'];
beforeAll(() => {
  delete process.env['SIDETAP_AGENT_IMAGE'];
});
afterAll(() => {
  if (named !== undefined) process.env['SIDETAP_AGENT_IMAGE'] = named;
});

const parts: ImageParts = {
  agent: Buffer.from('agent'),
  context: new Map([['Dockerfile', Buffer.from('ARG NODE_IMAGE=node:24\nFROM ${NODE_IMAGE}\n')]]),
  koffi: () => Promise.resolve(null),
};

/** A daemon that has no image and reaches no registry, on such a machine. */
function offline(Os: string, Arch: string): Docker {
  const missing = Object.assign(new Error('no such image'), { statusCode: 404 });
  return {
    version: () => Promise.resolve({ Os, Arch }),
    getImage: () => ({ inspect: () => Promise.reject(missing), remove: () => Promise.reject(missing) }),
    pruneImages: () => Promise.resolve({}),
    buildImage: () => Promise.reject(new Error('Get "https://registry-1.docker.io/v2/": dial tcp: no such host')),
  } as unknown as Docker;
}

async function refusal(docker: Docker): Promise<string> {
  const made = ensureAgentImage(docker, { progress: () => undefined, parts: () => Promise.resolve(parts) });
  const error: unknown = await made.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'agent-image-failed' });
  return (error as Error).message;
}

test('where the image can be made in neither way, the user is told both reasons and the ways out', async () => {
  const foreign = process.arch === 'x64' ? 'arm64' : 'amd64';
  const message = await refusal(offline('linux', foreign));
  expect(message).toContain(
    'Docker could not build the agent’s image: Get "https://registry-1.docker.io/v2/": dial tcp: no such host.',
  );
  expect(message).toContain('only on Linux, on the same kind of machine as Docker’s.');
  expect(message).toMatch(/docker save localhost\/sidetap-agent:\S+, then docker load here/);
  expect(message).toContain('SIDETAP_AGENT_IMAGE');
});

test.each([
  ['windows', 'amd64'],
  ['linux', 'riscv64'],
])('a Docker of %s containers on %s is refused', async (os, arch) => {
  expect(await refusal(offline(os, arch))).toBe(
    `The agent runs in Linux containers on x64 and arm64; this Docker runs ${os} containers on ${arch}.`,
  );
});
