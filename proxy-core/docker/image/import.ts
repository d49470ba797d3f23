import type Docker from 'dockerode';
import { type ArchiveEntry, archive } from './archive.ts';
import { followSteps } from './steps.ts';

/** Makes an image of one layer from an archive (`docker import`): no registry is asked. Answers its id. Throws what Docker said. */
export async function importArchive(
  docker: Docker,
  entries: readonly ArchiveEntry[],
  { name, changes, signal }: { name: string; changes: readonly string[]; signal?: AbortSignal },
): Promise<string> {
  // With its tag in one: Podman does not look at the parameter `tag`.
  const repo = /:[^/]*$/.test(name) ? name : `${name}:latest`;
  const options = { repo, changes: [...changes], ...(signal === undefined ? {} : { abortSignal: signal }) };
  const tar = archive(entries);
  // A file that cannot be read ends the archive; the request would wait for the rest of it.
  const unreadable = new Promise<never>((_resolve, reject) => tar.once('error', reject));
  const answer = await Promise.race([docker.importImage(tar, options), unreadable]);
  await Promise.race([followSteps(answer, () => undefined), unreadable]);
  return (await docker.getImage(name).inspect()).Id;
}
