import path from 'node:path';
import { bin } from './engine.ts';

/**
 * A command that becomes the engine with a small disk of its own at `dataDir`: a tmpfs in a mount namespace, which nobody else sees and
 * which is gone with its last process. `prepare` is a shell script that runs before, with the disk as its working directory.
 */
export function onSmallDisk(dataDir: string, options: { size: string; prepare?: string; readOnly?: boolean }): readonly string[] {
  const script = [
    'set -e',
    `mount -t tmpfs -o size=${options.size},mode=700 tmpfs "$0"`,
    `(cd "$0"; ${options.prepare ?? ':'})`,
    options.readOnly === true ? 'mount -o remount,ro "$0"' : ':',
    'exec "$@"',
  ].join('; ');
  // A user who is not root gets a namespace of users too, in which he is.
  const kind = process.getuid?.() === 0 ? '-m' : '-rm';
  return ['unshare', kind, 'sh', '-c', script, dataDir, bin];
}

/** Where the disk of such an engine is for everybody else, while the engine lives. */
export function seenFromOutside(pid: number, dataDir: string): string {
  return path.join(`/proc/${pid}/root`, dataDir);
}
