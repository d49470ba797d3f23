import { printable } from './text.ts';

/** What became of the agent's images. */
export interface RemovedImages {
  removed: number;
  /** Names of those that stay, because a container was made from them. */
  inUse: string[];
}

/** Removes the agent's images from the Docker that this command's environment names. Throws `docker-unavailable`. */
export async function removeAgentImages(): Promise<RemovedImages> {
  const { removeImages } = await import('../proxy-core/docker/look.ts');
  return await removeImages();
}

export function imagesText({ removed, inUse }: RemovedImages): string {
  const gone =
    ['There was no image of the agent.', 'The agent’s image was removed.'][removed] ??
    `${removed} images of the agent were removed.`;
  if (inUse.length === 0) return gone;
  const names = printable(inUse.join(', '));
  const stays = `${names} ${inUse.length === 1 ? 'stays, because a container uses it' : 'stay, because containers use them'}.`;
  return removed === 0 ? stays : `${gone} ${stays}`;
}
