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

const LISTEN_STATE = '0A';

async function linuxHolder(port: number): Promise<string | null> {
  const inodes = new Set<string>();
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (local?.endsWith(`:${wanted}`) === true && state === LISTEN_STATE && inode !== undefined) inodes.add(`socket:[${inode}]`);
    }
  }
  if (inodes.size === 0) return null;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    // Processes of other users, and those that just ended, cannot be looked into.
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const link = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (inodes.has(link)) return `${await programOf(pid)} (pid ${pid})`;
    }
  }
  return null;
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
