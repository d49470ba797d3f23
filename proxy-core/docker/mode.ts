import { SidetapError } from '../errors.ts';
import type { Container, DockerStatus, RunImage } from '../rrpair/containers.ts';
import type { Captures } from './captures.ts';
import type { Changes } from './changes/changes.ts';
import type { ContainerMode } from './container-mode.ts';
import type { Daemon } from './daemon/daemon.ts';
import type { ContainerFacts } from './facts.ts';
import type { Inventory } from './inventory.ts';
import type { ServerKeyPair } from './namespace-capture.ts';
import { shownOf } from './shown.ts';
import { checkKeyPair, type TrustSwitch } from './trust-switch.ts';
import { viewOf } from './view.ts';

export interface ModeParts {
  daemon: Daemon;
  inventory: Inventory;
  captures: Captures;
  trust: TrustSwitch;
  /** What was changed, once the journal is open. */
  changes: () => Changes | null;
  revision: () => number;
  close: () => Promise<void>;
}

/** Container mode's operations, each on the parts that do it. */
export class DockerContainerMode implements ContainerMode {
  readonly #parts: ModeParts;

  constructor(parts: ModeParts) {
    this.#parts = parts;
  }

  status(): DockerStatus {
    const { daemon, captures, trust, revision } = this.#parts;
    return { ...daemon.status, revision: revision(), doing: trust.doing, capturing: captures.count };
  }

  shed(): { pairs: number; bodies: number } {
    return this.#parts.captures.shed;
  }

  list(): Container[] {
    const { daemon, captures } = this.#parts;
    const shown = this.#shown();
    // Of a Docker that is gone, only what is to be resumed is certain.
    const facts = daemon.status.state === 'ready' ? shown : shown.filter(({ id }) => captures.of(id) !== null);
    return facts.map((one) => this.#view(one, shown));
  }

  async attach(container: string): Promise<Container> {
    const facts = await this.#find(container);
    await this.#parts.captures.switchOn(facts);
    return this.#viewOf(facts.id);
  }

  async detach(container: string): Promise<Container> {
    const facts = await this.#find(container, 'even-without-docker');
    return this.#viewOf(await this.#switchOff(facts));
  }

  async switchProject(project: string, on: boolean): Promise<Container[]> {
    const { daemon, inventory, captures } = this.#parts;
    daemon.demand();
    await inventory.settle();
    const members = this.#shown().filter((facts) => facts.project === project);
    if (members.length === 0) {
      throw new SidetapError(
        'container-not-found',
        `There is no compose project ${project}. \`docker compose ls\` lists those that run.`,
      );
    }
    const ids = await Promise.all(
      members.map(async (facts) => {
        try {
          if (!on) return await this.#switchOff(facts);
          if (viewOf(facts, this.#viewParts()).refusal === '') await captures.switchOn(facts);
        } catch (error) {
          // The container's own state tells, as it does for one that is switched alone.
          if (!(error instanceof SidetapError)) throw error;
        }
        return facts.id;
      }),
    );
    return ids.map((id) => this.#viewOf(id));
  }

  async trust(container: string, how: 'bundle' | 'restart' | 'twin'): Promise<Container> {
    const { id } = await this.#after((facts) => this.#parts.trust.apply(facts, how), container);
    return this.#viewOf(id);
  }

  async untrust(container: string): Promise<Container> {
    const { id } = await this.#after(async (facts) => (await this.#parts.trust.undo(facts.id)) ?? facts.id, container);
    return this.#viewOf(id);
  }

  async serverKey(container: string, key: ServerKeyPair | null): Promise<Container> {
    if (key !== null) checkKeyPair(key);
    const { id } = await this.#find(container);
    this.#parts.captures.setServerKey(id, key);
    return this.#viewOf(id);
  }

  async run(options: RunImage): Promise<Container> {
    const { daemon, trust, captures, inventory } = this.#parts;
    daemon.demand();
    const id = await trust.run(options);
    const facts = inventory.get(id);
    if (facts === null)
      throw new SidetapError(
        'container-not-found',
        `The container of ${options.image} ended at once. \`docker run ${options.image}\` shows what it says.`,
      );
    try {
      await captures.switchOn(facts);
    } catch (error) {
      // Nothing is left of what could not be captured.
      await trust.remove(id);
      throw error;
    }
    return this.#viewOf(id);
  }

  async remove(container: string): Promise<void> {
    const { id } = await this.#find(container);
    await this.#parts.trust.remove(id);
  }

  close(): Promise<void> {
    return this.#parts.close();
  }

  /** Answers the id of the container that goes on under the name. */
  async #switchOff({ id }: ContainerFacts): Promise<string> {
    const { captures, trust, inventory } = this.#parts;
    await captures.switchOff(id);
    const change = this.#parts.changes()?.appliedTo(id) ?? null;
    if (change === null || change.method === 'image') return id;
    const on = (await trust.undo(id)) ?? id;
    await inventory.resyncNow();
    return on;
  }

  async #after(action: (facts: ContainerFacts) => Promise<string>, container: string): Promise<{ id: string }> {
    const facts = await this.#find(container);
    const id = await action(facts);
    await this.#parts.inventory.resyncNow();
    return { id };
  }

  /** Throws `docker-unavailable`, `container-not-found`. */
  async #find(container: string, when: 'with-docker' | 'even-without-docker' = 'with-docker'): Promise<ContainerFacts> {
    const { daemon, inventory, captures } = this.#parts;
    if (when === 'with-docker' || daemon.docker !== null) {
      daemon.demand();
      await inventory.settle();
      return inventory.find(container, this.#shown());
    }
    const found = inventory.find(container, this.#shown());
    // A capture that waits for Docker can be given up.
    if (captures.of(found.id) === null) daemon.demand();
    return found;
  }

  #viewOf(id: string): Container {
    const facts = this.#parts.inventory.get(id);
    if (facts === null) throw new SidetapError('container-not-found', 'The container was removed.');
    return this.#view(facts, this.#shown());
  }

  #view(facts: ContainerFacts, shown: readonly ContainerFacts[]): Container {
    return viewOf(facts, this.#viewParts(shown));
  }

  #viewParts(shown: readonly ContainerFacts[] = this.#shown()): Parameters<typeof viewOf>[1] {
    const { captures, trust, changes } = this.#parts;
    return { shown, captures, applied: (id) => changes()?.appliedTo(id) ?? null, work: (id) => trust.workOn(id) };
  }

  #shown(): ContainerFacts[] {
    const { inventory, changes } = this.#parts;
    const twins = new Set(
      changes()
        ?.applied()
        .filter(({ method }) => method === 'twin')
        .map(({ container }) => container),
    );
    return shownOf(inventory.all(), twins);
  }
}
