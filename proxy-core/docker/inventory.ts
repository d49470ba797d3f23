import type Docker from 'dockerode';
import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { containersMeant } from '../rrpair/container-reference.ts';
import type { DockerEvent } from './daemon/daemon.ts';
import type { ContainerFacts } from './facts.ts';
import { listContainers } from './listing.ts';

/** Ids of containers that changed, came or went. */
export type Touched = ReadonlySet<string>;

/**
 * What Docker tells of before its list shows it: on a busy machine, tenths of a second before, and often nothing follows that would have it read again.
 * Docker answers an inspection of the container when it is through with that.
 */
const toldEarly: ReadonlySet<string> = new Set(['die', 'pause', 'unpause', 'connect', 'disconnect']);

/** All containers of Docker, kept up to date by its events. */
export class Inventory {
  readonly #docker: () => Docker | null;
  readonly #changed: (touched: Touched) => void;
  readonly #failed: (error: unknown) => void;
  #containers = new Map<string, ContainerFacts>();
  #touched = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;

  /** `changed` is told of each change. `failed` is told when Docker would not say how a container is. */
  constructor(docker: () => Docker | null, changed: (touched: Touched) => void, failed: (error: unknown) => void) {
    this.#docker = docker;
    this.#changed = changed;
    this.#failed = failed;
  }

  all(): ContainerFacts[] {
    return [...this.#containers.values()];
  }

  get(id: string): ContainerFacts | null {
    return this.#containers.get(id) ?? null;
  }

  /** By id, the beginning of it, name, or compose service. Throws `container-not-found`. */
  find(reference: string, among: readonly ContainerFacts[] = this.all()): ContainerFacts {
    const [meant, ...others] = containersMeant(among, reference);
    if (meant !== undefined && others.length === 0) return meant;
    const text =
      meant === undefined
        ? `There is no container ${reference}. \`docker ps\` lists those that run.`
        : `Several containers may be meant by ${reference} (${[meant, ...others].map(({ name }) => name).join(', ')}); give the name.`;
    throw new SidetapError('container-not-found', text, { details: { container: reference } });
  }

  /** Reads everything anew. */
  async resync(docker: Docker): Promise<void> {
    const found = await listContainers(docker);
    const touched = new Set(this.#containers.keys());
    this.#containers = new Map(found.map((facts) => [facts.id, facts]));
    for (const id of this.#containers.keys()) touched.add(id);
    this.#changed(touched);
  }

  /** The same, after something that this process did itself; nothing while Docker is away. */
  async resyncNow(): Promise<void> {
    const docker = this.#docker();
    if (docker !== null) await this.resync(docker);
  }

  /** Reads anew what an event tells of, together with what others tell of in the same moment. */
  event({ Type, Action, Actor }: DockerEvent): void {
    // Health checks of the user's containers run commands in them every few seconds.
    if (Action.startsWith('exec') || Action === 'top' || Action.startsWith('archive')) return;
    const id = Type === 'network' ? Actor.Attributes['container'] : Actor.ID;
    if (id === undefined || id === '') return;
    this.#touch(id);
    if (toldEarly.has(Action)) void this.#touchLater(id);
  }

  /** Resolves when what events have told so far is known. */
  async settle(): Promise<void> {
    if (this.#timer !== null) this.#read();
    await this.#reading;
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #touch(id: string): void {
    this.#touched.add(id);
    this.#timer ??= setTimeout(() => this.#read(), limits.dockerEventsMillis);
    this.#timer.unref();
  }

  /** Once Docker's list shows what it told of the container. */
  async #touchLater(id: string): Promise<void> {
    try {
      await this.#docker()
        ?.getContainer(id)
        .inspect({ abortSignal: AbortSignal.timeout(limits.dockerCallMillis) });
    } catch {
      // It was removed, or Docker is gone or busy: the list tells as much as there is to know.
    }
    if (!this.#closed) this.#touch(id);
  }

  #read(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const touched = this.#touched;
    this.#touched = new Set();
    this.#reading = this.#reading.then(() => this.#readThese(touched)).catch(this.#failed);
  }

  async #readThese(touched: Touched): Promise<void> {
    const docker = this.#docker();
    // When it is back, everything is read.
    if (docker === null) return;
    const found = await listContainers(docker, touched);
    for (const id of touched) this.#containers.delete(id);
    for (const facts of found) this.#containers.set(facts.id, facts);
    this.#changed(touched);
  }
}
