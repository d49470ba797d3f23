import path from 'node:path/posix';
import type Dockerode from 'dockerode';
import { SidetapError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { environmentOf, type FoundBundle, type FoundPlaces, findPlaces } from './bundle-places.ts';
import { ContainerFiles, sha256 } from './container-files.ts';
import { type Inspected, nameOf, reasonOf, statusOf } from './docker-calls.ts';
import type { Making } from './making.ts';
import type { FileMeta } from './record.ts';
import { subjectHash } from './subject-hash.ts';

/** Stands above our certificate, for whoever finds it. */
const heading = '# Sidetap CA: added while its traffic is captured, removed when that is switched off';

/** Numbers of hashed names that are tried; OpenSSL counts on from 0 as long as there are files. */
const hashNumbers = 10;

/**
 * Adds our CA to the bundles of a container. Programs that read them for each connection, or are started later, trust it from then on.
 *
 * @returns what the user should know
 */
export async function addToBundles(making: Making, inspected: Inspected, caPem: string): Promise<string> {
  const name = nameOf(inspected);
  if (inspected.HostConfig.ReadonlyRootfs === true) {
    throw unfit(
      `The file system of ${name} is read-only, so our CA cannot be added to it; use the twin, which gets the CA in a volume of its own.`,
    );
  }
  const files = new ContainerFiles(making.docker, inspected.Id);
  const places = await findPlaces(files, inspected);
  if (places.bundles.length === 0) throw unfit(withoutBundle(name, places));
  const refused: string[] = [];
  let reached = 0;
  for (const bundle of places.bundles) {
    const reason = await attempt(() => addToBundle(making, files, inspected.Id, bundle, caPem));
    if (reason === null) reached++;
    else refused.push(`${bundle.path} (${reason})`);
  }
  if (reached === 0) {
    throw new SidetapError(
      'container-change-failed',
      `Docker would not change the bundles of ${name}: ${refused.join(', ')}. Use the twin instead.`,
    );
  }
  for (const folder of places.hashed) {
    const reason = await attempt(() => addHashed(making, files, inspected.Id, folder, caPem));
    if (reason !== null) refused.push(`${folder} (${reason})`);
  }
  return noteOf(inspected, places, refused);
}

/**
 * Adds our CA to the bundles of a container that we made and that has not started: for programs that go by no variable (GnuTLS). It needs no
 * undoing, and one without bundles is well.
 */
export async function addToTwin(docker: Dockerode, container: string, caPem: string): Promise<void> {
  const files = new ContainerFiles(docker, container);
  const { bundles } = await findPlaces(files, await docker.getContainer(container).inspect());
  for (const { path: file, content, meta } of bundles) {
    if (content.includes(caPem.trim())) continue;
    await files.add(path.dirname(file), [
      { path: file, content: Buffer.concat([content, Buffer.from(blockFor(content, caPem))]), meta },
    ]);
  }
}

/** The block that is added, which depends on how the file ends. */
export function blockFor(content: Uint8Array, caPem: string): string {
  const open = content.length > 0 && content[content.length - 1] !== 0x0a;
  return `${open ? '\n' : ''}${heading}\n${caPem.trim()}\n`;
}

async function addToBundle(
  making: Making,
  files: ContainerFiles,
  container: string,
  bundle: FoundBundle,
  caPem: string,
): Promise<string | null> {
  const { content, path: file } = bundle;
  if (content.includes(caPem.trim())) return null; // baked into the image, or put there for another run of ours, which takes it away again
  const meta = await files.withOwner(file, bundle.meta);
  const block = blockFor(content, caPem);
  const changed = Buffer.concat([content, Buffer.from(block)]);
  const temp = path.join(path.dirname(file), `.sidetap-${making.change}`);
  const before = { sha256: sha256(content), ...meta };
  await making.step({ kind: 'file-edited', container, path: file, temp, block, before, after: sha256(changed) }, async () => {
    // Its time changes, or programs that look at that before they read anew (.NET) would not notice.
    await files.replace({ path: file, content: changed, meta: { ...meta, mtime: now() } }, temp);
  });
  const present = await files.read(file, limits.containerBundleBytes);
  return present?.content.includes(block) === true ? null : 'it did not keep the change';
}

async function addHashed(
  making: Making,
  files: ContainerFiles,
  container: string,
  folder: string,
  caPem: string,
): Promise<string | null> {
  const content = `${caPem.trim()}\n`;
  const hash = subjectHash(caPem);
  for (let number = 0; number < hashNumbers; number++) {
    const file = path.join(folder, `${hash}.${number}`);
    if ((await files.stat(file)) !== null) {
      const real = await files.realPath(file);
      const present = real === null ? null : await files.read(real, limits.containerBundleBytes);
      if (present?.content.includes(caPem.trim()) === true) return null;
      continue;
    }
    const meta: FileMeta = { mode: 0o644, uid: 0, gid: 0, mtime: now() };
    await making.step({ kind: 'file-added', container, path: file, content }, async () => {
      await files.add(folder, [{ path: file, content: Buffer.from(content), meta }]);
    });
    return null;
  }
  return 'too many names with the same hash';
}

/** Null when it was done, else the reason why not. */
async function attempt(change: () => Promise<string | null>): Promise<string | null> {
  try {
    return await change();
  } catch (error) {
    // Refused by Docker, which goes on serving; anything else ends the whole change.
    if (statusOf(error) >= 400) return reasonOf(error);
    throw error;
  }
}

const now = (): string => `${Math.floor(Date.now() / 1000)}.000000000`;

const unfit = (message: string): SidetapError => new SidetapError('container-not-capturable', message);

const pathsOf = (bundles: readonly FoundBundle[]): string => bundles.map((bundle) => bundle.path).join(', ');

function withoutBundle(name: string, { mounted }: FoundPlaces): string {
  if (mounted.length > 0) {
    return `The certificates of ${name} (${pathsOf(mounted)}) are mounted from outside, and a change would reach further than this container; use the twin.`;
  }
  return `${name} has no file of trusted certificates, so its program brings its own; use the twin, which names our CA in the variables that most runtimes read.`;
}

function noteOf(inspected: Inspected, { mounted }: FoundPlaces, refused: readonly string[]): string {
  const environment = environmentOf(inspected);
  const sentences: string[] = [];
  if (mounted.length > 0) sentences.push(`Left alone, because mounted from outside: ${pathsOf(mounted)}.`);
  if (refused.length > 0) sentences.push(`Docker would not change ${refused.join(', ')}.`);
  if (environment['NODE_VERSION'] !== undefined) {
    sentences.push('Node.js brings its own certificates and does not read these files; if it still refuses, use the twin.');
  }
  if (environment['JAVA_HOME'] !== undefined || environment['JAVA_VERSION'] !== undefined) {
    sentences.push('Java reads its own store (cacerts), which is left alone; if it still refuses, use the twin.');
  }
  return sentences.join(' ');
}
