import type Docker from 'dockerode';
import { limits } from '../limits.ts';
import { removeContainer } from './agent-container.ts';
import { agentLabels } from './labels.ts';
import type { Owner } from './owner.ts';

/**
 * Removes agents that an earlier run of this engine left; those that run now stay, and so do those of other data directories. Answers how many. Throws
 * what Docker throws, and `data-dir-unusable`.
 */
export async function sweepAgents(docker: Docker, owner: Owner, running: ReadonlySet<string>): Promise<number> {
  const id = owner.known();
  if (id === null) return 0;
  const found = await docker.listContainers({
    all: true,
    filters: { label: [`${agentLabels.owner}=${id}`, agentLabels.agent] },
    abortSignal: AbortSignal.timeout(limits.dockerCallMillis),
  });
  const left = found.filter(({ Id }) => !running.has(Id));
  await Promise.all(left.map(({ Id }) => removeContainer(docker, Id)));
  return left.length;
}
