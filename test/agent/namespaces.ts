import { type ChildProcess, execFile, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { onCleanUp } from './clean-up.ts';

const run = promisify(execFile);

/** A network of two hosts, as a container and somebody else on the same Docker network would see it. */
export interface Network {
  /** Where the application lives. */
  app: Host;
  /** Another host: the application's clients, and what it calls. */
  peer: Host;
}

export interface Host {
  namespace: string;
  ip4: string;
  ip6: string;
  /** Arguments with which a program is started in there: `[command, ...args]`. */
  enter(command: string, ...args: string[]): [string, ...string[]];
  /** Starts a program in there; it is killed when the test ends. */
  spawn(command: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Runs a program in there to its end and answers what it printed. */
  run(...command: [string, ...string[]]): Promise<string>;
}

/** Needs root, as all tests with containers do. */
export async function network(): Promise<Network> {
  const id = randomBytes(3).toString('hex');
  const app = host(`sta-${id}a`, '10.77.0.2', 'fd77::2');
  const peer = host(`sta-${id}p`, '10.77.0.3', 'fd77::3');
  for (const { namespace } of [app, peer]) {
    await run('ip', ['netns', 'add', namespace]);
    onCleanUp(() => run('ip', ['netns', 'del', namespace]));
  }
  await run('ip', ['link', 'add', 'eth0', 'netns', app.namespace, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', peer.namespace]);
  for (const one of [app, peer]) {
    await one.run('ip', 'link', 'set', 'lo', 'up');
    await one.run('ip', 'addr', 'add', `${one.ip4}/24`, 'dev', 'eth0');
    await one.run('ip', '-6', 'addr', 'add', `${one.ip6}/64`, 'dev', 'eth0', 'nodad');
    await one.run('ip', 'link', 'set', 'eth0', 'up');
  }
  return { app, peer };
}

function host(namespace: string, ip4: string, ip6: string): Host {
  const enter = (command: string, ...args: string[]): [string, ...string[]] => [
    'nsenter',
    `--net=/run/netns/${namespace}`,
    command,
    ...args,
  ];
  return {
    namespace,
    ip4,
    ip6,
    enter,
    spawn: ([command = '', ...args], options = {}) => {
      const [program, ...all] = enter(command, ...args);
      const child = spawn(program, all, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
      onCleanUp(() => kill(child));
      return child;
    },
    run: async (command, ...args) => {
      const [program, ...all] = enter(command, ...args);
      const { stdout } = await run(program, all, { maxBuffer: 256 * 1024 * 1024, timeout: 120_000 });
      return stdout;
    },
  };
}

function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** What nft knows in a namespace. */
export function ruleset(namespace: string): string {
  return execFileSync('nsenter', [`--net=/run/netns/${namespace}`, 'nft', 'list', 'ruleset'], { encoding: 'utf8' });
}
