import { homedir } from 'node:os';
import type Docker from 'dockerode';
import type { Recorder } from '../capture/recorder.ts';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Store } from '../store/store.ts';
import type { IssuingAuthority } from '../tls/authority.ts';
import type { AgentImage } from './agent.ts';
import { Captures } from './captures.ts';
import type { Changes } from './changes/changes.ts';
import { openChanges } from './changes/open-changes.ts';
import type { ContainerMode } from './container-mode.ts';
import { Daemon } from './daemon/daemon.ts';
import type { Surroundings } from './daemon/endpoint.ts';
import { sharedAgentImage } from './image/shared.ts';
import { Inventory } from './inventory.ts';
import { DockerContainerMode } from './mode.ts';
import { namesFor } from './names.ts';
import { Owner } from './owner.ts';
import { sweepAgents } from './sweep.ts';
import { TrustSwitch } from './trust-switch.ts';
import { trustedCas } from './trusted-cas.ts';

export interface ContainerModeParts {
  dataDir: string;
  store: Store;
  /** Gives out the ids of pairs. */
  recorder: Pick<Recorder, 'takeId'>;
  authority(): Promise<IssuingAuthority>;
  notify(notice: { id: string; level: 'info' | 'warning' | 'error'; text: string }): void;
  /** Status or a container changed. */
  changed(): void;
  /** What tells where Docker is; by default this process's own surroundings. */
  surroundings?: Surroundings;
  /** Where the agent's image comes from. */
  image?: AgentImage;
}

/** Starts looking for Docker, in the background. */
export function openContainerMode(parts: ContainerModeParts): ContainerMode {
  const { dataDir, store, recorder } = parts;
  const authority = (): Promise<IssuingAuthority> => parts.authority();
  const notify: ContainerModeParts['notify'] = (notice) => parts.notify(notice);
  const owner = new Owner(dataDir);
  const running = new Set<string>();
  let revision = 0;
  let reached: Docker | null = null;
  const changed = (): void => {
    revision += 1;
    parts.changed();
  };
  const inventory = new Inventory(
    () => daemon.docker,
    (touched) => {
      captures.look(touched);
      changed();
    },
    (error) => notify({ id: 'docker-list', level: 'warning', text: `Docker did not say how a container is: ${messageOf(error)}` }),
  );
  const captures = new Captures(inventory, {
    owner,
    store,
    running,
    authority,
    notify,
    changed,
    image: parts.image ?? sharedAgentImage(),
    takeId: () => recorder.takeId(),
    docker: () => daemon.docker,
    names: (id) => {
      const facts = inventory.get(id);
      return facts === null ? {} : namesFor(facts, inventory.all());
    },
    trustedCas: async (id) => (daemon.docker === null ? [] : trustedCas(daemon.docker, id)),
  });
  let changes: Changes | null = null;
  const opening = openChanges({ docker: () => daemon.docker ?? reached, dataDir, authority, notify }).then((opened) => {
    changes = opened;
    return opened;
  });
  // Told to whoever wants to change something.
  opening.catch(() => undefined);
  const trust = new TrustSwitch(() => opening, captures, inventory, changed);
  const daemon = new Daemon(parts.surroundings ?? ownSurroundings(), {
    reached: async (docker) => {
      reached = docker;
      try {
        await sweepAgents(docker, owner, running);
        // What a crash left is put back before anything is built on it.
        await within(limits.dockerSweepMillis, () => sweepChanges(opening));
        await inventory.resync(docker);
      } finally {
        reached = null;
      }
    },
    event: (event) => inventory.event(event),
    changed: () => {
      captures.lookAll();
      changed();
    },
  });
  daemon.start();
  const close = async (): Promise<void> => {
    try {
      await within(limits.containersCloseMillis, async () => {
        await captures.close();
        await trust.undoAll();
        await changes?.close();
      });
    } finally {
      inventory.close();
      await daemon.close();
    }
  };
  return new DockerContainerMode({
    daemon,
    inventory,
    captures,
    trust,
    changes: () => changes,
    revision: () => revision,
    close: once(close),
  });
}

async function sweepChanges(opening: Promise<Changes>): Promise<void> {
  let changes: Changes;
  try {
    changes = await opening;
  } catch {
    return; // whoever wants to change something is told
  }
  await changes.sweep();
}

function ownSurroundings(): Surroundings {
  return { environment: process.env, platform: process.platform, home: homedir() };
}

/** Waits for it no longer than so many ms. */
async function within(millis: number, action: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, millis);
  });
  try {
    await Promise.race([action(), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}

/** Further calls get the promise of the first. */
function once(action: () => Promise<void>): () => Promise<void> {
  let promise: Promise<void> | null = null;
  return () => {
    promise ??= action();
    return promise;
  };
}
