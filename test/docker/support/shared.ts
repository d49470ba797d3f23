import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { type DockerHost, dockerHost } from './dockerd.ts';
import { SUPERVISOR, type SupervisorAnswer } from './supervisor.ts';

let host: Promise<DockerHost> | null = null;

/**
 * The run's Docker daemon, the same for all test files: others have containers and images on it too. A test that compares all that Docker holds
 * before and after, or that ends the daemon, starts its own (`startDockerd`, half a second).
 */
export function sharedDocker(): Promise<DockerHost> {
  host ??= ask();
  return host;
}

async function ask(): Promise<DockerHost> {
  const name = process.env[SUPERVISOR];
  if (name === undefined)
    throw new Error('The shared Docker daemon belongs to a test run on Linux: start this by vitest or Playwright there.');
  const said = JSON.parse(await text(createConnection(`\0${name}`))) as SupervisorAnswer;
  if (!said.ok) throw new Error(said.message);
  return dockerHost(said.facts);
}
