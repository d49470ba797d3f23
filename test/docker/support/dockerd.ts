import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Docker from 'dockerode';
import { type Box, childOf, openBox } from './box.ts';
import { makeCertificates, serverFiles } from './certificates.ts';
import { output } from './program.ts';

/** A Docker daemon for tests, as a process that uses it knows it. */
export interface DockerHost {
  docker: Docker;
  /** For `DOCKER_HOST`. */
  host: string;
  socketPath: string;
  /** The address at which containers reach servers of the test, if those listen on all addresses. Containers' own addresses can be reached from here. */
  hostAddress: string;
  /** Output of a program that runs where the daemon runs: its network is what the machine's would be to a usual daemon. */
  run(command: string, args: readonly string[]): Promise<string>;
  /** `nft list ruleset` as it is in a container's network namespace. */
  ruleset(container: string): Promise<string>;
}

/** A daemon that a test may end and start. */
export interface Dockerd extends DockerHost {
  facts: DockerFacts;
  /** Ends the daemon and its containerd with SIGKILL; containers live on. */
  kill(): Promise<void>;
  /** Ends the daemon with SIGTERM, which stops its containers. */
  shutDown(): Promise<void>;
  /** Where it is reached over TLS, if it was asked to. */
  secured: SecuredDocker | null;
  /** Starts it again on what it had. Resolves when it answers. */
  start(): Promise<void>;
  /** Ends it with all its containers; nothing is left on the machine. */
  stop(): Promise<void>;
}

/** A daemon's TCP port, where it demands a client's certificate. */
export interface SecuredDocker {
  /** For `DOCKER_HOST`. */
  host: string;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem` of a client, for `DOCKER_CERT_PATH`. */
  folder: string;
}

/** All that another process needs to use a daemon. */
export interface DockerFacts {
  socketPath: string;
  hostAddress: string;
  /** First process of the daemon's namespaces. */
  boxPid: number;
}

/** Time a daemon has to become ready, ms; half a second is usual. */
const READY_MILLIS = 45_000;

/** Ends of what a daemon prints that are kept for errors, characters. */
const KEPT_LOG = 4_000;

export interface DockerdOptions {
  /**
   * Containers go on while the daemon is away. Off, as usual: a daemon that starts first stops the containers that outlived another one
   * (those that mind no signal after ten seconds).
   */
  liveRestore?: boolean;
  /** It listens on a TCP port too, with `--tlsverify`. */
  tls?: boolean;
}

/** Starts a Docker daemon of its own, with an empty data root. Throws a sentence when it cannot. */
export async function startDockerd({ liveRestore = false, tls = false }: DockerdOptions = {}): Promise<Dockerd> {
  const box = await openBox();
  const daemon = new Daemon(box, liveRestore, tls);
  try {
    if (tls) await makeCertificates(box.dir, box.address);
    await daemon.start();
    // Docker lets nobody from outside reach containers' own addresses; on the machine itself one can.
    await inBox(box.pid, 'iptables', ['-I', 'DOCKER-USER', '-i', 'host0', '-j', 'ACCEPT']);
  } catch (error) {
    await box.close();
    throw error;
  }
  const facts = { socketPath: socketOf(box), hostAddress: box.hostAddress, boxPid: box.pid };
  return {
    ...dockerHost(facts),
    facts,
    secured: tls ? { host: securedHost(box), folder: box.dir } : null,
    start: () => daemon.start(),
    kill: () => daemon.end('SIGKILL'),
    shutDown: () => daemon.end('SIGTERM'),
    stop: () => box.close(),
  };
}

/** A daemon that some process started. */
export function dockerHost({ socketPath, hostAddress, boxPid }: DockerFacts): DockerHost {
  const docker = new Docker({ socketPath });
  return {
    docker,
    host: `unix://${socketPath}`,
    socketPath,
    hostAddress,
    run: (command, args) => inBox(boxPid, command, args),
    ruleset: async (container) => {
      const { State } = await docker.getContainer(container).inspect();
      return await inBox(boxPid, 'nsenter', ['--net', '-t', String(State.Pid), 'nft', 'list', 'ruleset']);
    },
  };
}

function inBox(pid: number, command: string, args: readonly string[]): Promise<string> {
  return output('nsenter', ['-t', String(pid), '--mount', '--net', '--pid', command, ...args]);
}

const socketOf = (box: Box): string => path.join(box.dir, 'docker.sock');
/** Nobody else is in the box's network. */
const securedHost = (box: Box): string => `tcp://${box.address}:2376`;

class Daemon {
  readonly #box: Box;
  readonly #liveRestore: boolean;
  readonly #tls: boolean;
  #pid = 0;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(box: Box, liveRestore: boolean, tls: boolean) {
    this.#box = box;
    this.#liveRestore = liveRestore;
    this.#tls = tls;
  }

  async start(): Promise<void> {
    const { dir, pid } = this.#box;
    await writeFile(path.join(dir, 'daemon.json'), JSON.stringify({ 'live-restore': this.#liveRestore }));
    // A daemon that was killed leaves it, and by now the number may be another process's.
    await rm(path.join(dir, 'pid'), { force: true });
    const child = spawn('nsenter', ['-t', String(pid), '--mount', '--net', '--pid', 'dockerd', ...this.#arguments()], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    });
    this.#ended = once(child, 'close');
    let log = '';
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string): void =>
        reject(new Error(`dockerd ${what}, so container mode cannot be tested. It said:\n${log}`));
      const timer = setTimeout(() => fail(`was not ready after ${String(READY_MILLIS / 1000)} s`), READY_MILLIS);
      child.stderr.on('data', (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-KEPT_LOG);
        if (!log.includes('API listen on')) return;
        clearTimeout(timer);
        resolve();
      });
      child.once('error', (error) => fail(`could not be started (${error.message})`));
      child.once('close', () => {
        clearTimeout(timer);
        fail('ended before it was ready');
      });
    });
    this.#pid = childOf(child.pid ?? 0);
  }

  #arguments(): string[] {
    const { dir, cgroup, hostAddress, subnets } = this.#box;
    const options = {
      // Not what the machine's own daemon is told by its file.
      'config-file': path.join(dir, 'daemon.json'),
      'data-root': path.join(dir, 'data'),
      'exec-root': path.join(dir, 'exec'),
      host: `unix://${socketOf(this.#box)}`,
      pidfile: path.join(dir, 'pid'),
      group: 'root',
      bip: subnets.bridge,
      'default-address-pool': `base=${subnets.pool},size=27`,
      'host-gateway-ip': hostAddress,
      'userland-proxy-path': path.join(dir, 'docker-proxy'),
      'cgroup-parent': `/${cgroup}`,
      'shutdown-timeout': '3',
    };
    return [...Object.entries(options).map(([name, value]) => `--${name}=${value}`), ...this.#tlsArguments()];
  }

  #tlsArguments(): string[] {
    if (!this.#tls) return [];
    const { ca, cert, key } = serverFiles(this.#box.dir);
    return [`--host=${securedHost(this.#box)}`, '--tlsverify', `--tlscacert=${ca}`, `--tlscert=${cert}`, `--tlskey=${key}`];
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    process.kill(this.#pid, signal);
    await this.#ended;
  }
}
