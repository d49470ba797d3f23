import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { messageOf, SidetapError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { DockerStatus } from '../../rrpair/containers.ts';
import { clientOf, type DockerClient } from './client.ts';
import { type Endpoint, findEndpoints, type Surroundings } from './endpoint.ts';
import { jsonLines } from './lines.ts';
import { type Failure, problemOf } from './problem.ts';
import { pause } from './wait.ts';

/** An event of Docker, as far as it is used. */
export interface DockerEvent {
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
}

export interface DaemonListener {
  /** Docker is reached (again): what was known of it is to be read anew. It counts as ready when this resolves, and as lost when it throws. */
  reached(docker: Docker): Promise<void>;
  event(event: DockerEvent): void;
  /** State or problem changed. */
  changed(): void;
}

/** Docker, wherever it is: looked for until it is there, followed by its events, and looked for again when it is gone. */
export class Daemon {
  readonly #surroundings: Surroundings;
  readonly #listener: DaemonListener;
  readonly #closed = new AbortController();
  #ready: Docker | null = null;
  #state: DockerStatus['state'] = 'connecting';
  #problem = '';
  #endpoint = '';
  #running: Promise<void> | null = null;

  constructor(surroundings: Surroundings, listener: DaemonListener) {
    this.#surroundings = surroundings;
    this.#listener = listener;
  }

  /** Docker while it is ready, else null. */
  get docker(): Docker | null {
    return this.#ready;
  }

  get status(): Pick<DockerStatus, 'state' | 'problem' | 'endpoint'> {
    return { state: this.#state, problem: this.#problem, endpoint: this.#endpoint };
  }

  /** Docker. Throws `docker-unavailable` with what to do. */
  demand(): Docker {
    if (this.#ready !== null) return this.#ready;
    const problem = this.#problem === '' ? 'Docker is still being looked for; try again in a moment.' : this.#problem;
    throw new SidetapError('docker-unavailable', problem);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closed;
    const [shortest, longest] = limits.dockerRetryMillis;
    let wait: number = shortest;
    while (!signal.aborted) {
      const followed = await this.#once(signal);
      wait = followed ? shortest : Math.min(wait * 2, longest);
      await pause(wait, signal);
    }
  }

  /** Looks for Docker and follows it as long as it is there. Answers whether it was. */
  async #once(signal: AbortSignal): Promise<boolean> {
    const where = findEndpoints(this.#surroundings);
    if ('problem' in where) {
      this.#set('unavailable', where.problem, '');
      return false;
    }
    const failures: Failure[] = [];
    for (const endpoint of where.endpoints) {
      let client: DockerClient | null = null;
      try {
        client = await clientOf(endpoint);
        await this.#follow(client, endpoint, signal);
      } catch (error) {
        if (signal.aborted) return false;
        failures.push({ endpoint, error });
        if (this.#ready === null) continue;
        this.#ready = null;
        const gone = `Docker at ${endpoint.url} is gone. Captures that are on resume when it is back.`;
        this.#set('unavailable', gone, endpoint.url);
        return true;
      } finally {
        this.#ready = null;
        client?.close();
      }
    }
    this.#set('unavailable', this.#problemNow(failures, where.named), where.named ? (where.endpoints[0]?.url ?? '') : '');
    return false;
  }

  #problemNow(failures: readonly Failure[], named: boolean): string {
    return problemOf(failures, named, this.#surroundings.platform);
  }

  /** Throws when Docker does not answer, or does no more. */
  async #follow({ docker }: DockerClient, endpoint: Endpoint, signal: AbortSignal): Promise<void> {
    const version = await versionOf(docker, signal);
    if (version.Os === 'windows') {
      throw new Error('it runs Windows containers, and Sidetap’s agent needs Linux: switch it to Linux containers');
    }
    // Before the list is read, so that nothing that happens meanwhile is missed.
    const events = (await docker.getEvents({
      filters: { type: ['container', 'network'] },
      abortSignal: signal,
    } as Docker.GetEventsOptions)) as Readable;
    // It may break while nobody reads from it yet; whoever reads then is told.
    events.on('error', () => undefined);
    const watch = new AbortController();
    try {
      await this.#listener.reached(docker);
      this.#ready = docker;
      this.#set('ready', '', endpoint.url);
      void this.#watch(docker, AbortSignal.any([signal, watch.signal]), (error) => events.destroy(error));
      for await (const event of jsonLines(events)) this.#listener.event(event as DockerEvent);
      throw new Error('it has ended the connection');
    } finally {
      watch.abort();
      events.destroy();
    }
  }

  /** A daemon that is frozen, or a host that vanished, closes no connection. */
  async #watch(docker: Docker, signal: AbortSignal, lost: (error: Error) => void): Promise<void> {
    for (;;) {
      await pause(limits.dockerPingMillis, signal);
      if (signal.aborted) return;
      try {
        await pingOf(docker, signal);
      } catch (error) {
        if (!signal.aborted) lost(new Error(`it does not answer any more: ${messageOf(error)}`, { cause: error }));
        return;
      }
    }
  }

  #set(state: DockerStatus['state'], problem: string, endpoint: string): void {
    if (this.#state === state && this.#problem === problem && this.#endpoint === endpoint) return;
    this.#state = state;
    this.#problem = problem;
    this.#endpoint = endpoint;
    this.#listener.changed();
  }
}

/** Of the types, none tells that these calls take a signal. */
type Call<T> = (options: { abortSignal: AbortSignal }) => Promise<T>;

function versionOf(docker: Docker, signal: AbortSignal): Promise<Docker.DockerVersion> {
  return bounded(docker.version.bind(docker) as unknown as Call<Docker.DockerVersion>, signal);
}

/** Cheaper than the version, for which Podman runs programs. */
function pingOf(docker: Docker, signal: AbortSignal): Promise<unknown> {
  return bounded(docker.ping.bind(docker) as unknown as Call<unknown>, signal);
}

function bounded<T>(call: Call<T>, signal: AbortSignal): Promise<T> {
  return call({ abortSignal: AbortSignal.any([AbortSignal.timeout(limits.dockerCallMillis), signal]) });
}
