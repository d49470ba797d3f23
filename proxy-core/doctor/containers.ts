import type { Container, DockerStatus } from '../rrpair/containers.ts';
import type { Check } from '../rrpair/results.ts';
import { check, type Finding, failed, ok, skipped, warning } from './check.ts';

/** Docker and what is captured in it, for the doctor to look at. */
export type ContainerParts = {
  /** A look of the doctor's own at Docker: whether it answers, and what of ours it holds. */
  readonly look: () => Promise<DockerLook>;
  /** Containers that an engine knows; none while none runs. */
  readonly containers: readonly Container[];
};

export type DockerLook = Pick<DockerStatus, 'state' | 'problem' | 'endpoint'> & {
  /** The agent's image, and whether it is there; null when Docker did not answer. */
  readonly agentImage: { readonly name: string; readonly present: boolean; readonly named: boolean } | null;
};

/** Whether a container is captured, or is to be. */
export function isCaptured({ capture }: Container): boolean {
  return capture.state !== 'off';
}

/** Whether containers can be captured here, and whether those that are, are well. */
export async function* checkContainers({ look, containers }: ContainerParts): AsyncGenerator<Check> {
  const captured = containers.filter(isCaptured);
  let seen: DockerLook | null = null;
  yield await check('docker', 'Docker, for capturing containers', async () => {
    seen = await look();
    return dockerFinding(seen, captured.length > 0);
  });
  yield await check('agent-image', 'The image of the agent that captures in a container', () => imageFinding(seen));
  for (const container of captured) {
    yield await check(`container-${container.name}`, `Capture of the container ${container.name}`, () => captureFinding(container));
  }
}

/** Whoever captures no containers needs no Docker. */
function dockerFinding({ state, problem, endpoint }: DockerLook, needed: boolean): Finding {
  if (state === 'ready') return ok(`Docker answers at ${endpoint}.`);
  return needed ? failed(problem) : warning(`${problem} Capture without containers does not need it.`);
}

function imageFinding(look: DockerLook | null): Finding {
  const image = look?.agentImage ?? null;
  if (image === null) return skipped('Without Docker nobody can tell.');
  if (image.present) return ok(`${image.name} is there.`);
  const how = image.named ? 'pulls it, because SIDETAP_AGENT_IMAGE names it' : 'builds it, which takes a minute or so';
  return ok(`${image.name} is not there yet; the first capture of a container ${how}.`);
}

function captureFinding({ name, capture, trust }: Container): Finding {
  if (capture.state === 'failed') return failed(capture.error);
  if (capture.error !== '') return warning(capture.error);
  if (trust.error !== '') return warning(trust.error);
  const [refused] = trust.refused;
  if (refused !== undefined) {
    return warning(
      `TLS to ${refused.destination} passes unread (${refused.reason.replace(/\.$/, '')}); run: sidetap trust ${name} --how bundle (or restart, or twin)`,
    );
  }
  if (capture.state !== 'on') return ok(`It is ${capture.state}.`);
  const ports = capture.inPorts.length === 0 ? 'nothing listens in it' : `its ports ${capture.inPorts.join(', ')}`;
  return ok(`It is on: ${ports}, ${capture.pairsIn} pairs in and ${capture.pairsOut} out so far.`);
}
