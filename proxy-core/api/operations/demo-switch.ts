import type { Demo } from '../../demo/demo.ts';
import { SidetapError } from '../../errors.ts';
import type { CertificateAuthority } from '../../tls/authority.ts';
import type { CaptureSwitch } from './capture-switch.ts';

export interface DemoSwitchOptions {
  capture: CaptureSwitch;
  authority: () => Promise<CertificateAuthority>;
  /** Called whenever the demo started or ended. */
  changed: () => void;
}

/** Turns the demo shop on and off: a process of its own, its traffic, and the capture of it. */
export class DemoSwitch {
  readonly #options: DemoSwitchOptions;
  #demo: Demo | null = null;
  #starting = false;

  constructor(options: DemoSwitchOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#demo !== null;
  }

  /** Does nothing while it runs. Throws `already-capturing` when something else is being captured. */
  async start(): Promise<void> {
    if (this.#demo !== null) return;
    const { capture, authority, changed } = this.#options;
    if (this.#starting || capture.status().state !== 'off') {
      throw new SidetapError('already-capturing', 'Capture is on for another application. Stop it, then start the demo.');
    }
    this.#starting = true;
    try {
      const { startDemo } = await import('../../demo/demo.ts');
      const demo = await startDemo();
      try {
        // Only the demo's own clients call it, so any free port will do.
        const status = await capture.start(
          { app: `127.0.0.1:${demo.appPort}`, inPort: 0, outPort: 0 },
          { trusted: [demo.upstreamCaPem] },
        );
        if (status.inbound === null || status.outbound === null) throw new Error('capture has no listeners');
        demo.drive({ inbound: status.inbound, outbound: status.outbound, caPem: (await authority()).pem });
      } catch (error) {
        await demo.stop();
        throw error;
      }
      this.#demo = demo;
      // Never rejected: it only tells that the process is gone.
      void demo.ended.then(() => this.#ended(demo));
      changed();
    } finally {
      this.#starting = false;
    }
  }

  /** Ends the demo, and the capture of it. */
  async stop(): Promise<void> {
    const demo = this.#demo;
    if (demo === null) return;
    this.#demo = null;
    await demo.stop();
    await this.#options.capture.settle();
    this.#options.changed();
  }

  /** It ended by itself: there is nothing left to capture. */
  #ended(demo: Demo): void {
    if (this.#demo !== demo) return;
    this.#demo = null;
    this.#options.changed();
  }
}
