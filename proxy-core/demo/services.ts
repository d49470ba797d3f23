import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServicePrograms, type Ids, lackingWords, type ServicePrograms, unprivileged } from './programs.ts';

/**
 * Runs "$@" until our end of its stdin is closed: by us, or by the system when this process is killed. Its folder goes with it. PostgreSQL ends at once
 * on SIGQUIT; on SIGTERM it waits for its clients.
 */
const keeper = `
trap : TERM HUP INT QUIT
folder=$1
shift
sh -c "$@" >/dev/null 2>&1 </dev/null &
child=$!
read -r _
kill -QUIT 0
kill -TERM 0
(sleep 3; kill -KILL "$child") 2>/dev/null &
killer=$!
wait "$child"
kill -KILL "$killer"
# A thousand files take their time, for which nobody has to wait; and a child of the server may still be writing some.
(rm -rf "$folder"; sleep 1; rm -rf "$folder") 2>/dev/null &
`;

/** A server of the demo: where it will listen, soon. */
export interface DemoService {
  kind: 'redis' | 'postgres';
  port: number;
}

/** The database and the cache of the demo, each in a folder of its own, as far as the machine has them. */
export class DemoServices {
  readonly #programs: ServicePrograms = findServicePrograms();
  readonly #children: ChildProcess[] = [];
  #stopped = false;

  /** What the demo does without, in a sentence; empty when it has both. */
  get lacking(): string {
    return lackingWords(this.#programs);
  }

  /** Starts them and answers where they will listen, without waiting for it: the shop tries until they do. */
  async start(): Promise<DemoService[]> {
    const { redis, postgres } = this.#programs;
    const services: DemoService[] = [];
    if (redis !== null) services.push({ kind: 'redis', port: await this.#redis(redis) });
    if (postgres !== null) services.push({ kind: 'postgres', port: await this.#postgres(postgres.server, postgres.initdb) });
    return services;
  }

  async #redis(program: string): Promise<number> {
    const port = await freePort();
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.#run('redis', null, (folder) => ['exec "$0" "$@"', program, ...options, '--dir', folder]);
    return port;
  }

  async #postgres(server: string, initdb: string): Promise<number> {
    const port = await freePort();
    const start =
      '"$1" -D "$2/data" -U shop -A trust -E UTF8 --locale=C --no-sync && exec "$0" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off';
    this.#run('postgres', unprivileged(), (folder) => [start, server, initdb, folder, String(port)]);
    return port;
  }

  #run(name: string, ids: Ids | null, command: (folder: string) => readonly string[]): void {
    if (this.#stopped) return;
    const folder = mkdtempSync(join(tmpdir(), `sidetap-demo-${name}-`));
    if (ids !== null) chownSync(folder, ids.uid, ids.gid);
    const child = spawn('/bin/sh', ['-c', keeper, 'sidetap', folder, ...command(folder)], {
      cwd: folder,
      // A group of its own: Ctrl-C in our terminal is ours, and all of it can be ended.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
      ...ids,
    });
    // What cannot be started is a service that the shop does without; a keeper that is gone has closed its stdin.
    child.on('error', () => rmSync(folder, { recursive: true, force: true }));
    child.stdin?.on('error', () => {});
    this.#children.push(child);
  }

  /** Ends them; what they have stored is being removed then. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.stdin?.end();
        await ended;
      }),
    );
  }
}

/** A port that nothing listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof address === 'object' && address !== null ? address.port : 0;
}
