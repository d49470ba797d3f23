import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, root } from './lib/paths.ts';

/**
 * npm leaves an optional package out of the lockfile when the registry in use does not carry that version (mirrors often keep only the
 * systems that were asked of them), and `npm ci` then refuses the lockfile everywhere. This finds such gaps, and fills them:
 *
 *     node scripts/with-node.mjs scripts/lockfile.ts
 */

interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

export interface Gap {
  /** Where in the tree the package is asked for. */
  parent: string;
  name: string;
  range: string;
}

/** Optional packages that the lockfile asks for and does not list. */
export function gaps(lockfile: Lockfile): Gap[] {
  const found: Gap[] = [];
  for (const [parent, entry] of Object.entries(lockfile.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isListed(lockfile, parent, name)) found.push({ parent, name, range });
    }
  }
  return found;
}

/** Lists them, with the system that each one's name tells; returns how many were added. */
export function fillGaps(lockfile: Lockfile): number {
  const missing = gaps(lockfile);
  for (const { parent, name, range } of missing) {
    const entry: LockedPackage = { version: range.replace(/^[\^~]/, ''), optional: true, ...systemOf(name) };
    if (lockfile.packages[parent]?.dev === true) entry.dev = true;
    lockfile.packages[`node_modules/${name}`] ??= entry;
  }
  lockfile.packages = Object.fromEntries(Object.entries(lockfile.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return missing.length;
}

/** Looked up as Node does: beside the one that asks, then in each folder above. */
function isListed(lockfile: Lockfile, parent: string, name: string): boolean {
  let folder = parent;
  for (;;) {
    if (lockfile.packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`] !== undefined) return true;
    if (folder === '') return false;
    const cut = folder.lastIndexOf('/node_modules/');
    folder = cut < 0 ? '' : folder.slice(0, cut);
  }
}

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS: ReadonlyArray<[pattern: RegExp, cpu: string]> = [
  [/-arm64/, 'arm64'],
  [/-arm(-|$)/, 'arm'],
  [/-x64/, 'x64'],
  [/-ia32/, 'ia32'],
  [/-ppc64/, 'ppc64'],
  [/-riscv64/, 'riscv64'],
  [/-s390x/, 's390x'],
];

function systemOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const os = SYSTEMS.find((system) => name.includes(system));
  if (os === undefined) return {};
  const cpu = PROCESSORS.find(([pattern]) => pattern.test(name))?.[1];
  const libc = os !== 'linux' ? undefined : name.endsWith('musl') ? 'musl' : name.endsWith('gnu') ? 'glibc' : undefined;
  return { os: [os], ...(cpu === undefined ? {} : { cpu: [cpu] }), ...(libc === undefined ? {} : { libc: [libc] }) };
}

const lockfilePath = join(root, 'package-lock.json');

export function readLockfile(): Lockfile {
  return JSON.parse(readFileSync(lockfilePath, 'utf8')) as Lockfile;
}

if (isMain(import.meta.url)) {
  const lockfile = readLockfile();
  const added = fillGaps(lockfile);
  if (added > 0) writeFileSync(lockfilePath, `${JSON.stringify(lockfile, null, 2)}\n`);
  console.log(`package-lock.json: ${added} optional packages added`);
}
