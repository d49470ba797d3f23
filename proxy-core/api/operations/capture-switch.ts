import { open, stat } from 'node:fs/promises';
import type { AppTarget } from '../../capture/app-target.ts';
import { appTargetUrl, hostPort, parseAppTarget } from '../../capture/app-target.ts';
import type { CaptureParts, RunningCapture } from '../../capture/capture.ts';
import { startCapture } from '../../capture/capture.ts';
import type { BoundAddress } from '../../capture/own-addresses.ts';
import { messageOf, SidetapError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { CaptureOptions, CaptureStatus } from '../contract.ts';

/** Ports of the original, which users have in their fingers. */
const defaultInPort = 4143;
const defaultOutPort = 4140;

export interface UpstreamTrust {
  /** Certificates that cannot be verified are accepted. */
  insecure: boolean;
  /** CAs beside the usual ones, PEM. */
  extraCa: readonly string[];
}

export interface CaptureSwitchOptions {
  /** What capture is built from; asked for at the first start. */
  parts: () => Promise<CaptureParts>;
  /** Called whenever the state changed. */
  changed: () => void;
}

/** Turns capture on and off, any number of times. */
export class CaptureSwitch {
  readonly #options: CaptureSwitchOptions;
  #state: CaptureStatus['state'] = 'off';
  #capture: RunningCapture | null = null;
  #app: AppTarget | null = null;
  #startedAt: string | null = null;
  #starting: Promise<CaptureStatus> | null = null;
  #stopping: Promise<void> | null = null;
  #closed = false;
  #counted = { pairsIn: 0, pairsOut: 0 };
  #recorder: CaptureParts['recorder'] | null = null;
  #upstreamTrust: UpstreamTrust = { insecure: false, extraCa: [] };

  constructor(options: CaptureSwitchOptions) {
    this.#options = options;
  }

  /**
   * `trusted` are CAs, PEM, to trust for upstream connections beside those that the options name.
   *
   * Throws what keeps capture from starting: `already-capturing`, `port-in-use`, `port-forbidden`, `bad-usage`, `proxy-loop`…
   */
  async start(options: CaptureOptions, { trusted = [] }: { trusted?: readonly string[] } = {}): Promise<CaptureStatus> {
    if (this.#state === 'stopping') await this.#stopping;
    if (this.#closed) throw new SidetapError('engine-not-running', 'Sidetap is ending.');
    if (this.#state !== 'off') {
      const at = this.#capture?.inbound ?? this.#capture?.outbound;
      throw new SidetapError(
        'already-capturing',
        `Capture is already on (process ${process.pid}${at === undefined ? '' : `, ${listener(at).url}`}). Stop it with \`sidetap stop capture\`, or name another directory with --data-dir.`,
      );
    }
    this.#starting = this.#start(options, trusted).finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #start(options: CaptureOptions, trusted: readonly string[]): Promise<CaptureStatus> {
    this.#become('starting');
    try {
      const app = options.app === undefined || options.app === '' ? null : parseAppTarget(options.app);
      const extraCaPem = options.extraCa === undefined ? trusted : [...trusted, await readCa(options.extraCa)];
      const parts = await this.#options.parts();
      this.#recorder = parts.recorder;
      this.#counted = parts.recorder.stats();
      this.#capture = await startCapture(
        {
          app,
          inPort: options.inPort ?? defaultInPort,
          outPort: options.outPort ?? defaultOutPort,
          bind: options.bind ?? '127.0.0.1',
          insecureUpstream: options.insecureUpstream ?? false,
          extraCaPem,
        },
        parts,
      );
      this.#app = app;
      this.#upstreamTrust = { insecure: options.insecureUpstream ?? false, extraCa: extraCaPem };
      this.#startedAt = new Date().toISOString();
      this.#become('on');
    } catch (error) {
      this.#become('off');
      throw error;
    }
    return this.status();
  }

  /** Throws `not-capturing`. */
  async stop(): Promise<CaptureStatus> {
    if (this.#state === 'off') {
      throw new SidetapError('not-capturing', 'Capture is not on. Start it with `sidetap start capture --port PORT`.');
    }
    if (this.#state === 'starting') {
      throw new SidetapError('not-capturing', 'Capture is just starting. Try again in a moment.');
    }
    await this.settle();
    return this.status();
  }

  /** Ends capture, for good: it cannot be started again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.settle();
  }

  /** Capture is off when this resolves, whatever it was. */
  async settle(): Promise<void> {
    // Whoever started it is told why it failed; here it is off then, which will do.
    await this.#starting?.catch(() => {});
    const capture = this.#capture;
    if (this.#state === 'on' && capture !== null) {
      this.#become('stopping');
      this.#stopping = capture.stop().finally(() => {
        this.#capture = null;
        this.#app = null;
        this.#startedAt = null;
        this.#stopping = null;
        this.#become('off');
      });
    }
    await this.#stopping;
  }

  /** Which upstreams the last capture trusted: what went through it should go again as well. */
  get upstreamTrust(): UpstreamTrust {
    return this.#upstreamTrust;
  }

  status(): CaptureStatus {
    const stats = this.#recorder?.stats() ?? { pairsIn: 0, pairsOut: 0 };
    return {
      state: this.#state,
      app: this.#app === null ? null : appTargetUrl(this.#app),
      inbound: listenerOrNull(this.#capture?.inbound),
      outbound: listenerOrNull(this.#capture?.outbound),
      startedAt: this.#startedAt,
      connections: this.#capture?.connections() ?? 0,
      pairsIn: stats.pairsIn - this.#counted.pairsIn,
      pairsOut: stats.pairsOut - this.#counted.pairsOut,
    };
  }

  #become(state: CaptureStatus['state']): void {
    this.#state = state;
    this.#options.changed();
  }
}

type Listener = NonNullable<CaptureStatus['inbound']>;

/** A listener as its clients name it. */
function listener({ host, port }: BoundAddress): Listener {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return { url: `http://${hostPort(reachable, port)}`, host, port };
}

function listenerOrNull(address: BoundAddress | null | undefined): Listener | null {
  return address === null || address === undefined ? null : listener(address);
}

/** The first `bytes` of a file, whatever it grows to. */
async function readStart(file: string, bytes: number): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function readCa(file: string): Promise<string> {
  let text: string;
  try {
    const { size } = await stat(file);
    // A device has no size, and no end.
    if (size > limits.caFileBytes) throw new Error(`it has more than ${limits.caFileBytes} bytes`);
    text = await readStart(file, size);
  } catch (error) {
    throw new SidetapError('bad-usage', `The CA file ${file} cannot be read (${messageOf(error)}).`, { cause: error });
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new SidetapError('bad-usage', `The CA file ${file} holds no certificate in PEM form.`);
  }
  return text;
}
