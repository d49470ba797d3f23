import path from 'node:path/posix';
import type Dockerode from 'dockerode';
import { SidetapError } from '../../errors.ts';
import type { CertificateAuthority } from '../../tls/authority.ts';
import { addToTwin } from './bundle.ts';
import { environmentOf } from './bundle-places.ts';
import { ContainerFiles } from './container-files.ts';
import { type Inspected, nameOf, start, statusOf } from './docker-calls.ts';
import { changeLabels } from './labels.ts';
import type { Making } from './making.ts';
import { lastWords, settle } from './settle.ts';
import { trustedEnvironment, trustFolder, trustMaterial } from './trust-material.ts';
import { type TwinConfig, twinConfig } from './twin-config.ts';

export type Replaced = { readonly container: string; readonly note: string };

/**
 * Puts a twin in the place of a container: the same image, configuration, networks and volumes, with the trust files and the variables that name
 * them. The original is stopped and renamed. What it wrote into its own file system, outside of volumes, is not in the twin.
 */
export async function replaceByTwin(
  making: Making,
  original: Inspected,
  authority: Pick<CertificateAuthority, 'caPath' | 'pem'>,
  dataDir: string,
): Promise<Replaced> {
  const { docker, change } = making;
  const name = nameOf(original);
  const temporary = `${name}-sidetap-twin`;
  const aside = `${name}-sidetap-original`;
  making.progress('Copying the container');
  const material = await trustMaterial(dataDir, authority, new ContainerFiles(docker, original.Id), original);
  const readOnly = original.HostConfig.ReadonlyRootfs === true;
  const trustVolume = readOnly ? { name: `sidetap-trust-${change}`, folder: trustFolder } : null;
  if (trustVolume !== null) {
    await making.step({ kind: 'volume-created', volume: trustVolume.name }, async () => {
      await docker.createVolume({ Name: trustVolume.name, Labels: { [changeLabels.change]: change } });
    });
  }
  const config = twinConfig(original, {
    name: temporary,
    image: await imageOf(making, original),
    env: trustedEnvironment(environmentOf(original), new Set()),
    labels: { [changeLabels.change]: change, [changeLabels.twinOf]: original.Id },
    trustVolume,
  });
  const twin = await making.step({ kind: 'container-created', name: temporary, volumes: false }, () => create(making, config));

  const files = new ContainerFiles(docker, twin);
  if (readOnly) await files.add(trustFolder, material);
  else {
    await files.add(path.dirname(trustFolder), material, [trustFolder]);
    await addToTwin(docker, twin, authority.pem);
  }

  const policy = original.HostConfig.RestartPolicy ?? { Name: 'no' };
  if (policy.Name !== 'no' && policy.Name !== '') {
    // With `always` Docker would start it again when its daemon starts.
    const from = { Name: policy.Name, MaximumRetryCount: policy.MaximumRetryCount ?? 0 };
    await making.step({ kind: 'policy-changed', container: original.Id, from }, async () => {
      await forgoRestarts(docker, original.Id);
    });
  }
  making.progress('Stopping the original');
  await making.step({ kind: 'stopped', container: original.Id }, async () => {
    await docker.getContainer(original.Id).stop();
  });
  await rename(making, original.Id, name, aside);
  await rename(making, twin, temporary, name);
  making.progress('Starting the twin');
  await making.step({ kind: 'started', container: twin }, () => start(docker, twin));
  const settled = await settle(making, twin);
  if (settled.state === 'ended') {
    const words = await lastWords(making, twin);
    const said = words === '' ? '' : ` Its last words: ${words}`;
    throw new SidetapError(
      'container-change-failed',
      `The twin of ${name} ended with code ${settled.exitCode}, so the original is back.${said}`,
    );
  }
  const note = settled.state === 'not-healthy' ? `The twin of ${name} runs, but does not say that it is healthy yet.` : '';
  return { container: twin, note };
}

/** Makes a container and joins it to all its networks. Answers its id. */
export async function create(making: Making, { create: request, networks }: TwinConfig): Promise<string> {
  const { id } = await making.docker.createContainer(request);
  for (const { network, endpoint } of networks) {
    await making.docker.getNetwork(network).connect({ Container: id, EndpointConfig: endpoint });
  }
  return id;
}

async function forgoRestarts(docker: Dockerode, container: string): Promise<void> {
  try {
    await docker.getContainer(container).update({ RestartPolicy: { Name: 'no' } });
  } catch (error) {
    // Podman before 5 has no such call, and no daemon that starts anything either.
    if (statusOf(error) !== 404) throw error;
  }
}

async function rename(making: Making, container: string, from: string, to: string): Promise<void> {
  await making.step({ kind: 'renamed', container, from, to }, async () => {
    await making.docker.getContainer(container).rename({ name: to });
  });
}

/** The name that the original was made by, while it still means the same image; else the image's id. */
async function imageOf({ docker }: Making, original: Inspected): Promise<string> {
  try {
    const { Id } = await docker.getImage(original.Config.Image).inspect();
    return Id === original.Image ? original.Config.Image : original.Image;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    return original.Image;
  }
}
