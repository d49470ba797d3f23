import type Docker from 'dockerode';
import { limits } from '../limits.ts';
import { inspectIfThere } from './changes/docker-calls.ts';
import { type ContainerFacts, factsOf, missingOf } from './facts.ts';

/** The containers with these ids, or all of them, in whatever state. Throws what Docker throws. */
export async function listContainers(docker: Docker, ids: ReadonlySet<string> | null = null): Promise<ContainerFacts[]> {
  const list = await docker.listContainers({
    all: true,
    abortSignal: AbortSignal.timeout(limits.dockerCallMillis),
    ...(ids === null ? {} : { filters: { id: [...ids] } }),
  });
  const found: ContainerFacts[] = [];
  for (const info of list) {
    if (info.HostConfig?.NetworkMode !== undefined) {
      found.push(factsOf(info));
      continue;
    }
    const inspected = await inspectIfThere(docker, info.Id);
    if (inspected !== null) found.push(factsOf(info, missingOf(inspected)));
  }
  return found;
}
