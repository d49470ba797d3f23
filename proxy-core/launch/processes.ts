import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { limits } from '../limits.ts';

/** A process that is still the same one: a number alone may by now be another's. */
export interface Identity {
  pid: number;
  /** When it began, as the system says it; empty where that is not told. */
  began: string;
}

/** Of `/proc/PID/stat`, as far as it is used. */
interface Stat {
  state: string;
  group: number;
  session: number;
  began: string;
}

const run = promisify(execFile);

function statOf(pid: number): Stat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null; // it has ended
  }
  // The name in parentheses may hold anything, parentheses and blanks included.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', group: Number(fields[2]), session: Number(fields[3]), began: fields[19] ?? '' };
}

async function ps(...args: string[]): Promise<string> {
  try {
    return (await run('ps', args, { timeout: limits.launchStopMillis })).stdout.trim();
  } catch {
    return ''; // no such process: ps says so by its exit code
  }
}

/** Null when there is no such process. */
export async function identify(pid: number): Promise<Identity | null> {
  if (process.platform === 'linux') {
    const stat = statOf(pid);
    return stat === null || stat.state === 'Z' ? null : { pid, began: stat.began };
  }
  if (!isAlive(pid)) return null;
  return { pid, began: process.platform === 'win32' ? '' : await ps('-o', 'lstart=', '-p', String(pid)) };
}

/** True while a process has this number; one that has ended and is not waited for counts as gone where the system tells. */
export function isAlive(pid: number): boolean {
  if (process.platform === 'linux') {
    const stat = statOf(pid);
    return stat !== null && stat.state !== 'Z';
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The processes of the terminal session that a shell leads, itself included: what was started in it, in the background too. Those that
 * went into a session of their own meant to outlive it. On Windows and for a shell without a session of its own only the shell.
 */
export async function sessionOf(pid: number): Promise<number[]> {
  if (process.platform === 'linux') {
    const session = statOf(pid)?.session;
    return session === undefined || session === statOf(process.pid)?.session
      ? [pid]
      : linuxMembers((stat) => stat.session === session);
  }
  if (process.platform === 'win32') return [pid];
  const terminal = await ps('-o', 'tty=', '-p', String(pid));
  if (terminal === '' || terminal.startsWith('?') || terminal === (await ps('-o', 'tty=', '-p', String(process.pid)))) return [pid];
  return numbers(await ps('-o', 'pid=', '-t', terminal));
}

/** The processes of a process group that are alive. */
export async function groupMembers(group: number): Promise<number[]> {
  if (process.platform === 'linux') return linuxMembers((stat) => stat.group === group);
  if (process.platform === 'win32') return [];
  return numbers(await ps('-o', 'pid=', '-g', String(group)));
}

function numbers(text: string): number[] {
  return text
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
}

function linuxMembers(wanted: (stat: Stat) => boolean): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!(pid > 0)) return false;
      const stat = statOf(pid);
      return stat !== null && stat.state !== 'Z' && wanted(stat);
    });
}

/** Sends a signal to each; who has ended meanwhile needs none. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
