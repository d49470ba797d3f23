import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findProgram } from '../../../scripts/lib/debian.ts';
import { output } from './program.ts';

/**
 * Namespaces of its own (network, mounts, processes) for a Docker daemon: its bridges, iptables rules and mounts never meet those of the
 * machine's own Docker or of another test run, and when the box's first process ends, the kernel ends everything in it and nothing is left,
 * however the test run ended. A pair of virtual Ethernet devices joins it to the machine.
 */
export interface Box {
  /** Folder for the daemon's files; removed with the box. */
  dir: string;
  /** Process id, on the machine, of the box's first process. */
  pid: number;
  /** The cgroup for containers, below each hierarchy's root. */
  cgroup: string;
  /** The machine's address as containers see it. */
  hostAddress: string;
  /** The box's own, as the machine sees it. */
  address: string;
  subnets: Subnets;
  /** Ends everything in the box and removes its folder. */
  close(): Promise<void>;
}

interface Subnets {
  /** Default bridge, with the bridge's own address. */
  bridge: string;
  /** Networks that tests create are cut from it. */
  pool: string;
}

/** Programs that the box and a daemon in it are made with. */
const PROGRAMS = ['unshare', 'nsenter', 'ip', 'iptables', 'dockerd', 'containerd', 'runc', 'docker-proxy', 'nft'];

/**
 * Runs on the machine; `$1` the folder, `$2` the cgroup's name. The box lives as long as its standard input: when the test run dies, even by
 * SIGKILL, that ends too. What is left then is files.
 */
const SCRIPT = `
unshare --mount sh -c '
  touch "$1/host-network" && mount --bind /proc/self/ns/net "$1/host-network"
  mkdir "$1/data"
  # An overlay file system does not carry another one.
  if [ "$(stat -f -c %T "$1")" = overlayfs ]; then mount -t tmpfs tmpfs "$1/data"; fi
  exec unshare --net --pid --fork --kill-child --mount-proc sh -c "ip link set lo up && echo ready && cat >/dev/null"
' sh "$1"
find /sys/fs/cgroup -depth -type d -path "*/$2*" -exec rmdir {} + 2>/dev/null
rm -rf "$1"
`;

/** Throws a plain sentence when the machine cannot do it. */
export async function openBox(): Promise<Box> {
  demandPrograms();
  const dir = await mkdtemp(path.join(tmpdir(), 'sidetap-dockerd-'));
  const cgroup = path.basename(dir);
  // Detached: Ctrl-C in the terminal goes to the test run alone, which then closes the box.
  const outer = spawn('sh', ['-c', SCRIPT, 'sh', dir, cgroup], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const closed = once(outer, 'close');
  const close = async (): Promise<void> => {
    outer.stdin.end();
    await closed;
  };
  try {
    await firstOutput(outer);
    const pid = childOf(childOf(outer.pid ?? 0));
    const { hostAddress, address, subnets } = await join(pid);
    await writeProxy(dir);
    await stayOffline(dir, pid, hostAddress);
    return { dir, pid, cgroup, hostAddress, address, subnets, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function demandPrograms(): void {
  const missing = PROGRAMS.filter((name) => findProgram(name) === null);
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || missing.length > 0) {
    const lacking = missing.length > 0 ? ` Missing here: ${missing.join(', ')}.` : '';
    throw new Error(
      `Tests of container mode start a Docker daemon of their own: that needs Linux, root, and Debian’s packages docker.io, iptables, nftables and iproute2.${lacking}`,
    );
  }
}

async function firstOutput(child: ChildProcess): Promise<void> {
  const said: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = once(child, 'close').then(() => {
    throw new Error(`Namespaces for a test’s Docker daemon could not be made: ${Buffer.concat(said).toString().trim()}`);
  });
  await Promise.race([child.stdout === null ? ended : once(child.stdout, 'data'), ended]);
  ended.catch(() => undefined);
}

/** The only child of a process. */
export function childOf(pid: number): number {
  const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
    .trim()
    .split(' ');
  return Number(children[0]);
}

/** Published ports appear on the machine, as with a daemon that has no network of its own. */
async function writeProxy(dir: string): Promise<void> {
  const script = `#!/bin/sh\nexec nsenter --net=${dir}/host-network ${findProgram('docker-proxy') ?? ''} "$@"\n`;
  await writeFile(path.join(dir, 'docker-proxy'), script, { mode: 0o755 });
}

/**
 * Names are asked of a port that is closed: no registry and nothing else outside is found, at once and on every machine, instead of after the
 * time-out of a resolver that cannot be reached.
 */
async function stayOffline(dir: string, pid: number, hostAddress: string): Promise<void> {
  const file = path.join(dir, 'resolv.conf');
  await writeFile(file, `nameserver ${hostAddress}\noptions attempts:1\n`);
  await output('nsenter', ['-t', String(pid), '--mount', 'mount', '--bind', file, '/etc/resolv.conf']);
}

/**
 * Ports of the machine on which a daemon publishes where it may choose (it reads the range as it starts): none that the machine gives to
 * clients, or one of the many connections of other tests would take a container's port while it is stopped for a moment. Each daemon begins
 * somewhere else.
 */
function portRange(): string {
  const first = 10_000 + 2 * Math.floor(Math.random() * 10_000);
  return `${String(first)} ${String(first + 1_999)}`;
}

/** Joins the box's network to the machine's by addresses that nobody uses. */
async function join(pid: number): Promise<Pick<Box, 'hostAddress' | 'address' | 'subnets'>> {
  for (;;) {
    const net = `10.${String(128 + Math.floor(Math.random() * 127))}`;
    const third = 16 * Math.floor(Math.random() * 16);
    const part = (offset: number): string => `${net}.${String(third + offset)}`;
    if ((await output('ip', ['-4', 'route'])).includes(`${net}.`)) continue;
    const link = `stap${String(pid)}`;
    const script = `set -e
      ip link add ${link} type veth peer name host0 netns ${String(pid)}
      ip addr add ${part(15)}.1/30 dev ${link}
      ip link set ${link} up
      nsenter --net -t ${String(pid)} sh -c 'echo ${portRange()} >/proc/sys/net/ipv4/ip_local_port_range && ip addr add ${part(15)}.2/30 dev host0 && ip link set host0 up && ip route add default via ${part(15)}.1'
      ip route add ${part(0)}.0/20 via ${part(15)}.2`;
    await output('sh', ['-c', script]);
    return {
      hostAddress: `${part(15)}.1`,
      address: `${part(15)}.2`,
      subnets: { bridge: `${part(8)}.1/24`, pool: `${part(0)}.0/21` },
    };
  }
}
