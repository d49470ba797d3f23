import type Docker from 'dockerode';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ContainerCapture } from '../rrpair/containers.ts';
import { type Agent, type AgentSurroundings, startAgent } from './agent.ts';
import { reasonOf } from './agent-container.ts';
import { CaptureFacts, type Continued } from './capture-facts.ts';
import { statusOf } from './changes/docker-calls.ts';
import { Bell, pause } from './daemon/wait.ts';
import { TlsFacts } from './tls-facts.ts';

/** What a capture needs of the rest of container mode. */
export interface CaptureHost extends AgentSurroundings {
  /** Docker while it is ready. */
  docker(): Docker | null;
  /** Names of addresses for a container. */
  names(container: string): Record<string, string>;
  /** CAs that the application in a container trusts, PEM; empty when that cannot be told. Never rejects. */
  trustedCas(container: string): Promise<string[]>;
  notify(notice: { id: string; level: 'info' | 'warning' | 'error'; text: string }): void;
  changed(): void;
}

export type ServerKeyPair = { chainPem: string; keyPem: string };

/** A run of the target: after a restart it is another one, with a namespace of its own. */
interface Run {
  startedAt: string;
  usernsMode: string;
  networkFile: string;
}

/**
 * Capture of one network namespace, from switching on to switching off: through restarts of the container that owns it, deaths of the agent, and
 * times without Docker. It belongs to the container that owns the namespace; those that share it are captured along with it.
 */
export class NamespaceCapture {
  /** Id of the container that owns the namespace. */
  readonly target: string;
  /** Containers that were switched on: one agent serves them all. */
  readonly members = new Set<string>();
  readonly tls = new TlsFacts();
  readonly #host: CaptureHost;
  readonly #facts: CaptureFacts;
  readonly #bell = new Bell();
  readonly #off = new AbortController();
  readonly #on = Promise.withResolvers<void>();
  readonly #source: string;
  #agent: Agent | null = null;
  #namesSent = '';
  #serverKey: ServerKeyPair | null = null;
  #drainMillis: number = limits.drainMillis;
  /** When agents died, monotonic ms. */
  #deaths: number[] = [];
  /** It ended because the target was removed. */
  wasRemoved = false;
  /** Ends when it is switched off, or has failed for good. Never rejects. */
  readonly over: Promise<void>;

  /** Switches it on at once. `source` names its pairs, `earlier` is what it goes on with. */
  constructor(
    target: string,
    source: string,
    serverKey: ServerKeyPair | null,
    host: CaptureHost,
    earlier: Continued | null = null,
  ) {
    this.target = target;
    this.#facts = new CaptureFacts(earlier);
    this.#source = source;
    this.#serverKey = serverKey;
    this.#host = host;
    // Whoever switched it on waits for it; those who follow look at its state.
    this.#on.promise.catch(() => undefined);
    this.#set('attaching', '');
    this.over = this.#live();
  }

  get capture(): ContainerCapture {
    return this.#facts.view(this.#agent?.intake.shedPairs ?? 0);
  }

  /** What a capture that goes on with it is to be told. */
  get continued(): Continued {
    return this.#facts.continued;
  }

  get state(): ContainerCapture['state'] {
    return this.#facts.state;
  }

  /** Resolves when it was on for the first time; rejects when that failed or it was switched off before. */
  isOn(): Promise<void> {
    return this.#on.promise;
  }

  /** Something happened to the target, or to Docker. */
  look(): void {
    this.#bell.ring();
  }

  /** Addresses or names may have changed. */
  sendNames(): void {
    const agent = this.#agent;
    if (agent === null) return;
    const names = this.#host.names(this.target);
    const text = JSON.stringify(names);
    if (text === this.#namesSent) return;
    this.#namesSent = text;
    agent.link.send({ type: 'names', names });
  }

  setServerKey(key: ServerKeyPair | null): void {
    this.#serverKey = key;
    this.#agent?.link.send({ type: 'server-key', key });
  }

  /** The application trusts our CA by now, or no more. */
  trustChanged(): void {
    this.tls.forget();
    this.#agent?.link.send({ type: 'trust-changed' });
  }

  /** Lets connections in flight finish for so long. Resolves when no trace is left. */
  async switchOff(drainMillis: number = limits.drainMillis): Promise<void> {
    if (!this.#off.signal.aborted) {
      this.#drainMillis = drainMillis;
      if (this.state !== 'failed') this.#set('detaching', 'Letting open connections finish');
      this.#off.abort();
      this.#bell.ring();
    }
    await this.over;
  }

  async #live(): Promise<void> {
    const { signal } = this.#off;
    try {
      while (!signal.aborted) await this.#oneRun(signal);
      this.#set('off', '');
    } catch (error) {
      this.#failed(error, signal);
    }
    this.#on.reject(new SidetapError('container-busy', 'The container was switched off before capture was on.'));
  }

  #failed(error: unknown, signal: AbortSignal): void {
    if (signal.aborted || error instanceof Gone) {
      this.#set('off', '');
      this.wasRemoved = !signal.aborted;
      if (error instanceof Gone) this.#on.reject(new SidetapError('container-not-found', 'The container was removed.'));
      return;
    }
    const known =
      error instanceof SidetapError
        ? error
        : new SidetapError('agent-failed', `Capture failed: ${messageOf(error)}`, { cause: error });
    this.#set('failed', '', known.message);
    this.#on.reject(known);
  }

  /** From the moment the target runs until its namespace, or the agent, is gone. Throws what is not worth another attempt. */
  async #oneRun(signal: AbortSignal): Promise<void> {
    const found = await this.#running(signal);
    if (found === null) return;
    const { docker, run } = found;
    try {
      const extraCaPem = this.#host.trustedCas(this.target);
      const { usernsMode, networkFile } = run;
      const target = { id: this.target, name: this.#source, usernsMode, networkFile, extraCaPem };
      this.#agent = await startAgent(docker, target, this.#host, this.#events(), signal);
    } catch (error) {
      if (!signal.aborted) await this.#again(error, run, signal);
      return;
    }
    const agent = this.#agent;
    if (!signal.aborted) this.#welcome(agent);
    const end = await this.#until(agent, run, signal);
    // Its agent takes a moment to leave, in which nothing is captured any more.
    if (end === null && !signal.aborted) this.#set('waiting', '');
    await agent.stop(signal.aborted ? this.#drainMillis : 0);
    this.#facts.agentGone(agent.intake.shedPairs);
    this.#agent = null;
    if (end !== null && !end.ok) await this.#again(end.error, run, signal);
  }

  #welcome(agent: Agent): void {
    this.#namesSent = '';
    this.sendNames();
    if (this.#serverKey !== null) agent.link.send({ type: 'server-key', key: this.#serverKey });
    this.#facts.since ??= new Date();
    this.#set('on', '');
    this.#on.resolve();
  }

  /** Resolves when the agent has ended (with how), or is to be ended (null). */
  async #until(agent: Agent, run: Run, signal: AbortSignal): Promise<Awaited<Agent['ended']> | null> {
    for (;;) {
      const rung = this.#bell.next();
      if (signal.aborted) return null;
      if (await this.#isOver(run)) return null;
      const end = await Promise.race([agent.ended, rung.then(() => null)]);
      if (end !== null) return end;
    }
  }

  /** True when the target stopped, was started anew, or was removed; a Docker that does not tell changes nothing. */
  async #isOver(run: Run): Promise<boolean> {
    try {
      const now = await this.#inspect();
      return now !== 'unknown' && (now === 'stopped' || now.run.startedAt !== run.startedAt);
    } catch (error) {
      if (error instanceof Gone) return true;
      throw error;
    }
  }

  /** The target's run and Docker, once both are there; null when it was switched off. */
  async #running(signal: AbortSignal): Promise<{ docker: Docker; run: Run } | null> {
    for (;;) {
      const rung = this.#bell.next();
      if (signal.aborted) return null;
      const now = await this.#inspect();
      if (now !== 'unknown' && now !== 'stopped') {
        if (this.state === 'waiting') this.#set('attaching', '');
        return now;
      }
      const why = now === 'unknown' ? 'Docker is not reachable. Capture resumes when it is.' : '';
      this.#set('waiting', '', why);
      await rung;
    }
  }

  /** Throws `Gone` when the target was removed. */
  async #inspect(): Promise<{ docker: Docker; run: Run } | 'stopped' | 'unknown'> {
    const docker = this.#host.docker();
    if (docker === null) return 'unknown';
    try {
      const { State, HostConfig, NetworkSettings } = await docker
        .getContainer(this.target)
        .inspect({ abortSignal: AbortSignal.timeout(limits.dockerCallMillis) });
      // Podman’s “stopping” is not over: what is open is still being answered.
      if (!State.Running && State.Status !== 'stopping') return 'stopped';
      const { SandboxKey: networkFile } = NetworkSettings;
      return { docker, run: { startedAt: State.StartedAt, usernsMode: HostConfig.UsernsMode ?? '', networkFile } };
    } catch (error) {
      if (statusOf(error) === 404) throw new Gone(reasonOf(error));
      return 'unknown';
    }
  }

  /** After a failure: decides whether, and when, there is another attempt. Throws the failure when there is none. */
  async #again(error: unknown, run: Run, signal: AbortSignal): Promise<void> {
    const now = await this.#inspect();
    // The target stopped, or Docker went, and the agent with it.
    if (now === 'unknown' || now === 'stopped' || now.run.startedAt !== run.startedAt) return;
    // The first attempt is answered by whoever made it.
    if (this.#facts.since === null || (error instanceof SidetapError && error.code === 'agent-image-failed')) throw error;
    const at = performance.now();
    this.#deaths = [...this.#deaths.filter((death) => at - death < limits.agentDeathsMillis), at];
    const name = this.#source;
    const why = messageOf(error);
    if (this.#deaths.length > limits.agentDeaths) {
      const text = `The agent beside ${name} ended ${String(this.#deaths.length)} times within minutes, so capture of it was switched off. ${why}`;
      this.#host.notify({ id: `agent-died:${this.target}`, level: 'error', text });
      throw new SidetapError('agent-failed', text, { cause: error });
    }
    this.#host.notify({
      id: `agent-died:${this.target}`,
      level: 'warning',
      text: `${why} Connections of ${name} that were open then are lost; its capture goes on with a new agent.`,
    });
    this.#set('attaching', 'Starting a new agent', why);
    const [shortest, longest] = limits.reattachMillis;
    await pause(Math.min(shortest * 2 ** (this.#deaths.length - 1), longest), signal);
  }

  #events(): Parameters<typeof startAgent>[3] {
    return {
      step: (text) => {
        if (this.state === 'attaching') this.#set('attaching', text, this.#facts.error);
      },
      status: (status) => {
        this.#facts.status(status, performance.now());
        this.#host.changed();
      },
      tls: (seen) => {
        if (this.tls.seen(seen)) this.#host.changed();
      },
      notice: ({ id, level, text }) => {
        this.#host.notify({ id: `agent:${this.target}:${id}`, level, text: `${this.#source}: ${text}` });
      },
    };
  }

  #set(state: ContainerCapture['state'], step: string, error = ''): void {
    this.#facts.state = state;
    this.#facts.step = step;
    this.#facts.error = error;
    this.#host.changed();
  }
}

/** The target was removed. */
class Gone extends Error {}
