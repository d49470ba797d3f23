import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type Dockerode from 'dockerode';
import type { Changes } from '../../../proxy-core/docker/changes/changes.ts';
import { openChanges } from '../../../proxy-core/docker/changes/open-changes.ts';
import { type CertificateAuthority, openCertificateAuthority } from '../../../proxy-core/tls/authority.ts';
import type { DockerHost } from '../support/dockerd.ts';

/** A system's roots in the images of these tests: real ones, few. */
export const bundlePath = '/etc/ssl/certs/ca-certificates.crt';

/** What to do at the end of a test or a file, the last thing first. */
export class Cleanup {
  readonly #actions: (() => Promise<unknown>)[] = [];

  add(action: () => Promise<unknown>): void {
    this.#actions.push(action);
  }

  async run(): Promise<void> {
    for (const action of this.#actions.splice(0).toReversed()) await action();
  }
}

export interface Opened {
  changes: Changes;
  authority: CertificateAuthority;
  dataDir: string;
  notices: string[];
}

export async function dataDirectory(cleanup: Cleanup): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sidetap-changes-'));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function openedChanges(cleanup: Cleanup, { docker }: DockerHost, dataDir?: string): Promise<Opened> {
  const folder = dataDir ?? (await dataDirectory(cleanup));
  const authority = await openCertificateAuthority(folder);
  const notices: string[] = [];
  const changes = await openChanges({
    docker: () => docker,
    dataDir: folder,
    authority: async () => authority,
    notify: ({ text }) => notices.push(text),
  });
  return { changes, authority, dataDir: folder, notices };
}

/** `docker inspect` without what every start of a container changes: process, times, addresses that Docker chose. */
export async function inspectedFacts(docker: Dockerode, container: string): Promise<unknown> {
  const { State, NetworkSettings, RestartCount, ...facts } = await docker.getContainer(container).inspect();
  const networks = Object.entries(NetworkSettings.Networks).map(([name, network]) => [
    name,
    { IPAMConfig: network.IPAMConfig, Links: network.Links, Aliases: network.Aliases, NetworkID: network.NetworkID },
  ]);
  return { ...facts, RestartCount, networks, status: State.Status, restarting: State.Restarting };
}
