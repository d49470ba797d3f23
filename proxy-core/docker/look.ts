import { homedir } from 'node:os';
import type Docker from 'dockerode';
import { SidetapError } from '../errors.ts';
import type { DockerStatus } from '../rrpair/containers.ts';
import { Daemon } from './daemon/daemon.ts';
import type { Surroundings } from './daemon/endpoint.ts';
import { isThere } from './image/build.ts';
import { imageName, readParts } from './image/parts.ts';
import { removeAgentImages } from './image/remove.ts';

/** What one look at Docker found. */
export interface Look extends Pick<DockerStatus, 'state' | 'problem' | 'endpoint'> {
  /** The agent's image; null when Docker does not answer. `named`: by `SIDETAP_AGENT_IMAGE`. */
  agentImage: { name: string; present: boolean; named: boolean } | null;
}

function ownSurroundings(): Surroundings {
  return { environment: process.env, platform: process.platform, home: homedir() };
}

/** Looks for Docker once, as capture would, and for the agent's image in it. Changes nothing. Throws when our own files cannot be read. */
export function lookAtDocker(surroundings: Surroundings = ownSurroundings()): Promise<Look> {
  return withDocker(surroundings, async (docker, status) => ({
    ...status,
    agentImage: docker === null ? null : await imageIn(docker, surroundings.environment),
  }));
}

/** Removes every image of the agent that no container uses, of all versions. Throws `docker-unavailable`, and what Docker throws. */
export function removeImages(surroundings: Surroundings = ownSurroundings()): Promise<{ removed: number; inUse: string[] }> {
  return withDocker(surroundings, async (docker, { problem }) => {
    if (docker === null) throw new SidetapError('docker-unavailable', problem);
    return await removeAgentImages(docker);
  });
}

/** `docker` is null when it does not answer. */
async function withDocker<T>(
  surroundings: Surroundings,
  use: (docker: Docker | null, status: Daemon['status']) => Promise<T>,
): Promise<T> {
  const settled = Promise.withResolvers<void>();
  const daemon = new Daemon(surroundings, {
    reached: async () => {},
    event: () => {},
    changed: () => settled.resolve(),
  });
  daemon.start();
  try {
    await settled.promise;
    return await use(daemon.docker, daemon.status);
  } finally {
    await daemon.close();
  }
}

async function imageIn(docker: Docker, environment: NodeJS.ProcessEnv): Promise<Look['agentImage']> {
  const given = environment['SIDETAP_AGENT_IMAGE'] ?? '';
  const name = given === '' ? imageName(await readParts()) : given;
  return { name, present: await isThere(docker, name), named: given !== '' };
}
