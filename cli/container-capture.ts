import type { ApiClient } from '../proxy-core/api/client.ts';
import { messageOf, SidetapError } from '../proxy-core/errors.ts';
import type { Container, DockerStatus } from '../proxy-core/rrpair/containers.ts';
import { findContainer, isCaptured } from './container-text.ts';
import { remark } from './output.ts';
import type { CapturePlan } from './plan.ts';
import { printable } from './text.ts';

type ContainerPlan = Pick<CapturePlan, 'containers' | 'projects' | 'trust' | 'image'>;

/** Waits until Docker was found. Throws `docker-unavailable` when it was not. */
export async function dockerReady(client: ApiClient): Promise<DockerStatus> {
  for await (const { status } of await client.live()) {
    if (status.docker.state === 'ready') return status.docker;
    if (status.docker.state === 'unavailable') throw new SidetapError('docker-unavailable', status.docker.problem);
  }
  throw new SidetapError('engine-not-running', 'Sidetap has ended. Start it again.');
}

/**
 * The containers that one command captures. Those that somebody else had switched on already are left on in the end. They go by their
 * names: a twin bears that of its original.
 */
export class ContainerCapture {
  readonly #client: ApiClient;
  readonly #plan: ContainerPlan;
  /** Names of those that were given one by one. */
  readonly #meant = new Set<string>();
  /** Switched on here: off again in the end. */
  readonly #switched = new Set<string>();
  /** Started here from an image: removed in the end, and be it just starting. */
  #made: Promise<Container> | null = null;
  #before: ReadonlySet<string> = new Set();
  #names: ReadonlySet<string> = new Set();

  constructor(client: ApiClient, plan: ContainerPlan) {
    this.#client = client;
    this.#plan = plan;
  }

  /** Whether a container is started here, of which there is nothing to be seen until it is there. */
  get startsImage(): boolean {
    return this.#plan.image !== null;
  }

  /** Names of the containers, once they are on. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** Whether what happens to this container is of interest to the user of this command. */
  readonly concerns = (container: Container): boolean => {
    const { projects, image } = this.#plan;
    if (image !== null) return container.madeByUs && !this.#before.has(container.id);
    if (this.#meant.has(container.name)) return true;
    return container.project !== null && projects.includes(container.project);
  };

  /** Switches them on, all at once. Throws what kept the first from it; `stop` then switches off the others. */
  async start(): Promise<Container[]> {
    await dockerReady(this.#client);
    const before = await this.#client.containers.list();
    this.#before = new Set(before.map(({ id }) => id));
    for (const reference of this.#plan.containers) this.#meant.add(findContainer(before, reference)?.name ?? reference);
    const { image } = this.#plan;
    const on = image === null ? await this.#attachAll(before) : [await this.#run(image)];
    this.#names = new Set(on.map(({ name }) => name));
    return on;
  }

  async #attachAll(before: readonly Container[]): Promise<Container[]> {
    const { containers, projects } = this.#plan;
    for (const container of before) {
      if (this.concerns(container) && !isCaptured(container)) this.#switched.add(container.name);
    }
    const attached = await all([
      ...containers.map(async (reference) => [await this.#client.containers.attach({ container: reference })]),
      ...projects.map((project) => this.#attachProject(project)),
    ]);
    const unique = new Map(attached.flat().map((container) => [container.id, container]));
    return all([...unique.values()].map((container) => this.#trusted(container)));
  }

  async #attachProject(project: string): Promise<Container[]> {
    const switched = await this.#client.containers.switchProject({ project, on: true });
    const on = switched.filter(isCaptured);
    const failed = switched.filter((container) => !isCaptured(container));
    const [first] = failed;
    if (on.length === 0) {
      if (first === undefined) {
        throw new SidetapError(
          'container-not-found',
          `There is no container of the compose project ${project}. \`sidetap containers\` lists them.`,
        );
      }
      throw new SidetapError(
        'container-not-capturable',
        `No container of ${project} can be captured. ${first.name}: ${whyNot(first)}`,
      );
    }
    for (const container of failed) remark(printable(`sidetap: ${container.name} is not captured: ${whyNot(container)}`));
    return on;
  }

  async #trusted(container: Container): Promise<Container> {
    const { trust } = this.#plan;
    return trust === null ? container : this.#client.containers.trust({ container: container.name, how: trust });
  }

  #run(image: NonNullable<ContainerPlan['image']>): Promise<Container> {
    this.#made = this.#client.containers.run(image);
    return this.#made;
  }

  /** Switches off what was switched on here and removes what was made. What cannot be undone is said on stderr. */
  async stop(): Promise<void> {
    // One that could not be started has left nothing.
    const made = (await this.#made?.catch(() => null)) ?? null;
    await Promise.all([
      ...[...this.#switched].map((container) => undone(container, () => this.#client.containers.detach({ container }))),
      ...(made === null ? [] : [undone(made.name, () => this.#client.containers.remove({ container: made.id }))]),
    ]);
  }
}

function whyNot({ capture, refusal }: Container): string {
  return capture.error === '' ? refusal : capture.error;
}

/** Waits for all, then throws what the first one that failed threw. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

async function undone(name: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    // Gone, together with what there was to undo; or its engine is, which undoes everything when it ends.
    if (error instanceof SidetapError && ['container-not-found', 'engine-not-running'].includes(error.code)) return;
    remark(printable(`sidetap: ${name}: ${messageOf(error)}`));
  }
}
