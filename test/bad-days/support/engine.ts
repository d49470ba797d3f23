import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outputs } from '../../../proxy-core/api/contract.ts';
import type { limits } from '../../../proxy-core/limits.ts';
import type { BodySlice, PairDetail, PairPage, PairSummary } from '../../../proxy-core/rrpair/shapes.ts';
import { onCleanUp } from './clean-up.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
export const bin = path.join(root, 'bin', 'sidetap');

export interface EngineOptions {
  /** The application's port; without it only the outbound listener is there. */
  app?: number;
  dataDir?: string;
  /** Further arguments of `start capture`. */
  args?: readonly string[];
  /** Programs of `programs/` that the engine's process, threads included, loads first. */
  preload?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Limits of the engine that are other than `proxy-core/limits.ts` says. */
  limits?: Partial<Record<keyof typeof limits, number>>;
  /** What to run instead of `bin/sidetap`; it gets the same arguments and has to become it. */
  command?: readonly string[];
}

interface Ready {
  inbound: string | null;
  outbound: string;
  api: string;
  token: string;
  ca: string;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
}

/** An engine as a user starts it: a process of its own, reached over its sockets and its API alone. */
export class Engine {
  readonly child: ChildProcess;
  readonly dataDir: string;
  readonly ready: Ready;
  readonly ended: Promise<Ended>;

  private constructor(child: ChildProcess, dataDir: string, ready: Ready, ended: Promise<Ended>) {
    this.child = child;
    this.dataDir = dataDir;
    this.ready = ready;
    this.ended = ended;
  }

  static async start(options: EngineOptions = {}): Promise<Engine> {
    const dataDir = options.dataDir ?? (await temporaryDirectory());
    const app = options.app === undefined ? [] : ['--port', `127.0.0.1:${options.app}`];
    const [file = bin, ...before] = options.command ?? [];
    const ports = ['--in-port', '0', '--out-port', '0'];
    const args = [...before, 'start', 'capture', ...app, ...ports, '--data-dir', dataDir, '--json', ...(options.args ?? [])];
    const preload = [...(options.preload ?? []), ...(options.limits === undefined ? [] : ['with-limits'])];
    const imports = preload.map((name) => `--import=${path.join(import.meta.dirname, '..', 'programs', `${name}.ts`)}`).join(' ');
    const child = spawn(file, args, {
      env: { ...process.env, NODE_OPTIONS: imports, SIDETAP_TEST_LIMITS: JSON.stringify(options.limits ?? {}), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const ended = once(child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stderr,
    }));
    onCleanUp(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    const line = await Promise.race([firstLine(child), ended]);
    if (typeof line !== 'string') throw new EngineDidNotStart(line);
    return new Engine(child, dataDir, JSON.parse(line) as Ready, ended);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ports of the listeners. */
  get inPort(): number {
    return portOf(this.ready.inbound ?? '');
  }

  get outPort(): number {
    return portOf(this.ready.outbound);
  }

  get apiPort(): number {
    return portOf(this.ready.api);
  }

  /** One call of the REST API. */
  async call(method: 'GET' | 'POST', location: string, input?: unknown): Promise<unknown> {
    const sent = method === 'GET' ? {} : { method, body: JSON.stringify(input ?? {}) };
    const response = await fetch(`${this.ready.api}/api${location}`, {
      ...sent,
      headers: { Authorization: `Bearer ${this.ready.token}`, 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`${method} ${location}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async status(): Promise<Outputs['status']> {
    return (await this.call('GET', '/status')) as Outputs['status'];
  }

  /** Resolves when everything captured so far can be read. */
  async flush(): Promise<void> {
    await this.call('POST', '/pairs/flush');
  }

  /** One page of the list, the newest first, noise included. */
  async page(filter = '', offset = 0, limit = 1_000): Promise<PairPage> {
    return (await this.call('POST', '/pairs/query', { filter, noise: true, offset, limit })) as PairPage;
  }

  /** Everything that was captured up to now and matches, oldest first. */
  async pairs(filter = ''): Promise<PairSummary[]> {
    await this.flush();
    const rows: PairSummary[] = [];
    for (;;) {
      const page = await this.page(filter, rows.length);
      if (page.rows.length === 0) return rows.toReversed();
      rows.push(...page.rows);
    }
  }

  /** The pairs that match, oldest first, as soon as there are `count` that are over. */
  async recorded(filter = '', count = 1): Promise<PairSummary[]> {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const pairs = (await this.pairs(filter)).filter((pair) => pair.state === 'done');
      if (pairs.length >= count) return pairs;
      if (performance.now() > deadline) {
        const all = (await this.pairs())
          .slice(-20)
          .map((pair) => `${pair.id} ${pair.state} ${pair.command} ${pair.location} ${pair.status}`);
        throw new Error(`${pairs.length} instead of ${count} pairs match "${filter}"; the last ones are:\n${all.join('\n')}`);
      }
      await delay(25);
    }
  }

  async detail(id: number): Promise<PairDetail> {
    return (await this.call('GET', `/pairs/${id}`)) as PairDetail;
  }

  async body(id: number, side: 'request' | 'response', query = ''): Promise<BodySlice> {
    return (await this.call('GET', `/pairs/${id}/body?side=${side}${query}`)) as BodySlice;
  }

  /** Resolves with the status as soon as it is as it should be. */
  async statusWhen(fits: (status: Outputs['status']) => boolean, millis = 20_000): Promise<Outputs['status']> {
    const deadline = performance.now() + millis;
    for (;;) {
      const status = await this.status();
      if (fits(status)) return status;
      if (performance.now() > deadline) throw new Error(`the status stays ${JSON.stringify(status)}`);
      await delay(25);
    }
  }

  /** Resident memory, MiB: now, and at its highest so far. */
  memory(): { now: number; peak: number } {
    return memoryOf(this.pid);
  }

  alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
}

export class EngineDidNotStart extends Error {
  readonly ended: Ended;

  constructor(ended: Ended) {
    super(`the engine ended with ${ended.code ?? ended.signal}: ${ended.stderr}`);
    this.ended = ended;
  }
}

export function memoryOf(pid: number): { now: number; peak: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) / 1024;
  return { now: mib('VmRSS'), peak: mib('VmHWM') };
}

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sidetap-bad-days-'));
  onCleanUp(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Runs another `sidetap` command to its end. */
export async function sidetap(...args: string[]): Promise<Ended & { stdout: string }> {
  const child = spawn(bin, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

async function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
  });
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
