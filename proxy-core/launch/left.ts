import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { limits } from '../limits.ts';
import { groupMembers, type Identity, identify, isAlive, sessionOf, signalAll } from './processes.ts';
import { endTree } from './program.ts';

/** What an engine that was killed has left open is closed by the next one: it went through a proxy that is not there any more. */

const identitySchema = z.object({ pid: z.number().int().positive(), began: z.string() }).nullable();
const leftSchema = z.object({ group: identitySchema, shell: identitySchema });

const fileIn = (folder: string): string => path.join(folder, 'processes.json');

/** Writes down what runs for the folder. */
export async function remember(folder: string, left: z.infer<typeof leftSchema>): Promise<void> {
  await writeFile(fileIn(folder), JSON.stringify(left), { mode: 0o600 });
}

/** Ends what other engines have left, and removes their folders. No other engine runs on them: the data directory is locked. */
export async function sweepFolders(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []); // nothing was ever opened
  for (const name of names) {
    const folder = path.join(root, name);
    const { group, shell } = (await read(folder)) ?? { group: null, shell: null };
    if (shell !== null) await endShell(shell);
    if (group !== null && (await isStill(group))) {
      if (process.platform === 'win32') await endTree(group.pid);
      else signalAll(await groupMembers(group.pid), 'SIGKILL');
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

async function read(folder: string): Promise<z.infer<typeof leftSchema> | null> {
  try {
    return leftSchema.parse(JSON.parse(await readFile(fileIn(folder), 'utf8')));
  } catch {
    return null; // it was not started yet, or the file was cut off: nothing tells what to end
  }
}

async function isStill({ pid, began }: Identity): Promise<boolean> {
  return (await identify(pid))?.began === began;
}

/** Ends a terminal's shell with all that was started in it: as a terminal that is closed does it, and then for certain. */
export async function endShell(shell: Identity): Promise<void> {
  if (!(await isStill(shell))) return;
  if (process.platform === 'win32') {
    await endTree(shell.pid);
    return;
  }
  const members = await sessionOf(shell.pid);
  signalAll(members, 'SIGHUP');
  // One that is stopped hears nothing until it goes on.
  signalAll(members, 'SIGCONT');
  const deadline = performance.now() + limits.launchStopMillis;
  let alive = members;
  while (alive.length > 0 && performance.now() < deadline) {
    await delay(limits.launchSignLookMillis);
    alive = alive.filter(isAlive);
  }
  signalAll(alive, 'SIGKILL');
}
