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
  return all(holdersOf(inodes));
}

/**
 * Which programs are connected to this port of this machine's loopback, but for those of the program that listens on port `except`; null where the system does
 * not tell.
 */
export async function loopbackCallers(port: number, except: number): Promise<string[] | null> {
  if (process.platform !== 'linux') return null;
  const wanted = new Set(LOOPBACK.map((address) => `${address}:${hex(port)}`));
  const calling = await socketInodes(['tcp', 'tcp6'], ({ remote, state }) => state === ESTABLISHED_STATE && wanted.has(remote));
  const [own] = await all(holdersOf(await listening(except)));
  return (await all(holdersOf(calling))).filter((holder) => holder !== own);
}

/** As `/proc/net/tcp` and `tcp6` write 127.0.0.1, ::1 and ::ffff:127.0.0.1. */
const LOOPBACK = ['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F'];

const ESTABLISHED_STATE = '01';
const LISTEN_STATE = '0A';

async function linuxHolder(port: number): Promise<string | null> {
  for await (const holder of holdersOf(await listening(port))) return holder;
  return null;
}

function listening(port: number): Promise<Set<string>> {
  const wanted = `:${hex(port)}`;
  return socketInodes(['tcp', 'tcp6'], ({ local, state }) => local.endsWith(wanted) && state === LISTEN_STATE);
}

async function all(holders: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const holder of holders) found.push(holder);
  return found;
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

/** Options of interpreters whose value is the program itself. */
const CODE_FOLLOWS = /^-(?:\w*[ecp]|r)$|^--(?:eval|print)$/;

/**
 * The program as its user knows it. Not the name in `comm`: that is of a thread, and Node calls its first one `MainThread`. An interpreter
 * says little without the file that it runs; other arguments are left out, because they may hold secrets.
 */
async function programOf(pid: string): Promise<string> {
  const executable = await readlink(`/proc/${pid}/exe`).catch(() => null);
  if (executable === null) return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
  const name = path.basename(executable.replace(/ \(deleted\)$/, ''));
  if (!/^(?:node|bun|deno|python|ruby|perl|php)[\d.]*$/.test(name)) return name;
  const [, ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  const script = args[at] ?? '';
  if (!/[./]/.test(script) || CODE_FOLLOWS.test(args[at - 1] ?? '')) return name;
  return `${name} ${script.split('/').slice(-2).join('/')}`;
}

async function lsofHolder(port: number): Promise<string | null> {
  const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 2_000 });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? null : `${name ?? 'a process'} (pid ${pid})`;
}
