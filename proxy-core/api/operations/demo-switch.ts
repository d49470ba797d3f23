import type { Demo } from '../../demo/demo.ts';
import { messageOf, SidetapError } from '../../errors.ts';
import type { CertificateAuthority } from '../../tls/authority.ts';
import type { Notice } from '../contract.ts';
import type { CaptureSwitch } from './capture-switch.ts';

export interface DemoSwitchOptions {
  capture: CaptureSwitch;
  authority: () => Promise<CertificateAuthority>;
  /** Called whenever the demo started or ended. */
  changed: () => void;
  notify: (notice: Omit<Notice, 'at'>) => void;
  /** What a notice said holds no longer. */
  withdraw: (id: string) => void;
}

/** Turns the demo shop on and off: a thread of its own, its traffic, and the capture of it. */
export class DemoSwitch {
  readonly #options: DemoSwitchOptions;
  #demo: Demo | null = null;
  #starting: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;
  #closed = false;

  constructor(options: DemoSwitchOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#demo !== null;
  }

  /** Does nothing while it runs. Throws `already-capturing` when something else is being captured. */
  async start(): Promise<void> {
    // Only then: a stop that comes next must find it starting.
    if (this.#stopping !== null) await this.#stopping;
    if (this.#demo !== null) return;
    if (this.#closed) throw new SidetapError('engine-not-running', 'Sidetap is ending.');
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    await this.#starting;
  }

  async #start(): Promise<void> {
    const { capture, authority, changed } = this.#options;
    if (capture.status().state !== 'off') {
      throw new SidetapError('already-capturing', 'Capture is on for another application. Stop it, then start the demo.');
    }
    const { startDemo } = await import('../../demo/demo.ts');
    const demo = await startDemo();
    let on = false;
    try {
      // Only the demo's own clients call it, so any free port will do.
      const status = await capture.start(
        { app: `127.0.0.1:${demo.appPort}`, inPort: 0, outPort: 0 },
        { trusted: [demo.upstreamCaPem] },
      );
      on = true;
      if (status.inbound === null || status.outbound === null) throw new Error('capture has no listeners');
      demo.drive({ inbound: status.inbound, outbound: status.outbound, caPem: (await authority()).pem });
    } catch (error) {
      await demo.stop();
      // Not somebody else's, who was faster.
      if (on) await capture.settle();
      throw error;
    }
    this.#demo = demo;
    if (demo.lacking !== '') this.#options.notify({ id: 'demo-services', level: 'info', text: demo.lacking });
    // Never rejected: it only tells that the thread is gone.
    void demo.ended.then(() => this.#ended(demo));
    changed();
  }

  /** Ends the demo, and the capture of it; one that is just starting as soon as it has. */
  async stop(): Promise<void> {
    // Whoever started it is told why it failed; here it is off then, which will do.
    if (this.#starting !== null) await this.#starting.catch(() => {});
    const demo = this.#demo;
    this.#demo = null;
    if (demo !== null) this.#stopping = this.#stop(demo);
    await this.#stopping;
  }

  /** Ends the demo for good: it cannot be started again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.stop();
  }

  async #stop(demo: Demo): Promise<void> {
    try {
      await demo.stop();
      await this.#options.capture.settle();
    } finally {
      this.#options.withdraw('demo-services');
      this.#stopping = null;
      this.#options.changed();
    }
  }

  /** It ended by itself: there is nothing left to capture. */
  #ended(demo: Demo): void {
    if (this.#demo !== demo) return;
    const { notify } = this.#options;
    notify({ id: 'demo-ended', level: 'warning', text: 'The demo shop ended by itself. Start it again to see more.' });
    this.stop().catch((error: unknown) => {
      notify({ id: 'demo-ended', level: 'error', text: `The capture of the demo could not be ended (${messageOf(error)}).` });
    });
  }
}
