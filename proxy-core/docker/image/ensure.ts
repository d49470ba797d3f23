import type Docker from 'dockerode';
import { messageOf, SidetapError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { assembleImage } from './assemble.ts';
import { buildImage, isThere } from './build.ts';
import { type ImageArch, type ImageParts, imageName, readParts } from './parts.ts';
import { BuildProgress } from './progress.ts';
import { removeOldImages } from './remove.ts';
import { followSteps } from './steps.ts';

interface Options {
  /** Told what is being done, for the user. */
  progress: (step: string) => void;
  signal?: AbortSignal;
  /** Reads what the image is made of; default: `readParts`, which takes half a second in a checkout. */
  parts?: () => Promise<ImageParts>;
}

/**
 * Answers the agent's image, and makes it when there is none: `SIDETAP_AGENT_IMAGE`, when it is set; else one of a name that tells its content, which
 * Docker builds from our Dockerfile, or, where that is not possible (no registry), which is made of this machine's own programs.
 *
 * Throws `agent-image-failed`, with what to do about it; the signal's reason when it was aborted.
 */
export async function ensureAgentImage(
  docker: Docker,
  { progress, signal: given, parts: read = readParts }: Options,
): Promise<string> {
  const limit = AbortSignal.timeout(limits.agentImageMillis);
  const signal = given === undefined ? limit : AbortSignal.any([given, limit]);
  try {
    const named = process.env['SIDETAP_AGENT_IMAGE'] ?? '';
    if (named !== '') return await ensureNamed(docker, named, { progress, signal });
    const parts = await read();
    const name = imageName(parts);
    if (await isThere(docker, name)) return name;
    await make(docker, { name, parts, progress, signal });
    await removeOldImages(docker, name);
    return name;
  } catch (error) {
    given?.throwIfAborted();
    if (error instanceof SidetapError) throw error;
    const why = limit.aborted ? `it took longer than ${String(limits.agentImageMillis / 60_000)} minutes` : oneLine(error);
    throw new SidetapError('agent-image-failed', `The agent’s image could not be made: ${why}.`, { cause: error });
  }
}

async function make(
  docker: Docker,
  { name, parts, progress, signal }: { name: string; parts: ImageParts; progress: (step: string) => void; signal: AbortSignal },
): Promise<void> {
  const arch = await archOf(docker);
  progress('Building the agent’s image');
  try {
    await buildImage(docker, { name, parts, progress, signal });
    return;
  } catch (error) {
    signal.throwIfAborted();
    progress('Making the agent’s image of this machine’s own programs');
    await assembleImage(docker, { name, parts, arch, signal }).catch((assembly: unknown) => {
      signal.throwIfAborted();
      throw notBuilt(name, error, assembly);
    });
  }
}

function notBuilt(name: string, error: unknown, assembly: unknown): SidetapError {
  return new SidetapError(
    'agent-image-failed',
    [
      `Docker could not build the agent’s image: ${oneLine(error)}.`,
      assembly instanceof SidetapError
        ? assembly.message
        : `Making it of this machine’s own programs failed too: ${oneLine(assembly)}.`,
      'It is built once, from Docker Hub, Debian’s and npm’s servers: let Docker reach them and try again;',
      `or bring it from a machine that can (docker save ${name}, then docker load here); or name one with SIDETAP_AGENT_IMAGE.`,
    ].join(' '),
    { cause: error },
  );
}

/** An image that the user named: it is pulled when Docker does not have it. */
async function ensureNamed(
  docker: Docker,
  name: string,
  { progress, signal }: { progress: (step: string) => void; signal: AbortSignal },
): Promise<string> {
  if (await isThere(docker, name)) return name;
  const told = new BuildProgress(name, progress);
  try {
    await followSteps(await docker.pull(name, { abortSignal: signal }), (step) => told.hear(step));
  } catch (cause) {
    signal.throwIfAborted();
    throw new SidetapError(
      'agent-image-failed',
      `SIDETAP_AGENT_IMAGE names ${name}, which Docker neither has nor could download: ${oneLine(cause)}. Correct the variable, or unset it.`,
      { cause },
    );
  }
  return name;
}

/** The kind of machine that the daemon runs containers on. */
async function archOf(docker: Docker): Promise<ImageArch> {
  const { Os, Arch } = await docker.version();
  if (Os === 'linux' && Arch === 'amd64') return 'x64';
  if (Os === 'linux' && Arch === 'arm64') return 'arm64';
  throw new SidetapError(
    'agent-image-failed',
    `The agent runs in Linux containers on x64 and arm64; this Docker runs ${Os} containers on ${Arch}.`,
  );
}

/** Docker's words without dockerode's frame, on one line, without the full stop. */
function oneLine(error: unknown): string {
  const reported = (error as { json?: { message?: unknown } } | null)?.json?.message;
  const text = typeof reported === 'string' ? reported : messageOf(error);
  return text.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '').slice(0, 400);
}
