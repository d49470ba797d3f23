import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { LaunchPlan } from './plan.ts';
import { groupMembers, signalAll } from './processes.ts';

/**
 * Runs "$@" and ends it, with its process group, when our end of its stdin is closed: by us, or by the system when this process is
 * killed. Only a shell that does nothing else can promise that for every way in which an engine may end.
 */
const keeper = `
exec 3<&0 </dev/null
trap : TERM HUP INT
"$@" 3<&- &
child=$!
(
  trap '' TERM HUP INT
  read -r _ <&3
  kill -TERM 0
  n=0
  while kill -0 "$child" 2>/dev/null && [ "$n" -lt ${String(limits.launchStopMillis / 100)} ]; do sleep 0.1; n=$((n + 1)); done
  kill -KILL 0
) >/dev/null 2>&1 &
keeper=$!
exec 3<&-
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || break
done
kill -KILL "$keeper" 2>/dev/null
exit "$status"
`;

/** A program that was started, with what it starts. */
export class Program {
  /** Resolves when it has ended, with its exit code. What it handed over to another process may go on. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  readonly #plan: LaunchPlan;
  #words = '';

  private constructor(child: ChildProcess, plan: LaunchPlan) {
    this.#child = child;
    this.#plan = plan;
    this.ended = once(child, 'exit').then(([code]) => (code as number | null) ?? 1);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-limits.launchWordsChars);
    });
    // A keeper that is gone has closed it.
    child.stdin?.on('error', () => {});
  }

  /** Throws `launch-failed` when it cannot be started. */
  static async start(plan: LaunchPlan): Promise<Program> {
    const options = { cwd: plan.cwd, env: plan.environment, detached: true } as const;
    const child =
      process.platform === 'win32'
        ? spawn(plan.file, plan.args, { ...options, stdio: 'ignore' })
        : spawn('/bin/sh', ['-c', keeper, 'sidetap', plan.file, ...plan.args], { ...options, stdio: ['pipe', 'ignore', 'pipe'] });
    const program = new Program(child, plan);
    program.ended.catch(() => {}); // an `error` instead of an exit: told here
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw failed(plan, messageOf(error));
    }
    return program;
  }

  /** Of the group that it leads; on Windows of the program. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The last line that it said about itself, where it ended at once: why it did. */
  get lastWords(): string {
    return this.#words.trimEnd().split('\n').at(-1)?.trim().slice(0, 300) ?? '';
  }

  /** Resolves to the file by which one sees that it is there, or to null when there is none in time. Throws `launch-failed`, `AbortError`. */
  async sign(signal: AbortSignal): Promise<string | null> {
    let code: number | null = null;
    void this.ended.then((given) => {
      code = given;
    });
    const deadline = performance.now() + limits.launchSignMillis;
    while (performance.now() < deadline) {
      const found = this.#plan.signs.find((file) => lstatSync(file, { throwIfNoEntry: false }) !== undefined);
      if (found !== undefined) return found;
      // A terminal's program may hand over to one that runs already, and end well.
      if (code !== null && (code !== 0 || !this.#plan.hasShell)) throw failed(this.#plan, this.lastWords);
      await delay(limits.launchSignLookMillis, undefined, { signal });
    }
    return null;
  }

  /** Ends it and its children. */
  async end(): Promise<void> {
    if (process.platform === 'win32') {
      await endTree(this.pid);
      return;
    }
    this.#child.stdin?.end();
    const patience = new AbortController();
    // The keeper kills what does not end; it takes a moment longer than it waits.
    const tooLong = delay(2 * limits.launchStopMillis, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([this.ended, tooLong]);
    patience.abort();
    // What is left of its group has heard SIGTERM long ago.
    signalAll(await groupMembers(this.pid), 'SIGKILL');
  }
}

function failed(plan: LaunchPlan, reason: string): SidetapError {
  const why = reason === '' ? '' : ` (${reason.replace(/\.$/, '')})`;
  return new SidetapError('launch-failed', `${plan.program} ended at once${why}. Start ${plan.file} in a terminal to see why.`);
}

/** On Windows a process is ended with those that it started. */
export async function endTree(pid: number): Promise<void> {
  const child = spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
  // That it has ended meanwhile is what taskkill fails for.
  await once(child, 'exit').catch(() => {});
}
