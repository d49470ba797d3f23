import type Docker from 'dockerode';
import { AGENT_IMAGE, IMAGE_LABEL } from './parts.ts';

/**
 * Removes the agent's images that are older than this one, where no container uses them. Newer ones may belong to another Sidetap on this machine. Never
 * throws: what could not be removed is tried again with the next version.
 */
export async function removeOldImages(docker: Docker, current: string): Promise<void> {
  try {
    const images = await ownImages(docker);
    const made = images.find(({ RepoTags }) => RepoTags?.includes(current))?.Created;
    if (made === undefined) return;
    const old = images.filter(({ Created, RepoTags }) => Created < made && RepoTags?.includes(current) !== true);
    await removeAll(docker, old);
  } catch {
    // Docker does not list its images; the agent's is there, and that is what matters.
  }
}

/** Removes every image of the agent that no container uses. Answers how many were removed, and the names of those in use. */
export async function removeAgentImages(docker: Docker): Promise<{ removed: number; inUse: string[] }> {
  return await removeAll(docker, await ownImages(docker));
}

function ownImages(docker: Docker): Promise<Docker.ImageInfo[]> {
  return docker.listImages({ filters: { label: [`${IMAGE_LABEL}=${AGENT_IMAGE}`] } });
}

async function removeAll(docker: Docker, images: readonly Docker.ImageInfo[]): Promise<{ removed: number; inUse: string[] }> {
  const inUse: string[] = [];
  for (const { Id, RepoTags } of images) {
    // By its names, so that nothing has to be forced: that would take it from containers, too.
    const names = RepoTags === null || RepoTags === undefined || RepoTags.length === 0 ? [Id] : RepoTags;
    for (const name of names) {
      try {
        await docker.getImage(name).remove();
      } catch (error) {
        const status = (error as { statusCode?: number }).statusCode;
        // 404: somebody else was faster. 409: a container was made from it.
        if (status === 409) inUse.push(name);
        else if (status !== 404) throw error;
      }
    }
  }
  return { removed: images.length - inUse.length, inUse };
}
