import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** What the demo's database and cache are started with; null where the machine does not have it. */
export interface ServicePrograms {
  redis: string | null;
  /** `postgres` and the `initdb` beside it. */
  postgres: { server: string; initdb: string } | null;
}

/** Whose rights a server gets that refuses to run as root. */
export interface Ids {
  uid: number;
  gid: number;
}

/** Looks on PATH, and where Debian, Homebrew and Red Hat keep servers. */
export function findServicePrograms(): ServicePrograms {
  // Redis's forks speak the same protocol.
  const redis = findProgram('redis-server') ?? findProgram('valkey-server') ?? findProgram('keydb-server');
  const found = findProgram('postgres', postgresFolders());
  const initdb = found === null ? null : findProgram('initdb', [dirname(found), ...postgresFolders()]);
  const isAllowed = process.platform !== 'win32' && (process.getuid?.() !== 0 || unprivileged() !== null);
  return { redis, postgres: found === null || initdb === null || !isAllowed ? null : { server: found, initdb } };
}

/** What the demo has to do without, in a sentence; empty when it has both. */
export function lackingWords({ redis, postgres }: ServicePrograms): string {
  if (redis !== null && postgres !== null) return '';
  const lacking = [postgres === null ? 'a database (PostgreSQL)' : '', redis === null ? 'a cache (redis-server)' : ''];
  return `The demo shop runs without ${lacking.filter((name) => name !== '').join(' and ')}: not found on this machine.`;
}

/** A user without rights for what refuses to run as root; null when this is not root, or there is none. */
export function unprivileged(): Ids | null {
  if (process.getuid?.() !== 0) return null;
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    const line = ['postgres', 'nobody'].map((name) => lines.find((each) => each.startsWith(`${name}:`))).find(Boolean);
    const [, , uid, gid] = line?.split(':') ?? [];
    return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
  } catch {
    return null; // No such file: then there is nobody to run it as.
  }
}

function findProgram(name: string, folders: readonly string[] = []): string | null {
  const path = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
  for (const folder of [...folders, ...path]) {
    if (folder === '') continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder: the next one.
    }
  }
  return null;
}

/** The newest version first. */
function postgresFolders(): string[] {
  const folder = '/usr/lib/postgresql';
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  return versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(folder, version, 'bin'));
}
