import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../scripts/lib/debian.ts';

/** Real servers of the machine, each with a port and a folder of its own. */
export interface RealServer {
  port: number;
  folder: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);

/**
 * A port that nothing listens on, and none of those that the system gives to clients: one of their many connections would take it in the
 * moment between.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => {
      server.close(resolve);
    });
    return port;
  }
}

async function listening(port: number, child: ChildProcess): Promise<boolean> {
  for (let left = 1_600; left > 0 && child.exitCode === null; left -= 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return true;
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
  return false;
}

/** Starts a server that is told its port, and waits until it listens. `command` is given the port and the folder. */
export async function startServerProcess(
  name: string,
  command: (
    port: number,
    folder: string,
  ) => { program: string; args: readonly string[]; uid?: number; gid?: number; env?: NodeJS.ProcessEnv },
  prepare: (folder: string) => Promise<void> = async () => {},
): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), `sidetap-${name}-`));
  await prepare(folder);
  for (let left = 5; ; left -= 1) {
    const port = await freePort();
    const { program, args, uid, gid, env } = command(port, folder);
    const child = spawn(program, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      uid,
      gid,
      env: { ...process.env, ...env },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => {
        said = (said + String(bytes)).slice(-4_000);
      });
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', (error) => {
        said += String(error);
        resolve();
      });
    });
    if (await Promise.race([listening(port, child), gone.then(() => false)])) {
      return {
        port,
        folder,
        stop: async () => {
          child.kill('SIGTERM');
          const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
          await gone;
          clearTimeout(killer);
          rmSync(folder, { recursive: true, force: true });
        },
      };
    }
    child.kill('SIGKILL');
    await gone;
    if (left === 0) {
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`${name} did not start: ${said}`);
    }
  }
}

export function startRedis(...more: readonly string[]): Promise<RealServer> {
  return startServerProcess('redis', (port, folder) => ({
    program: 'redis-server',
    args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no', ...more],
  }));
}

/** Whose rights a server gets that refuses to run as root. */
export async function userIds(name: string): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)));
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

export function give(folder: string, ids: { uid: number; gid: number } | undefined): void {
  if (ids !== undefined) chownSync(folder, ids.uid, ids.gid);
}

/** Debian keeps the server's own programs away from PATH. */
function postgresProgram(name: string): string {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? name : `/usr/lib/postgresql/${newest}/bin/${name}`;
}

/** Everybody may come in as `postgres`; `secret` comes in with the password `hunter2-secret`. */
export async function startPostgres(tls: { cert: string; key: string } | null = null): Promise<RealServer> {
  const ids = await userIds('postgres');
  const auth =
    'local all all trust\nhost all secret 127.0.0.1/32 scram-sha-256\nhost all md5er 127.0.0.1/32 md5\nhost all all 127.0.0.1/32 trust\n';
  return startServerProcess(
    'postgres',
    (port, folder) => ({
      program: postgresProgram('postgres'),
      args: [
        '-D',
        join(folder, 'data'),
        '-p',
        String(port),
        '-c',
        'listen_addresses=127.0.0.1',
        '-c',
        `unix_socket_directories=${folder}`,
        '-c',
        'fsync=off',
        ...(tls === null ? [] : ['-c', 'ssl=on']),
      ],
      ...ids,
    }),
    async (folder) => {
      give(folder, ids);
      const data = join(folder, 'data');
      await run(postgresProgram('initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C'], {
        ...ids,
        cwd: folder,
      });
      writeFileSync(join(data, 'pg_hba.conf'), auth);
      give(join(data, 'pg_hba.conf'), ids);
      if (tls === null) return;
      writeFileSync(join(data, 'server.crt'), tls.cert);
      writeFileSync(join(data, 'server.key'), tls.key, { mode: 0o600 });
      give(join(data, 'server.key'), ids);
    },
  );
}

/** `root` comes in without a password, `secret` with `hunter2-secret`; both over TCP. */
export async function startMariadb(tls: { ca: string; cert: string; key: string } | null = null): Promise<RealServer> {
  const ids = await userIds('mysql');
  // Whatever is configured on this machine is left alone.
  const own = ['--no-defaults'];
  return startServerProcess(
    'mariadb',
    (port, folder) => ({
      program: findProgram('mariadbd') ?? 'mariadbd',
      args: [
        ...own,
        `--datadir=${join(folder, 'data')}`,
        `--socket=${join(folder, 'socket')}`,
        `--pid-file=${join(folder, 'pid')}`,
        `--port=${String(port)}`,
        '--bind-address=127.0.0.1',
        '--skip-name-resolve',
        '--innodb-flush-log-at-trx-commit=0',
        '--innodb-buffer-pool-size=16M',
        '--local-infile=1',
        '--max-allowed-packet=64M',
        ...(tls === null ? [] : (['ca', 'cert', 'key'] as const).map((name) => `--ssl-${name}=${join(folder, name)}`)),
      ],
      ...ids,
    }),
    async (folder) => {
      give(folder, ids);
      for (const name of tls === null ? [] : (['ca', 'cert', 'key'] as const)) {
        writeFileSync(join(folder, name), tls?.[name] ?? '', { mode: 0o600 });
        give(join(folder, name), ids);
      }
      const args = [...own, `--datadir=${join(folder, 'data')}`, '--auth-root-authentication-method=normal', '--skip-test-db'];
      await run(findProgram('mariadb-install-db') ?? 'mariadb-install-db', [...args, '--innodb-flush-log-at-trx-commit=0'], {
        ...ids,
        cwd: folder,
      });
    },
  );
}
