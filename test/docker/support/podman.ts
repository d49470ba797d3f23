import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { findProgram } from '../../../scripts/lib/debian.ts';
import { type Box, childOf, openBox } from './box.ts';
import { type Dockerd, dockerHost } from './dockerd.ts';
import { output } from './program.ts';

const PROGRAMS = ['podman', 'conmon', 'runc'];

/** Ends of what the service prints that are kept for errors, characters. */
const KEPT_LOG = 4_000;

/**
 * Starts Podman's service, which speaks Docker's API, with storage, networks and settings of its own. Containers go on while it is away. Throws a sentence
 * when it cannot.
 */
export async function startPodman(): Promise<Dockerd> {
  const missing = PROGRAMS.filter((name) => findProgram(name) === null);
  if (missing.length > 0) {
    throw new Error(
      `Tests with Podman need Debian’s packages podman, netavark and aardvark-dns. Missing here: ${missing.join(', ')}.`,
    );
  }
  const box = await openBox();
  const service = new Service(box);
  try {
    await keepToItself(box);
    await service.start();
  } catch (error) {
    await box.close();
    throw error;
  }
  const facts = { socketPath: socketOf(box), hostAddress: box.hostAddress, boxPid: box.pid };
  return {
    ...dockerHost(facts),
    facts,
    secured: null,
    start: () => service.start(),
    kill: () => service.end('SIGKILL'),
    shutDown: () => service.end('SIGTERM'),
    stop: async () => {
      await box.close();
      // Podman’s name for it cannot be chosen. What another Podman uses of it is not removed by this.
      await output('sh', ['-c', 'find /sys/fs/cgroup -depth -type d -path "*/libpod_parent*" -exec rmdir {} + 2>&1 || true']);
    },
  };
}

const socketOf = ({ dir }: Box): string => path.join(dir, 'docker.sock');
const settingsOf = ({ dir }: Box): string => path.join(dir, 'containers.conf');

/** What Podman shares between all that root runs: sockets, locks, and files that stand for networks. */
async function keepToItself(box: Box): Promise<void> {
  const mounts = 'for folder in /run /dev/shm; do mount -t tmpfs tmpfs $folder; done';
  await output('nsenter', ['-t', String(box.pid), '--mount', 'sh', '-c', mounts]);
  const { dir, subnets } = box;
  const settings = `
[network]
network_backend = "netavark"
network_config_dir = "${dir}/networks"
default_subnet = "${subnets.bridge.replace(/1\/24$/, '0/24')}"
default_subnet_pools = [{ "base" = "${subnets.pool}", "size" = 27 }]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "file"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
`;
  await writeFile(settingsOf(box), settings);
}

class Service {
  readonly #box: Box;
  #pid = 0;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(box: Box) {
    this.#box = box;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const { dir, pid } = this.#box;
    await rm(socketOf(this.#box), { force: true });
    const places = [`--root=${dir}/data/podman`, `--runroot=${dir}/run`, `--tmpdir=${dir}/tmp`, '--storage-driver=overlay'];
    const service = ['--log-level=info', 'system', 'service', '--time=0', `unix://${socketOf(this.#box)}`];
    const child = spawn('nsenter', ['-t', String(pid), '--mount', '--net', '--pid', 'podman', ...places, ...service], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      env: {
        ...process.env,
        PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
        CONTAINERS_CONF: settingsOf(this.#box),
        TMPDIR: dir,
      },
    });
    this.#ended = once(child, 'close');
    await ready(child);
    this.#pid = childOf(child.pid ?? 0);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    process.kill(this.#pid, signal);
    await this.#ended;
  }
}

function ready(child: ChildProcessByStdio<null, null, Readable>): Promise<void> {
  let log = '';
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`podman ${what}, so it cannot be tested. It said:\n${log}`));
    child.stderr.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-KEPT_LOG);
      if (log.includes('API service listening on')) resolve();
    });
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    child.once('close', () => fail('ended before it was ready'));
  });
}
