import type Docker from 'dockerode';
import { archive } from './archive.ts';
import { AGENT_IMAGE, AGENT_PARTS, IMAGE_LABEL, type ImageParts } from './parts.ts';
import { BuildProgress } from './progress.ts';
import { followSteps } from './steps.ts';

interface Build {
  name: string;
  parts: ImageParts;
  progress: (step: string) => void;
  signal?: AbortSignal;
}

/**
 * Builds the agent's image from its Dockerfile: Docker downloads Node's image, Debian's nftables and koffi. What the build needed and the image does
 * not is removed again, whether it succeeds or not. Throws what Docker said.
 */
export async function buildImage(docker: Docker, { name, parts, progress, signal }: Build): Promise<void> {
  const base = baseImage(parts);
  const hadBase = await isThere(docker, base);
  try {
    const context = [...parts.context, ['agent.js', parts.agent] as const];
    const tar = archive(context.map(([file, content]) => ({ path: `/${file}`, content })));
    const options: Docker.ImageBuildOptions & { layers: boolean } = {
      t: name,
      labels: { [IMAGE_LABEL]: AGENT_IMAGE },
      // Containers of the steps, also when one fails.
      rm: true,
      forcerm: true,
      // Podman would keep an image of each step.
      layers: false,
      ...(signal === undefined ? {} : { abortSignal: signal }),
    };
    const answer = await docker.buildImage(tar, options);
    const told = new BuildProgress(base, progress);
    await followSteps(answer, (step) => told.hear(step));
  } finally {
    await removeLeftovers(docker, hadBase ? null : base);
  }
}

/** The image that the Dockerfile starts from. */
function baseImage(parts: ImageParts): string {
  const dockerfile = parts.context.get('Dockerfile')?.toString() ?? '';
  return /^ARG NODE_IMAGE=(\S+)$/m.exec(dockerfile)?.[1] ?? '';
}

/** Best effort: what cannot be removed is in somebody's use, or goes with the next build. */
async function removeLeftovers(docker: Docker, base: string | null): Promise<void> {
  await quietly(docker.pruneImages({ filters: { dangling: ['true'], label: [`${IMAGE_LABEL}=${AGENT_PARTS}`] } }));
  if (base !== null) await quietly(docker.getImage(base).remove());
}

async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}

/** Whether Docker has an image of this name. */
export async function isThere(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}
