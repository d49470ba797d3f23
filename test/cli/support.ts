import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { say } from '../support/say.ts';

const bin = path.join(import.meta.dirname, '..', '..', 'bin', 'sidetap');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Ready {
  event: 'ready';
  inbound: string | null;
  outbound: string;
  api: string;
  token: string;
  ca: string;
}

/** A process whose output is collected. */
export interface Running {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  /** Resolves with the first line of stdout. Rejects when the process ends without one. */
  line: Promise<string>;
  ended: Promise<Ended>;
}

/** A data directory of its own, the processes that were started on it, and the servers beside them; `end` leaves nothing behind. */
export class Stage {
  readonly home: string;
  readonly #ends: (() => Promise<unknown>)[] = [];

  private constructor(home: string) {
    this.home = home;
  }

  static async open(): Promise<Stage> {
    return new Stage(await mkdtemp(path.join(tmpdir(), 'sidetap-cli-')));
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).toReversed()) await end();
    await rm(this.home, { recursive: true, force: true });
  }

  onEnd(action: () => Promise<unknown>): void {
    this.#ends.push(action);
  }

  /** Starts `bin/sidetap` (or what `options.file` names) on this stage's data directory. */
  start(
    args: readonly string[],
    options: { env?: NodeJS.ProcessEnv; file?: string; stdin?: string; keepStdin?: boolean } = {},
  ): Running {
    const child = spawn(options.file ?? bin, args, {
      env: { ...process.env, SIDETAP_HOME: this.home, NO_COLOR: '1', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: this.home,
    });
    if (options.keepStdin !== true) say(child.stdin, options.stdin ?? '');
    let stdout = '';
    let stderr = '';
    const first = Promise.withResolvers<string>();
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      const at = stdout.indexOf('\n');
      if (at >= 0) first.resolve(stdout.slice(0, at));
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const ended = once(child, 'close').then(([code, signal]) => {
      first.reject(new Error(`it ended without a line: ${stderr}`));
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr };
    });
    // Whether it prints a line matters only to who waits for one.
    first.promise.catch(() => {});
    this.#ends.push(async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    });
    return { child, stdout: () => stdout, stderr: () => stderr, line: first.promise, ended };
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** Starts a capture on free ports and waits until it is ready. */
  async capture(...args: string[]): Promise<Running & { ready: Ready }> {
    const running = this.start(['start', 'capture', '--json', '--in-port', '0', '--out-port', '0', ...args]);
    return { ...running, ready: JSON.parse(await running.line) as Ready };
  }

  /** The pairs that `list --json` prints, the newest first. */
  async pairs(...args: string[]): Promise<PairSummary[]> {
    const { code, stdout, stderr } = await this.run('list', '--json', ...args);
    if (code !== 0) throw new Error(stderr);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as PairSummary);
  }

  /** An HTTP server on a free port of the loopback interface. */
  async serve(listener: RequestListener): Promise<{ port: number; url: string }> {
    const server = createServer(listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#ends.push(async () => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    return { port, url: `http://127.0.0.1:${port}` };
  }
}

/** Answers with what was asked, as JSON. */
export const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/json');
    response.statusCode = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('status') ?? 200);
    response.end(JSON.stringify({ method: request.method, url: request.url, body: Buffer.concat(chunks).toString() }));
  });
};
