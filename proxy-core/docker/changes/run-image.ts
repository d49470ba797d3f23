import path from 'node:path/posix';
import { SidetapError } from '../../errors.ts';
import type { RunImage } from '../../rrpair/containers.ts';
import type { CertificateAuthority } from '../../tls/authority.ts';
import { addToTwin } from './bundle.ts';
import { ContainerFiles } from './container-files.ts';
import { reasonOf, start, statusOf, toSidetapError } from './docker-calls.ts';
import { changeLabels } from './labels.ts';
import type { Making } from './making.ts';
import { publishedPorts } from './published-ports.ts';
import { lastWords, settle } from './settle.ts';
import { trustedEnvironment, trustFolder, trustMaterial } from './trust-material.ts';
import { create, type Replaced } from './twin.ts';

/** Makes a container from an image, with trust in place, and starts it. What the user set in `env` wins over our variables. */
export async function runImage(
  making: Making,
  options: RunImage,
  authority: Pick<CertificateAuthority, 'caPath' | 'pem'>,
  dataDir: string,
): Promise<Replaced> {
  const { docker, change } = making;
  const { exposed, bindings } = publishedPorts(options.ports);
  const { binds, anonymous } = volumesOf(options.volumes);
  const image = await demandImage(making, options.image);
  const own = Object.fromEntries(options.env.map((pair) => split(pair)));
  const name = options.name ?? `sidetap-${change}`;
  const env = trustedEnvironment(
    { ...Object.fromEntries(image.env.map((pair) => split(pair))), ...own },
    new Set(Object.keys(own)),
  );
  making.progress('Creating the container');
  const container = await making.step({ kind: 'container-created', name, volumes: true }, () =>
    create(making, {
      create: {
        name,
        Image: options.image,
        Env: env,
        ...(options.command.length > 0 ? { Cmd: options.command } : {}),
        ExposedPorts: exposed,
        Volumes: anonymous,
        Labels: { [changeLabels.change]: change, [changeLabels.run]: 'yes' },
        HostConfig: {
          Binds: binds,
          PortBindings: bindings,
          ...(options.network === undefined ? {} : { NetworkMode: options.network }),
        },
      },
      networks: [],
    }),
  );
  const files = new ContainerFiles(docker, container);
  const inspected = await docker.getContainer(container).inspect();
  await files.add(path.dirname(trustFolder), await trustMaterial(dataDir, authority, files, inspected), [trustFolder]);
  await addToTwin(docker, container, authority.pem);
  making.progress('Starting the container');
  await making.step({ kind: 'started', container }, () => start(docker, container));
  const settled = await settle(making, container);
  if (settled.state === 'ended') {
    const words = await lastWords(making, container);
    const said = words === '' ? 'It printed nothing.' : `Its last words: ${words}`;
    throw new SidetapError('container-change-failed', `${options.image} ended at once with code ${settled.exitCode}. ${said}`);
  }
  return { container, note: settled.state === 'not-healthy' ? `${name} runs, but does not say that it is healthy yet.` : '' };
}

async function demandImage(making: Making, image: string): Promise<{ env: readonly string[] }> {
  const present = await inspectImage(making, image);
  if (present !== null) return present;
  await pull(making, image);
  const pulled = await inspectImage(making, image);
  if (pulled === null)
    throw new SidetapError('image-not-found', `Docker pulled ${image}, but does not know it; name it as docker pull does.`);
  return pulled;
}

async function inspectImage({ docker }: Making, image: string): Promise<{ env: readonly string[] } | null> {
  if (!/^\w[\w./:@-]*$/.test(image))
    throw new SidetapError('image-not-found', `${image} is no name of an image; docker image ls shows those that are here.`);
  try {
    const { Config } = await docker.getImage(image).inspect();
    return { env: Config.Env ?? [] };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    if (statusOf(error) === 400)
      throw new SidetapError('image-not-found', `${image} is no name of an image (${reasonOf(error)}).`, { cause: error });
    throw error;
  }
}

type PullProgress = { status?: string; id?: string; progressDetail?: { current?: number; total?: number } };

async function pull(making: Making, image: string): Promise<void> {
  const { docker } = making;
  making.progress(`Pulling ${image}`);
  const layers = new Map<string, { current: number; total: number }>();
  try {
    // Without a tag Docker would pull all of them.
    const stream = await docker.pull(/@|:[^/]*$/.test(image) ? image : `${image}:latest`, { abortSignal: making.signal });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(
        stream,
        (error: Error | null) => (error === null ? resolve() : reject(error)),
        ({ id, progressDetail }: PullProgress) => {
          if (id === undefined || progressDetail?.total === undefined) return;
          layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
          making.progress(`Pulling ${image}: ${percent([...layers.values()])} %`);
        },
      );
    });
  } catch (cause) {
    making.signal.throwIfAborted();
    if (toSidetapError(cause, String).code === 'docker-unavailable') throw cause;
    const message = `The image ${image} is not here and cannot be pulled (${reasonOf(cause)}); check its name, or get it with docker pull or docker build first.`;
    throw new SidetapError('image-not-found', message, { cause });
  }
}

function percent(layers: readonly { current: number; total: number }[]): number {
  const total = layers.reduce((sum, layer) => sum + layer.total, 0);
  const current = layers.reduce((sum, layer) => sum + layer.current, 0);
  return total === 0 ? 0 : Math.floor((100 * current) / total);
}

/** `/data` alone is an anonymous volume. */
function volumesOf(volumes: readonly string[]): { binds: string[]; anonymous: Record<string, Record<string, never>> } {
  const binds: string[] = [];
  const anonymous: Record<string, Record<string, never>> = {};
  for (const volume of volumes) {
    if (/^\.|^~/.test(volume)) {
      throw new SidetapError('bad-usage', `The volume ${volume} must name its folder in full, such as /home/me/data:/data.`);
    }
    if (volume.includes(':')) binds.push(volume);
    else anonymous[volume] = {};
  }
  return { binds, anonymous };
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at <= 0) throw new SidetapError('bad-usage', `A variable is written NAME=VALUE, not ${pair === '' ? 'empty' : pair}.`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}
