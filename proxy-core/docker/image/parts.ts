import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { version } from '../../version.ts';

const execute = promisify(execFile);

/** Machines that the agent's image is made for, as Node names them. */
export type ImageArch = 'x64' | 'arm64';

/** The files of ours that the agent's image is made of. */
export interface ImageParts {
  /** The agent's program, in one file. */
  agent: Buffer;
  /** The Dockerfile and what it copies, the agent excepted, by file name. */
  context: ReadonlyMap<string, Buffer>;
  /** Native part of koffi for Linux on such a machine; null where only npm's package for another one is installed. */
  koffi(arch: ImageArch): Promise<Buffer | null>;
}

/** Files of `context/`, which is `dist/agent-image/` once built. */
const CONTEXT_FILES = ['Dockerfile', 'package.json', 'lockfile.json'] as const;

/** True where this runs from a checkout, false where it was bundled. */
const FROM_SOURCE = import.meta.url.endsWith('.ts');

/** Reads them: beside the bundles, or from the checkout, where the agent is bundled now. Throws when one is not there. */
export async function readParts(): Promise<ImageParts> {
  const folder = path.join(import.meta.dirname, FROM_SOURCE ? 'context' : 'agent-image');
  const context = new Map<string, Buffer>();
  for (const name of CONTEXT_FILES) context.set(name, await readFile(path.join(folder, name)));
  const agent = FROM_SOURCE ? await bundleAgent() : await readFile(path.join(import.meta.dirname, 'agent.js'));
  return {
    agent,
    context,
    koffi: (arch) => readIfThere(FROM_SOURCE ? installedKoffi(arch) : path.join(folder, `koffi-linux-${arch}.node`)),
  };
}

/** Where npm puts it. */
function installedKoffi(arch: ImageArch): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve(`@koromix/koffi-linux-${arch}/package.json`);
    return path.join(path.dirname(manifest), `linux_${arch}`, 'koffi.node');
  } catch {
    // npm installs the package of its own kind of machine only.
    return null;
  }
}

async function readIfThere(file: string | null): Promise<Buffer | null> {
  if (file === null) return null;
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** In a checkout the agent is as new as its sources. The bundler is no part of the engine, so it runs on its own. */
async function bundleAgent(): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sidetap-agent-'));
  try {
    const script = path.join(import.meta.dirname, '..', '..', '..', 'scripts', 'agent.ts');
    await execute(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder]);
    return await readFile(path.join(folder, 'agent.js'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Name and tag of the image that is made of these files: others get another one. */
export function imageName({ agent, context }: Pick<ImageParts, 'agent' | 'context'>): string {
  const hash = createHash('sha256').update(agent);
  for (const [name, content] of context) hash.update(name).update(content);
  return `${REPOSITORY}:${version}-${hash.digest('hex').slice(0, 12)}`;
}

/** With a registry’s name before it, or Podman would keep it under one name and look for it under another: `docker.io/library/`. */
const REPOSITORY = 'localhost/sidetap-agent';

/** On every image of ours. Not among the labels of containers, which get those of their image. */
export const IMAGE_LABEL = 'sidetap.image';
export const AGENT_IMAGE = 'agent';
/** On what the build leaves behind. */
export const AGENT_PARTS = 'agent-parts';
