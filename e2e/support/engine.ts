import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaptureStatus, Status } from '../../proxy-core/api/contract.ts';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import type { PairPage } from '../../proxy-core/rrpair/shapes.ts';

/** The engine of a data directory, called from outside by REST. */
export interface RunningEngine {
  pid: number;
  url: string;
  token: string;
}

/** What the engine wrote down for others to find it; null while none does. */
export function findEngine(dataDir: string): RunningEngine | null {
  try {
    const { pid, api, token } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as {
      pid: number;
      api: string;
      token: string;
    };
    return { pid, url: api, token };
  } catch {
    // None is running, or it is only just starting.
    return null;
  }
}

export class EngineApi {
  readonly #dataDir: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  get engine(): RunningEngine {
    const engine = findEngine(this.#dataDir);
    if (engine === null) throw new Error('no engine is running');
    return engine;
  }

  status(): Promise<Status> {
    return this.#call('GET', '/status') as Promise<Status>;
  }

  startCapture(app: number): Promise<CaptureStatus> {
    return this.#call('POST', '/capture/start', { app: String(app), inPort: 0, outPort: 0 }) as Promise<CaptureStatus>;
  }

  stopCapture(): Promise<CaptureStatus> {
    return this.#call('POST', '/capture/stop') as Promise<CaptureStatus>;
  }

  /** Sets how many bytes of each body are kept. */
  async keepOfBodies(bodyBytes: number): Promise<void> {
    await this.#call('POST', '/settings', { limits: { bodyBytes } });
  }

  containers(): Promise<Container[]> {
    return this.#call('GET', '/containers') as Promise<Container[]>;
  }

  /** Resolves when its capture is on, or off and everything undone. */
  async switchContainer(container: string, on: boolean): Promise<void> {
    await this.#call('POST', on ? '/containers/attach' : '/containers/detach', { container });
  }

  pairs(filter: string = ''): Promise<PairPage> {
    return this.#call('POST', '/pairs/query', { filter, noise: true }) as Promise<PairPage>;
  }

  /** Resolves when everything captured so far can be read. */
  async flush(): Promise<void> {
    await this.#call('POST', '/pairs/flush');
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { url, token } = this.engine;
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as unknown;
  }
}
