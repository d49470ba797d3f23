import { statSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assertNever, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { makePrivateFolder } from '../private-folder.ts';
import { type LaunchKind, launchNames } from '../rrpair/launch-kinds.ts';
import type { Launched, LaunchOptions } from '../rrpair/launched.ts';
import type { CertificateAuthority } from '../tls/authority.ts';
import type { TrustFiles } from '../tls/runtime-variables.ts';
import { planChromium } from './chromium.ts';
import { planFirefox } from './firefox.ts';
import { endShell, remember, sweepFolders } from './left.ts';
import type { Circumstances, LaunchPlan } from './plan.ts';
import { type Identity, identify, isAlive } from './processes.ts';
import { Program } from './program.ts';
import { planTerminal } from './terminal.ts';

export interface LaunchesOptions {
  dataDir: string;
  /** Of the user, for what is opened. */
  environment: NodeJS.ProcessEnv;
  authority: () => Promise<CertificateAuthority>;
  trustFiles: (authority: CertificateAuthority) => Promise<TrustFiles>;
  /** The capture that is on: where its outbound listener is, and the application. Null while none is. */
  capture: () => { outbound: { host: string; port: number }; app: string | null } | null;
  /** Called whenever the list changed. */
  changed: () => void;
}

/** One that was opened. */
interface Entry {
  facts: Launched;
  readonly folder: string;
  /** Aborted when it is to be closed. */
  readonly stop: AbortController;
  /** Settled once it is open, or is not to be. */
  opening: Promise<void>;
  program: Program | null;
  /** Of a terminal: the shell in it. */
  shell: Identity | null;
  closing: Promise<void> | null;
}

/** Terminals and browsers under capture: opens them, sees them end, and closes them with the capture. */
export class Launches {
  readonly #options: LaunchesOptions;
  readonly #entries = new Map<number, Entry>();
  readonly #root: string;
  readonly #swept: Promise<void>;
  #nextId = 1;

  constructor(options: LaunchesOptions) {
    this.#options = options;
    this.#root = path.join(options.dataDir, 'launched');
    this.#swept = sweepFolders(this.#root);
    this.#swept.catch(() => {}); // whoever opens something next is told
  }

  list(): Launched[] {
    return [...this.#entries.values()].map(({ facts }) => facts);
  }

  /** Resolves when it is there. Throws `not-capturing`, `launch-failed`, `bad-usage`. */
  async open({ kind, url, folder }: LaunchOptions): Promise<Launched> {
    checkUrl(url);
    checkFolder(folder);
    checkDisplay(this.#options.environment);
    await this.#swept;
    if (this.#entries.size >= limits.launched) this.#forgetEnded();
    if (this.#entries.size >= limits.launched) {
      throw new SidetapError('launch-failed', `${limits.launched} terminals and browsers are open under capture. Close one first.`);
    }
    const id = this.#nextId;
    this.#nextId += 1;
    const entry: Entry = {
      facts: { id, kind, program: launchNames[kind], state: 'starting', note: '', openedAt: new Date().toISOString() },
      folder: path.join(this.#root, `${process.pid}-${id}`),
      stop: new AbortController(),
      opening: Promise.resolve(),
      program: null,
      shell: null,
      closing: null,
    };
    this.#entries.set(id, entry);
    this.#options.changed();
    entry.opening = this.#start(entry, { url, folder });
    try {
      await entry.opening;
    } catch (error) {
      const stopped = entry.stop.signal.aborted;
      await this.#close(entry);
      throw stopped ? new SidetapError('not-capturing', `${launchNames[kind]} was closed before it was open.`) : error;
    }
    return entry.facts;
  }

  /** Closes it and what was started in it; one that has ended is not listed any more. Throws `launched-not-found`. */
  async close(id: number): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new SidetapError('launched-not-found', 'It is closed already.', { details: { id } });
    await this.#close(entry);
  }

  /** Closes all of them: resolves when they are gone. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => this.#close(entry)));
  }

  async #start(entry: Entry, options: { url: string | undefined; folder: string | undefined }): Promise<void> {
    const { capture, authority, trustFiles, environment } = this.#options;
    const on = capture();
    if (on === null) throw new SidetapError('not-capturing', 'Capture is off. Switch it on first.');
    const ca = await authority();
    const trust = await trustFiles(ca);
    makePrivateFolder(entry.folder);
    const plan = await planOf(entry.facts.kind, {
      folder: entry.folder,
      outbound: on.outbound,
      authority: ca,
      trust,
      environment,
      platform: process.platform,
      url: options.url ?? on.app ?? 'about:blank',
      cwd: options.folder ?? homedir(),
    });
    entry.stop.signal.throwIfAborted();
    entry.facts = { ...entry.facts, program: plan.program, note: plan.note };
    const program = await Program.start(plan);
    entry.program = program;
    await remember(entry.folder, { group: await identify(program.pid), shell: null });
    const sign = await program.sign(entry.stop.signal);
    if (plan.hasShell) {
      if (sign === null)
        throw new SidetapError('launch-failed', `${plan.program} did not start a shell. Name another terminal in TERMINAL.`);
      entry.shell = await identify(Number(await readFile(sign, 'utf8')));
      await remember(entry.folder, { group: await identify(program.pid), shell: entry.shell });
    }
    entry.stop.signal.throwIfAborted();
    this.#become(entry, 'open');
    void this.#follow(entry, program);
  }

  /** Waits for its end, whoever brings it about. */
  async #follow(entry: Entry, program: Program): Promise<void> {
    const { signal } = entry.stop;
    if (entry.facts.kind === 'terminal') {
      while (!signal.aborted && entry.shell !== null && isAlive(entry.shell.pid)) {
        // Ended early by `stop`.
        await delay(limits.launchedLookMillis, undefined, { signal, ref: false }).catch(() => {});
      }
    } else await program.ended;
    if (signal.aborted) return;
    // Ended by its user: what it has left behind goes, and it stays listed for them to see.
    this.#become(entry, 'ended');
    await this.#clean(entry).catch(() => {}); // tried again when it is closed
  }

  #close(entry: Entry): Promise<void> {
    entry.stop.abort();
    entry.closing ??= (async () => {
      if (entry.facts.state !== 'ended') this.#become(entry, 'closing');
      // What is about to be started must not come after this.
      await entry.opening.catch(() => {});
      try {
        await this.#clean(entry);
      } finally {
        this.#entries.delete(entry.facts.id);
        this.#options.changed();
      }
    })();
    return entry.closing;
  }

  async #clean({ shell, program, folder }: Entry): Promise<void> {
    if (shell !== null) await endShell(shell);
    await program?.end();
    // A browser's last helpers may still write.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #become(entry: Entry, state: Launched['state']): void {
    entry.facts = { ...entry.facts, state };
    this.#options.changed();
  }

  #forgetEnded(): void {
    for (const [id, { facts }] of this.#entries) {
      if (facts.state === 'ended') this.#entries.delete(id);
    }
  }
}

function planOf(kind: LaunchKind, circumstances: Circumstances): LaunchPlan | Promise<LaunchPlan> {
  switch (kind) {
    case 'terminal':
      return planTerminal(circumstances);
    case 'chromium':
      return planChromium(circumstances);
    case 'firefox':
      return planFirefox(circumstances);
    default:
      return assertNever(kind);
  }
}

/** An address becomes a word of a browser's command line, so it must not be taken for anything else there. */
function checkUrl(url: string | undefined): void {
  if (url === undefined || /^https?:$/.test(URL.parse(url)?.protocol ?? '')) return;
  throw new SidetapError('bad-usage', `“${url}” is no address that a browser can show. It begins with http:// or https://.`);
}

function checkFolder(folder: string | undefined): void {
  if (folder === undefined) return;
  const found = path.isAbsolute(folder) ? statSync(folder, { throwIfNoEntry: false }) : undefined;
  if (found?.isDirectory() !== true)
    throw new SidetapError('bad-usage', `There is no folder ${folder}. Name one by its whole path.`);
}

function checkDisplay(environment: NodeJS.ProcessEnv): void {
  if (process.platform === 'darwin' || process.platform === 'win32') return;
  if ((environment['DISPLAY'] ?? '') !== '' || (environment['WAYLAND_DISPLAY'] ?? '') !== '') return;
  throw new SidetapError(
    'launch-failed',
    'Sidetap was started without a display, so it can open no window. Start it in a desktop session, or start a program with `sidetap start capture -- COMMAND`.',
  );
}
