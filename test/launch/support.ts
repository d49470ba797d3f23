import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { startDisplay } from '../../e2e/support/display.ts';
import { type Engine, startEngine } from '../../proxy-core/engine.ts';
import type { Launched } from '../../proxy-core/rrpair/launched.ts';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { openCertificateAuthority } from '../../proxy-core/tls/authority.ts';

/** A user's home, display and engine; `end` leaves nothing behind. */
export class Stage {
  readonly home: string;
  readonly dataDir: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly #ends: (() => Promise<unknown>)[] = [];

  private constructor(home: string, display: string) {
    this.home = home;
    // A blank and a quote: every word of every script must carry such a path.
    this.dataDir = path.join(home, `it's a "data dir"`);
    this.environment = { PATH: process.env['PATH'], HOME: home, SHELL: '/bin/bash', LANG: 'C.UTF-8', DISPLAY: display };
  }

  static async open(): Promise<Stage> {
    const display = await startDisplay();
    const stage = new Stage(await mkdtemp(path.join(tmpdir(), 'sidetap-launch-')), display.name);
    stage.onEnd(() => rm(stage.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
    stage.onEnd(display.close);
    return stage;
  }

  onEnd(action: () => Promise<unknown>): void {
    this.#ends.push(action);
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).toReversed()) await end();
  }

  async engine(environment: NodeJS.ProcessEnv = this.environment): Promise<Engine> {
    const engine = await startEngine({ dataDir: this.dataDir, environment });
    this.onEnd(engine.stop);
    return engine;
  }

  /** An engine whose capture is on, at free ports. */
  async capturing(): Promise<Engine> {
    const engine = await this.engine();
    await engine.client.capture.start({ inPort: 0, outPort: 0, insecureUpstream: true });
    return engine;
  }

  /** Puts a script before all other programs of that name. */
  async program(name: string, script: string): Promise<string> {
    const folder = path.join(this.home, 'bin');
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, name);
    await writeFile(file, script);
    await chmod(file, 0o755);
    this.environment['PATH'] = `${folder}:${process.env['PATH'] ?? ''}`;
    return file;
  }

  /** Something that takes itself for a browser: a real one takes seconds. It has a child that does not want to end. */
  async fakeBrowser(): Promise<void> {
    await this.program(
      'chromium',
      `#!/bin/sh
for word; do case $word in --user-data-dir=*) profile=\${word#--user-data-dir=};; esac; done
mkdir -p "$profile"
(trap '' TERM HUP; while :; do sleep 0.2; done) &
echo $! >"${this.home}/stubborn"
echo $$ >"${this.home}/browser"
ln -s nowhere "$profile/SingletonLock"
while :; do sleep 0.2; done
`,
    );
  }

  /** The process id that a program of the test has written down. */
  async pid(name: string): Promise<number> {
    const read = (): Promise<string> => readFile(path.join(this.home, name), 'utf8').catch(() => '');
    await expect.poll(read, { timeout: 20_000 }).toMatch(/^\d+\n$/);
    return Number(await read());
  }

  /** An HTTP server on this machine, and one with TLS. */
  async servers(listener: RequestListener): Promise<{ plain: number; secure: number }> {
    const upstream = await openCertificateAuthority(path.join(this.home, 'upstream'));
    const issuer = await upstream.issuer();
    const { chainPem } = await issuer.leaf('localhost');
    const secure = createSecureServer({ key: issuer.keyPem, cert: chainPem }, listener);
    return { plain: await this.#listen(createServer(listener)), secure: await this.#listen(secure) };
  }

  async #listen(server: Server): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.onEnd(async () => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  /** What is left of what was opened. */
  async left(): Promise<string[]> {
    return readdir(path.join(this.dataDir, 'launched')).catch(() => []);
  }

  /** `bin/sidetap` on this stage. */
  command(...args: string[]): { line: Promise<string>; kill: (signal: NodeJS.Signals) => void; ended: Promise<number | null> } {
    const child = spawn(path.join(import.meta.dirname, '..', '..', 'bin', 'sidetap'), args, {
      env: { ...this.environment, SIDETAP_HOME: this.dataDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    this.onEnd(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    return {
      line: once(child.stdout, 'data').then(([data]) => String(data)),
      kill: (signal) => child.kill(signal),
      ended,
    };
  }
}

/** Waits for a pair at this location. */
export async function recorded({ client }: Engine, location: string): Promise<PairSummary> {
  const find = async (): Promise<PairSummary | undefined> => {
    await client.pairs.flush();
    const { rows } = await client.pairs.list({ filter: `path:${location}`, noise: true });
    return rows[0];
  };
  await expect.poll(find, { timeout: 25_000, interval: 200 }).toBeDefined();
  return (await find()) as PairSummary;
}

export async function launched({ client }: Engine): Promise<Launched[]> {
  return (await client.status()).launched;
}

/** Not a zombie either. */
export async function runs(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  return stat !== '' && !/\) Z /.test(stat);
}
