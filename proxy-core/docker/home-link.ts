import type { Duplex } from 'node:stream';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { FrameReader, messageFrame } from '../link/frames.ts';
import {
  type AgentNotice,
  type AgentStatus,
  type FromAgent,
  type Hello,
  type LeafRequest,
  linkVersion,
  type TlsSeen,
  type ToAgent,
  type Welcome,
} from '../link/messages.ts';
import type { LeafIssuer } from '../tls/authority.ts';
import { AttachedDemux } from './demux.ts';
import { LastWords } from './last-words.ts';
import type { PairIntake } from './pair-intake.ts';

export interface HomeLinkOptions {
  /** What the agent is told, but for the versions. */
  welcome: Omit<Welcome, 'type' | 'link'>;
  issuer: LeafIssuer;
  intake: PairIntake;
  status(status: AgentStatus): void;
  tls(seen: TlsSeen): void;
  notice(notice: AgentNotice): void;
}

/** Why a link is over: as it was asked to, or because of an error. */
export type LinkEnd = { ok: true } | { ok: false; error: SidetapError; silent: boolean };

/** The engine's side of the link to one agent, over the stream of its attached container. */
export class HomeLink {
  readonly #stream: Duplex;
  readonly #options: HomeLinkOptions;
  readonly #reader: FrameReader<FromAgent>;
  readonly #words = new LastWords();
  readonly #ended = Promise.withResolvers<LinkEnd>();
  readonly #greeted = Promise.withResolvers<void>();
  readonly #armed = Promise.withResolvers<void>();
  readonly #beat: NodeJS.Timeout;
  #heard = true;
  #silentBeats = 0;
  #over = false;
  #welcomed = false;
  #stopping = false;
  #leaves: Promise<void> = Promise.resolve();

  /** Resolves when it is over. Never rejects. */
  readonly ended = this.#ended.promise;
  /** Resolves when the agent has been welcomed; rejects when the link ends before. */
  readonly greeted = this.#greeted.promise;
  /** Resolves when the agent first redirects connections; rejects when the link ends before. */
  readonly armed = this.#armed.promise;
  /** Why the agent does not redirect, by its own word; empty when it does, or has not said anything. */
  reason = '';

  constructor(stream: Duplex, options: HomeLinkOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#reader = new FrameReader<FromAgent>({
      message: (message) => this.#message(message),
      batch: (batch) => this.#batch(batch),
    });
    // Whoever does not wait for them is told by `ended`.
    this.greeted.catch(() => undefined);
    this.armed.catch(() => undefined);
    const demux = new AttachedDemux({
      stdout: (bytes) => this.#reader.push(bytes),
      stderr: (bytes) => this.#words.push(bytes),
    });
    stream.on('data', (chunk: Buffer) => {
      this.#heard = true;
      try {
        if (!this.#over) demux.push(chunk);
      } catch (error) {
        this.#end({ ok: false, error: asLinkError(error), silent: false });
      }
    });
    stream.on('error', (error) => this.#closed(error.message));
    stream.on('end', () => this.#closed(''));
    stream.on('close', () => this.#closed(''));
    // It may have ended before anybody listened.
    if (stream.destroyed) process.nextTick(() => this.#closed(''));
    this.#beat = setInterval(() => this.#tick(), limits.linkBeatMillis);
    this.#beat.unref();
  }

  send(message: ToAgent): void {
    // Of an agent that reads nothing the silence tells soon; until then nothing is to pile up here.
    if (this.#over || !this.#stream.writable || this.#stream.writableLength > limits.linkUnsentBytes) return;
    this.#stream.write(messageFrame(message));
  }

  /** Asks the agent to end, and lets its connections finish for so long. */
  stop(drainMillis: number): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.send({ type: 'stop', drainMillis });
  }

  /** Lets go of the stream. */
  destroy(): void {
    this.#end({ ok: true });
  }

  #message(message: FromAgent): void {
    if (message.type === 'hello') {
      this.#hello(message);
      return;
    }
    if (!this.#welcomed) throw broken();
    switch (message.type) {
      case 'status':
        this.reason = message.state === 'armed' ? '' : message.reason;
        if (message.state === 'armed') this.#armed.resolve();
        this.#options.status(message);
        return;
      case 'tls':
        this.#options.tls(message);
        return;
      case 'notice':
        this.#options.notice(message);
        return;
      case 'leaf-request':
        // One at a time: signing takes milliseconds of the thread that forwards traffic.
        this.#leaves = this.#leaves.then(() => this.#leaf(message));
        return;
    }
  }

  #hello({ link, version, now }: Hello): void {
    if (link !== linkVersion) {
      const text = `The agent’s image is of another version of Sidetap (${version}). Remove it (\`docker image ls\` shows it) or unset SIDETAP_AGENT_IMAGE, and switch the container on again.`;
      this.#end({ ok: false, error: new SidetapError('agent-failed', text), silent: false });
      return;
    }
    if (this.#welcomed) throw broken();
    this.#welcomed = true;
    this.#options.intake.clock(now);
    this.send({ type: 'welcome', link: linkVersion, ...this.#options.welcome });
    this.#greeted.resolve();
  }

  #batch(batch: Uint8Array<ArrayBuffer>): void {
    if (!this.#welcomed) throw broken();
    this.#options.intake.batch(batch, (bytes) => this.send({ type: 'taken', bytes }));
  }

  async #leaf({ request, name }: LeafRequest): Promise<void> {
    if (this.#over) return;
    try {
      const { issuer } = this.#options;
      const { chainPem, notAfter } = await issuer.leaf(name);
      this.send({ type: 'leaf', request, ok: true, chainPem, keyPem: issuer.keyPem, notAfter });
    } catch (error) {
      this.send({ type: 'leaf', request, ok: false, message: messageOf(error) });
    }
  }

  /** Counts beats without a word, not time: when this thread was held up, or the machine asleep, the agent is not to blame. */
  #tick(): void {
    this.#silentBeats = this.#heard ? 0 : this.#silentBeats + 1;
    this.#heard = false;
    if (this.#silentBeats * limits.linkBeatMillis >= limits.linkSilenceMillis) {
      const text = 'The agent beside the container was silent for too long and was ended.';
      this.#end({ ok: false, error: new SidetapError('agent-failed', text), silent: true });
      return;
    }
    if (this.#welcomed) this.send({ type: 'beat' });
  }

  #closed(how: string): void {
    if (this.#stopping) {
      this.#end({ ok: true });
      return;
    }
    const words = this.#words.text || how;
    const text = `The agent beside the container ended unexpectedly${words === '' ? '' : `: ${words}`}.`;
    this.#end({ ok: false, error: new SidetapError('agent-failed', text), silent: false });
  }

  #end(end: LinkEnd): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#beat);
    this.#options.intake.end();
    this.#stream.destroy();
    const error = end.ok ? new SidetapError('agent-failed', 'The agent was stopped before it was ready.') : end.error;
    this.#greeted.reject(error);
    this.#armed.reject(error);
    this.#ended.resolve(end);
  }
}

function broken(): SidetapError {
  const text = 'Sidetap’s agent and Sidetap do not understand each other. Switch the container off and on again.';
  return new SidetapError('link-broken', text);
}

function asLinkError(error: unknown): SidetapError {
  return error instanceof SidetapError
    ? error
    : new SidetapError('link-broken', `${broken().message} (${messageOf(error)})`, { cause: error });
}
