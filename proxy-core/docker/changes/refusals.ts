import type Dockerode from 'dockerode';
import { SidetapError } from '../../errors.ts';
import type { ContainerFacts } from '../facts.ts';
import { listContainers } from '../listing.ts';
import { type Inspected, nameOf } from './docker-calls.ts';
import { isOurs } from './labels.ts';

const unfit = (message: string): SidetapError => new SidetapError('container-not-capturable', message);

/** Containers whose files we cannot change. */
export function demandLinux(inspected: Inspected): void {
  if (inspected.Platform === 'windows')
    throw unfit(`${nameOf(inspected)} is a Windows container; only Linux containers can be made to trust our CA.`);
}

/** Refuses to stop and start a container where that would do more than the user asked for. */
export async function demandRestartable(docker: Dockerode, inspected: Inspected): Promise<void> {
  const name = nameOf(inspected);
  if (inspected.State.Paused) throw unfit(`${name} is paused; let it go on first (docker unpause ${name}).`);
  if (!inspected.State.Running) throw unfit(`${name} does not run; start it first (docker start ${name}).`);
  const labels = inspected.Config.Labels ?? {};
  if (labels['com.docker.swarm.task.id'] !== undefined) {
    throw unfit(
      `${name} belongs to a swarm service, which would put another container in its place; add our CA to its bundle instead.`,
    );
  }
  if (Object.keys(labels).some((label) => label.startsWith('io.kubernetes.'))) {
    throw unfit(`${name} belongs to Kubernetes, which would put another container in its place; add our CA to its bundle instead.`);
  }
  const sharing = (await listContainers(docker)).filter(
    (other) => other.networkMode === `container:${inspected.Id}` && isUp(other) && !isOurs(other.labels),
  );
  if (sharing.length > 0) {
    const names = sharing.map((other) => other.name).join(', ');
    throw unfit(`${names} uses the network of ${name} and would lose it while that stops; add our CA to the bundle instead.`);
  }
}

const isUp = ({ state }: ContainerFacts): boolean => state === 'running' || state === 'paused' || state === 'restarting';

/** Refuses a twin for containers that would not outlive it. */
export async function demandTwinnable(docker: Dockerode, inspected: Inspected): Promise<void> {
  const name = nameOf(inspected);
  if (inspected.HostConfig.AutoRemove === true) {
    throw unfit(
      `Docker removes ${name} as soon as it stops (it was started with --rm), so a twin could not give it back; add our CA to its bundle, or restart it in place.`,
    );
  }
  await demandRestartable(docker, inspected);
  // A container that others link to has further names, one for each of them.
  const [listed] = await docker.listContainers({ filters: { id: [inspected.Id] } });
  const linked = (listed?.Names ?? []).filter((other) => other.indexOf('/', 1) !== -1).map((other) => other.split('/')[1]);
  if (linked.length > 0) {
    throw unfit(
      `${linked.join(', ')} is linked to ${name} (--link), and a link does not follow to a twin; add our CA to its bundle, or restart it in place.`,
    );
  }
}
