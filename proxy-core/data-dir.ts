import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, SidetapError } from './errors.ts';
import { limits } from './limits.ts';
import { makePrivateFolder } from './private-folder.ts';

/**
 * The data directory: `--data-dir`, else `SIDETAP_HOME`, else `~/.sidetap`. It holds the pairs, the CA and the address of the engine
 * that runs on it. At most one engine does.
 */
export function resolveDataDir(option?: string, environment: NodeJS.ProcessEnv = process.env): string {
  const named = option ?? environment.SIDETAP_HOME;
  return named === undefined || named === '' ? path.join(homedir(), '.sidetap') : path.resolve(named);
}

/** Creates the directory, readable for its owner only. Throws `data-dir-unusable`. */
export function prepareDataDir(dir: string): void {
  try {
    makePrivateFolder(dir);
    const found = statSync(dir);
    // It holds recorded traffic and the CA's key: whoever made it, nobody else may look in.
    if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) chmodSync(dir, 0o700);
  } catch (error) {
    throw unusable(dir, error);
  }
}

function unusable(dir: string, cause: unknown): SidetapError {
  return new SidetapError(
    'data-dir-unusable',
    `The data directory ${dir} cannot be used (${messageOf(cause)}). Name another one with --data-dir or SIDETAP_HOME.`,
    { cause, details: { dataDir: dir } },
  );
}

/** How to reach the engine of a data directory. */
export interface RunInfo {
  pid: number;
  /** `http://127.0.0.1:PORT` */
  api: string;
  token: string;
  /** ISO 8601. */
  startedAt: string;
  /** The process ends when its capture does, as that of `start capture` does. */
  endsWithCapture: boolean;
}

const runFile = (dir: string): string => path.join(dir, 'run.json');
const pidFile = (dir: string): string => path.join(dir, 'engine.pid');
const lockFile = (dir: string): string => path.join(dir, 'engine.lock');

/** Tells others how to reach this engine. Only its owner may read it: it holds the token. Throws `data-dir-unusable`. */
export function writeRunInfo(dir: string, info: RunInfo): void {
  const temporary = `${runFile(dir)}.${process.pid}`;
  try {
    writeFileSync(temporary, `${JSON.stringify(info)}\n`, { mode: 0o600 });
    renameSync(temporary, runFile(dir));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unusable(dir, error);
  }
}

const portFile = (dir: string): string => path.join(dir, 'api-port');

/** The port that the engine of this directory was last reached at; 0 when there was none. */
export function lastApiPort(dir: string): number {
  try {
    const port = Number(readFileSync(portFile(dir), 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
  } catch {
    return 0; // no engine has run here
  }
}

/**
 * Keeps the port for the next engine. A browser keeps what the window remembers (columns, recent filters) by the page's origin, and the port
 * is part of that. Throws `data-dir-unusable`.
 */
export function keepApiPort(dir: string, port: number): void {
  if (lastApiPort(dir) === port) return;
  try {
    writeFileSync(portFile(dir), `${port}\n`, { mode: 0o600 });
  } catch (error) {
    throw unusable(dir, error);
  }
}

export function removeRunInfo(dir: string): void {
  rmSync(runFile(dir), { force: true });
}

/** What the engine of this directory said, or null. It may be dead: whoever connects finds out. */
export function readRunInfo(dir: string): RunInfo | null {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(runFile(dir), 'utf8'));
  } catch {
    return null; // no engine has run here, or it ended cleanly
  }
  if (typeof value !== 'object' || value === null) return null;
  const { pid, api, token, startedAt, endsWithCapture } = value as Partial<Record<keyof RunInfo, unknown>>;
  if (typeof pid !== 'number' || typeof api !== 'string' || typeof token !== 'string') return null;
  return {
    pid,
    api,
    token,
    startedAt: typeof startedAt === 'string' ? startedAt : '',
    endsWithCapture: endsWithCapture === true,
  };
}

export interface DataDirLock {
  release: () => void;
}

/** Locks must stay referenced: a collected database handle would be closed, and the lock with it. */
const held = new Set<DatabaseSync>();

/**
 * Takes the directory for this process. The lock is the kernel's (SQLite's lock on an empty file), so it is gone in the moment its owner
 * dies, by whatever means: no stale lock, no guess about process ids. Waits a moment for an engine that is on its way out.
 *
 * Throws `data-dir-in-use`.
 */
export async function lockDataDir(dir: string): Promise<DataDirLock> {
  prepareDataDir(dir);
  const deadline = performance.now() + limits.engineHandoverMillis;
  for (;;) {
    const lock = tryLock(dir);
    if (lock !== null) return lock;
    const run = readRunInfo(dir);
    // An engine removes its run.json first when it ends, and writes it last when it starts.
    if (run !== null || performance.now() > deadline) throw inUse(dir, run?.pid ?? readPid(dir));
    await delay(25);
  }
}

/** True while an engine, or a command that writes, holds the directory. */
export function isDataDirLocked(dir: string): boolean {
  const lock = tryLock(dir);
  lock?.release();
  return lock === null;
}

function tryLock(dir: string): DataDirLock | null {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(lockFile(dir), { timeout: 0 });
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    writeFileSync(pidFile(dir), `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    database?.close();
    if ((error as { errcode?: unknown }).errcode === 5 /* SQLITE_BUSY */) return null;
    throw unusable(dir, error);
  }
  held.add(database);
  const locked = database;
  return {
    release: () => {
      if (!held.delete(locked)) return;
      rmSync(pidFile(dir), { force: true });
      locked.close();
    },
  };
}

function readPid(dir: string): number | null {
  try {
    return Number(readFileSync(pidFile(dir), 'utf8')) || null;
  } catch {
    return null; // its owner has just left
  }
}

function inUse(dir: string, pid: number | null): SidetapError {
  const owner = pid === null ? 'Another Sidetap' : `Another Sidetap (process ${pid})`;
  return new SidetapError(
    'data-dir-in-use',
    `${owner} is using ${dir}. Stop it with \`sidetap stop capture\` or close its window, or name another directory with --data-dir.`,
    { details: { dataDir: dir, pid } },
  );
}
