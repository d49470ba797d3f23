import { createSecureContext, type SecureContext } from 'node:tls';
import { createRecorder, type Recorder } from '../capture/recorder.ts';
import { startTransparentCapture, type TransparentCapture } from '../capture/transparent-capture.ts';
import { assertNever, messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { type AgentStatus, linkVersion, type ServerKey, type ToAgent, type Welcome } from '../link/messages.ts';
import { version } from '../version.ts';
import { EarlierConnections } from './earlier-connections.ts';
import { descriptorLimit, Health } from './health.ts';
import { Home, type HomeStreams } from './home.ts';
import { Leaves } from './leaves.ts';
import { listeningPorts } from './listening-ports.ts';
import type { AgentOptions } from './options.ts';
import { openOriginalDestination } from './original-destination.ts';
import { openRedirect, type Redirect } from './redirect.ts';
import { TlsReports } from './tls-seen.ts';

/** What exists from the welcome on. */
interface Running {
  recorder: Recorder;
  capture: TransparentCapture;
  redirect: Redirect;
}

/**
 * The agent's life: says hello, is welcomed, redirects and captures as long as it is well and home is there, and leaves without a trace when it is told to or
 * home is gone.
 */
export class Agent {
  readonly #options: AgentOptions;
  readonly #home: Home;
  readonly #health = new Health(descriptorLimit());
  readonly #leaves: Leaves;
  readonly #earlier = new EarlierConnections();
  readonly #tlsReports: TlsReports;
  #names = new Map<string, string>();
  #running: Running | null = null;
  #listening: number[] = [];
  #armed = false;
  /** Why it is not armed. */
  #reason = 'The agent is starting.';
  #ticks = 0;
  #nextTickAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #updating = false;
  #leaving: Promise<void> | null = null;
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: AgentOptions, streams: HomeStreams) {
    this.#options = options;
    this.#home = new Home(streams, {
      message: (message) => this.#receive(message),
      lost: (reason) => void this.stop(limits.drainMillis, reason),
    });
    this.#leaves = new Leaves((request, name) => this.#home.send({ type: 'leaf-request', request, name }));
    this.#tlsReports = new TlsReports((seen) => this.#home.send(seen));
  }

  /**
   * Runs until it is told to stop or home is gone.
   *
   * @throws SidetapError `agent-failed`, and what capture throws: nothing is redirected then
   */
  run(): Promise<void> {
    this.#home.send({ type: 'hello', link: linkVersion, version, now: Date.now() * 1000 });
    this.#nextTickAt = performance.now() + limits.agentTickMillis;
    this.#timer = setInterval(() => this.#tick(), limits.agentTickMillis);
    return this.#ended.promise;
  }

  /** Disarms, lets connections in flight finish for so long (ms), sends what is left, removes the table. The first call counts. Never rejects. */
  stop(drainMillis: number, reason: string): Promise<void> {
    this.#leaving ??= this.#leave(drainMillis, reason).then(this.#ended.resolve, this.#ended.reject);
    return this.#leaving;
  }

  /** Says at home what does not work, once while the `id` is known there. */
  complain(id: string, text: string): void {
    this.#home.send({ type: 'notice', id, level: 'warning', text });
  }

  /** Gives up at once; what can be undone is undone. */
  fail(error: unknown): void {
    this.#ended.reject(error);
    void this.stop(0, 'The agent failed.');
  }

  #receive(message: ToAgent): void {
    if (this.#leaving !== null) {
      if (message.type === 'taken') this.#home.taken(message.bytes);
      return;
    }
    switch (message.type) {
      case 'welcome':
        this.#welcome(message).catch((error: unknown) => this.fail(error));
        return;
      case 'leaf':
        this.#leaves.answered(message);
        return;
      case 'names':
        this.#names = new Map(Object.entries(message.names).slice(0, limits.linkNames));
        return;
      case 'server-key':
        this.#serverKey(message);
        return;
      case 'trust-changed':
        this.#running?.capture.forgetRefusals();
        this.#tlsReports.forget();
        return;
      case 'beat':
        return;
      case 'taken':
        this.#home.taken(message.bytes);
        return;
      case 'stop':
        void this.stop(message.drainMillis, 'Capture of this container was switched off.');
        return;
      default:
        assertNever(message);
    }
  }

  async #welcome(welcome: Welcome): Promise<void> {
    if (welcome.link !== linkVersion) {
      throw new SidetapError(
        'link-broken',
        `The agent’s image is of another version than Sidetap itself (the agent is ${version} and speaks link ${linkVersion}, Sidetap speaks link ${welcome.link}). Remove the image, so that it is built anew.`,
      );
    }
    if (this.#running !== null) throw new SidetapError('link-broken', 'Sidetap’s engine has welcomed the agent twice.');
    const originalDestination = await openOriginalDestination();
    const recorder = createRecorder(this.#home, { queue: limits.agentQueueBytes });
    const capture = await startTransparentCapture(
      {
        inPort: this.#options.inPort,
        outPort: this.#options.outPort,
        insecureUpstream: welcome.insecureUpstream,
        extraCaPem: welcome.extraCaPem,
        source: welcome.source,
        firstConnectionId: welcome.firstConnectionId,
        // What a client trusts does not change by waiting, and each try costs it a connection; home tells when it has changed.
        failOpenMillis: Infinity,
      },
      {
        authority: this.#leaves,
        recorder,
        notify: (notice) => this.#home.send({ type: 'notice', ...notice }),
        tlsSeen: (outcome) => this.#tlsReports.seen(outcome),
        originalDestination,
        nameOf: (address) => this.#names.get(address) ?? '',
        accepted: (connections) => {
          // At once: the next look may come too late for a burst of them.
          if (this.#health.connections(performance.now(), connections) && this.#armed) this.#updateSoon();
        },
        acceptFailed: (error) => {
          this.#health.acceptFailed(performance.now(), error.message);
          if (this.#armed) this.#updateSoon();
        },
        looped: () =>
          this.fail(
            new SidetapError(
              'agent-failed',
              'The kernel sends the agent’s own connections back to it, because it does not tell its user apart. Use proxy mode for this container.',
            ),
          ),
      },
    );
    const { inbound, outbound } = capture.ports;
    const redirect = await openRedirect(this.#options.nft, { inbound, outbound, uid: this.#options.uid }, (words) => {
      if (this.#leaving === null)
        this.fail(new SidetapError('agent-failed', `nft has ended, and with it the redirection: ${words}`));
    });
    this.#running = { recorder, capture, redirect };
    if (this.#leaving !== null) return;
    // A container without IPv6 misses nothing.
    if (capture.ipv6 && !redirect.ipv6) {
      const text = 'The kernel of the Docker host redirects IPv4 only: connections over IPv6 pass uncaptured.';
      this.complain('no-ipv6', text);
    }
    await this.#update();
  }

  #tick(): void {
    const now = performance.now();
    const late = now - this.#nextTickAt;
    this.#nextTickAt = now + limits.agentTickMillis;
    this.#ticks += 1;
    this.#health.tick(now, late);
    this.#health.connections(now, this.#running?.capture.connections() ?? 0);
    // Whoever was paused has heard nothing, which is not home's fault.
    if (late > limits.linkBeatMillis) this.#home.excuseSilence();
    if (this.#leaving !== null) return;
    if (this.#home.silentMillis > limits.linkSilenceMillis) {
      void this.stop(limits.drainMillis, 'Sidetap’s engine has fallen silent.');
      return;
    }
    const second = Math.round(limits.linkBeatMillis / limits.agentTickMillis);
    if (this.#ticks % second !== 0) return;
    if (this.#running === null) this.#tellStatus('disarmed');
    else this.#updateSoon();
  }

  #updateSoon(): void {
    this.#update().catch((error: unknown) => this.fail(error));
  }

  /** About once a second: follows the application's ports, redirects on if all is well, and tells home. */
  async #update(): Promise<void> {
    const running = this.#running;
    if (running === null || this.#updating) return;
    this.#updating = true;
    try {
      const { redirect, capture } = running;
      const problem = this.#health.problem(performance.now());
      if (problem !== '') {
        // Before anything else: every call that waits costs the application time.
        if (this.#armed) await redirect.disarm();
        this.#armed = false;
        this.#reason = problem;
      } else {
        const ports = await listeningPorts([capture.ports.inbound, capture.ports.outbound]);
        if (ports.join() !== this.#listening.join()) {
          const words = await redirect.listenOn(ports);
          if (words !== '')
            this.complain(
              'listening-not-followed',
              `The ports on which the application listens could not be redirected. nft says: ${words}`,
            );
          this.#listening = ports;
        }
        // Before the first connection is redirected, and now and then afterwards.
        await this.#earlier.look(performance.now());
        if (this.#leaving !== null) return;
        const words = await redirect.arm();
        this.#armed = words === '';
        this.#reason = words === '' ? '' : `The kernel does not redirect: ${words}`;
      }
    } finally {
      this.#updating = false;
    }
    if (this.#leaving === null) this.#tellStatus(this.#armed ? 'armed' : 'disarmed');
  }

  #tellStatus(state: AgentStatus['state']): void {
    const stats = this.#running?.recorder.stats() ?? { pairs: 0, bodies: 0, pairsIn: 0, pairsOut: 0 };
    this.#home.send({
      type: 'status',
      state,
      reason: state === 'armed' ? '' : this.#reason,
      listening: this.#listening,
      connections: this.#running?.capture.connections() ?? 0,
      earlier: this.#earlier.count,
      pairsIn: stats.pairsIn,
      pairsOut: stats.pairsOut,
      shed: { pairs: stats.pairs, bodies: stats.bodies },
      residentBytes: process.memoryUsage.rss(),
    });
  }

  #serverKey({ key }: ServerKey): void {
    let context: SecureContext | null = null;
    if (key !== null) {
      try {
        context = createSecureContext({ key: key.keyPem, cert: key.chainPem });
      } catch (error) {
        const text = `The key pair of the application cannot be used: ${messageOf(error)}. Give its certificate chain and its key, both in PEM form, the key without a passphrase.`;
        this.#home.send({ type: 'notice', id: 'server-key-unusable', level: 'error', text });
      }
    }
    this.#running?.capture.serve(context);
    this.#tlsReports.forget();
  }

  async #leave(drainMillis: number, reason: string): Promise<void> {
    this.#reason = reason;
    const running = this.#running;
    if (running !== null) {
      const { redirect, capture, recorder } = running;
      await redirect.disarm();
      this.#armed = false;
      this.#tellStatus('disarmed');
      await capture.stop(drainMillis);
      await redirect.remove();
      recorder.close();
    }
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#tellStatus('stopped');
    await this.#home.flushed(limits.linkFlushMillis);
  }
}
