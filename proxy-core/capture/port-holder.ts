import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Which process listens on a port, for a message: `nginx (pid 123)`. Null where the system does not tell. */
export async function portHolder(port: number): Promise<string | null> {
  try {
    return process.platform === 'linux' ? await linuxHolder(port) : await lsofHolder(port);
  } catch {
    // Only makes a message friendlier: without it the message stands on its own.
    return null;
  }
}

/** Which programs of this machine have a UDP socket that is connected to this port of another; null where the system does not tell. */
export async function udpTalkers(port: number): Promise<string[] | null> {
  if (process.platform !== 'linux') return null;
  const wanted = `:${hex(port)}`;
  const inodes = await socketInodes(['udp', 'udp6'], ({ remote }) => remote.endsWith(wanted));
  const talkers: string[] = [];
  for await (const holder of holdersOf(inodes)) talkers.push(holder);
  return talkers;
}

const LISTEN_STATE = '0A';

async function linuxHolder(port: number): Promise<string | null> {
  const wanted = `:${hex(port)}`;
  const inodes = await socketInodes(['tcp', 'tcp6'], ({ local, state }) => local.endsWith(wanted) && state === LISTEN_STATE);
  for await (const holder of holdersOf(inodes)) return holder;
  return null;
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** A line of `/proc/net/tcp` or `/proc/net/udp`: addresses as `0100007F:01BB`. */
interface SocketLine {
  local: string;
  remote: string;
  state: string;
}

/** The sockets in these tables of the system that are as wanted, as links in `/proc/PID/fd` name them. */
async function socketInodes(tables: readonly string[], wanted: (line: SocketLine) => boolean): Promise<Set<string>> {
  const inodes = new Set<string>();
  for (const table of tables) {
    const text = await readFile(`/proc/net/${table}`, 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const [, local = '', remote = '', state = '', , , , , , inode] = line.trim().split(/\s+/);
      if (inode !== undefined && wanted({ local, remote, state })) inodes.add(`socket:[${inode}]`);
    }
  }
  return inodes;
}

/** The processes that have one of these sockets open, each once. */
async function* holdersOf(inodes: ReadonlySet<string>): AsyncGenerator<string> {
  if (inodes.size === 0) return;
  for (const pid of await readdir('/proc')) {
    if (/^\d+$/.test(pid) && (await hasOneOf(pid, inodes))) yield `${await programOf(pid)} (pid ${pid})`;
  }
}

async function hasOneOf(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  // Processes of other users, and those that just ended, cannot be looked into.
  for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    if (inodes.has(await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => ''))) return true;
  }
  return false;
}

/**
 * The program as its user knows it. Not the name in `comm`: that is of a thread, and Node calls its first one `MainThread`. An interpreter
 * says little without the file that it runs; other arguments are left out, because they may hold secrets.
 */
async function programOf(pid: string): Promise<string> {
  const executable = await readlink(`/proc/${pid}/exe`).catch(() => null);
  if (executable === null) return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
  const name = path.basename(executable.replace(/ \(deleted\)$/, ''));
  if (!/^(?:node|bun|deno|python|ruby|perl|php)[\d.]*$/.test(name)) return name;
  const script = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').find((part, at) => at > 0 && !part.startsWith('-'));
  if (script === undefined || !/[./]/.test(script)) return name;
  return `${name} ${script.split('/').slice(-2).join('/')}`;
}

async function lsofHolder(port: number): Promise<string | null> {
  const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 2_000 });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? null : `${name ?? 'a process'} (pid ${pid})`;
}
