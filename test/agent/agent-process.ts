import { type ChildProcess, execFileSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { limits } from '../../proxy-core/limits.ts';
import { FrameReader, messageFrame } from '../../proxy-core/link/frames.ts';
import {
  type AgentNotice,
  type AgentStatus,
  type FromAgent,
  type Hello,
  linkVersion,
  type TlsSeen,
  type ToAgent,
} from '../../proxy-core/link/messages.ts';
import { newKeyPair, privateKeyPem } from '../../proxy-core/tls/certificates.ts';
import { MemorySink, testAuthority } from '../capture/support.ts';
import { onCleanUp } from './clean-up.ts';
import type { Host } from './namespaces.ts';

const entry = process.env['SIDETAP_AGENT_JS'] ?? resolve(import.meta.dirname, '../../proxy-core/agent/main.ts');

let folder = '';

/** A copy of nft that may change network rules whoever runs it, as in the agent's image. */
function capableNft(): string {
  if (folder === '') {
    folder = mkdtempSync(join(tmpdir(), 'sidetap-nft-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755);
    const program = execFileSync('which', ['nft'], { encoding: 'utf8', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } }).trim();
    copyFileSync(program, join(folder, 'nft'));
    execFileSync('/usr/sbin/setcap', ['cap_net_admin+ep', join(folder, 'nft')]);
  }
  return join(folder, 'nft');
}

/** Of a leaf: what home answers with. */
export interface LeafPem {
  chainPem: string;
  keyPem: string;
}

export interface StartAgent {
  nft?: string;
  /** Home's side of the version. */
  link?: number;
  /** Home says nothing by itself; default it welcomes, beats and takes. */
  passive?: boolean;
  welcome?: { insecureUpstream?: boolean; extraCaPem?: string[] };
  leaf?: (name: string) => Promise<LeafPem>;
  /** Files that it may have open. */
  descriptors?: number;
  /** Home does not say that it has taken what it was sent. */
  takesNothing?: boolean;
}

/** An agent in a host's network, and home at the other end of its link. */
export class TestAgent {
  readonly child: ChildProcess;
  readonly sink = new MemorySink();
  readonly statuses: AgentStatus[] = [];
  readonly notices: AgentNotice[] = [];
  readonly tls: TlsSeen[] = [];
  readonly leafNames: string[] = [];
  hello: Hello | null = null;
  words = '';
  #beats: NodeJS.Timeout | null = null;
  readonly #events = new EventEmitter();
  readonly #exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(host: Host, options: StartAgent) {
    const limit = options.descriptors === undefined ? [] : ['prlimit', `--nofile=${options.descriptors}:${options.descriptors}`];
    const child = host.spawn([...limit, process.execPath, entry], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/bin:/bin',
        SIDETAP_NFT: options.nft ?? capableNft(),
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      },
    });
    this.child = child;
    this.#exit = new Promise((done) => child.once('close', (code, signal) => done({ code, signal })));
    void this.#exit.then(() => this.silence());
    onCleanUp(() => this.silence());
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.words += text;
    });
    child.stdin?.on('error', () => {
      // The agent has ended.
    });
    const reader = new FrameReader<FromAgent>({
      message: (message) => this.#receive(message, options),
      batch: (batch) => {
        const { length } = batch;
        this.sink.write(batch);
        if (options.takesNothing !== true) this.send({ type: 'taken', bytes: length });
      },
    });
    child.stdout?.on('data', (chunk: Buffer) => reader.push(chunk));
  }

  send(message: ToAgent): void {
    (this.child.stdin as Writable).write(messageFrame(message));
  }

  /** Home says nothing any more. */
  silence(): void {
    if (this.#beats !== null) clearInterval(this.#beats);
    this.#beats = null;
  }

  exit(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    return this.#exit;
  }

  async status(fits: (status: AgentStatus) => boolean, what: string): Promise<AgentStatus> {
    const deadline = AbortSignal.timeout(30_000);
    for (;;) {
      const found = this.statuses.find(fits);
      if (found !== undefined) return found;
      await once(this.#events, 'message', { signal: deadline }).catch((error: unknown) => {
        const last = JSON.stringify(this.statuses.at(-1));
        throw new Error(`no status with ${what}; the last was ${last}; last words: ${this.words}`, { cause: error });
      });
    }
  }

  /** Resolves with the next status that fits and comes from now on. */
  next(fits: (status: AgentStatus) => boolean, what: string): Promise<AgentStatus> {
    const seen = new Set(this.statuses);
    return this.status((status) => !seen.has(status) && fits(status), what);
  }

  async tlsSeen(fits: (seen: TlsSeen) => boolean): Promise<TlsSeen> {
    const deadline = AbortSignal.timeout(30_000);
    for (;;) {
      const found = this.tls.find(fits);
      if (found !== undefined) return found;
      await once(this.#events, 'message', { signal: deadline });
    }
  }

  /** Says that it must end, and waits until it has. */
  async stop(drainMillis = 1_000): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.send({ type: 'stop', drainMillis });
    return this.exit();
  }

  #receive(message: FromAgent, options: StartAgent): void {
    switch (message.type) {
      case 'hello':
        this.hello = message;
        if (options.passive !== true) void this.#welcome(options);
        break;
      case 'status':
        this.statuses.push(message);
        break;
      case 'notice':
        this.notices.push(message);
        break;
      case 'tls':
        this.tls.push(message);
        break;
      case 'leaf-request':
        this.leafNames.push(message.name);
        void this.#leaf(message.request, message.name, options);
        break;
    }
    this.#events.emit('message');
  }

  async #welcome(options: StartAgent): Promise<void> {
    const { pem } = await testAuthority();
    this.send({
      type: 'welcome',
      link: options.link ?? linkVersion,
      source: 'shop',
      firstConnectionId: 5_000,
      caPem: pem,
      extraCaPem: [],
      insecureUpstream: false,
      ...options.welcome,
    });
    this.#beats = setInterval(() => this.send({ type: 'beat' }), limits.linkBeatMillis);
  }

  async #leaf(request: number, name: string, options: StartAgent): Promise<void> {
    if (options.leaf === undefined) {
      this.send({ type: 'leaf', request, ok: false, message: 'this home makes no leaves' });
      return;
    }
    const { chainPem, keyPem } = await options.leaf(name);
    this.send({ type: 'leaf', request, ok: true, chainPem, keyPem, notAfter: Date.now() + 90 * 24 * 60 * 60_000 });
  }
}

/** Starts an agent and waits until it redirects. */
export async function startAgent(host: Host, options: StartAgent = {}): Promise<TestAgent> {
  const agent = new TestAgent(host, options);
  await agent.status((status) => status.state === 'armed', 'armed');
  return agent;
}

export async function newKeyPem(): Promise<string> {
  return privateKeyPem((await newKeyPair()).privateKey);
}
