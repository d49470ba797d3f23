import { mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SecondInstance {
  argv: string[];
  workingDirectory: string;
}

/**
 * One process per user-data folder. The lock is a file with the owner's pid; a second process leaves its arguments in a file beside it,
 * which the owner watches for.
 */
export function takeSingleInstanceLock(userData: string, onSecond: (second: SecondInstance) => void): boolean {
  const folder = join(userData, 'single-instance');
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'owner');
  if (!tryOwn(lock)) {
    const second: SecondInstance = { argv: process.argv, workingDirectory: process.cwd() };
    writeFileSync(join(folder, `second-${process.pid}.json`), JSON.stringify(second));
    return false;
  }
  const seen = new Set<string>();
  const watcher = watch(folder, (_event, name) => {
    if (name === null || !name.startsWith('second-') || seen.has(name)) return;
    const path = join(folder, name);
    let second: SecondInstance;
    try {
      second = JSON.parse(readFileSync(path, 'utf8')) as SecondInstance;
    } catch {
      // Not written to its end yet: the next event comes when it is.
      return;
    }
    seen.add(name);
    rmSync(path, { force: true });
    onSecond(second);
  });
  watcher.unref();
  process.once('exit', () => rmSync(lock, { force: true }));
  return true;
}

function tryOwn(lock: string): boolean {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return true;
    } catch {
      if (isOwnerAlive(lock)) return false;
      rmSync(lock, { force: true });
    }
  }
}

function isOwnerAlive(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return true;
  } catch {
    // The file or the process is gone.
    return false;
  }
}
