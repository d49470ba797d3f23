import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { messageOf, SidetapError } from '../proxy-core/errors.ts';
import { limits } from '../proxy-core/limits.ts';
import { exitCodeOf } from './signals.ts';

export interface RunningCommand {
  /** Its exit code, or 128 + n where signal n ended it. */
  exit: Promise<number>;
  /** Passes a signal on. What it does about it is its own business; only to SIGTERM and SIGHUP it has to end before long. */
  pass: (signal: NodeJS.Signals) => void;
}

/**
 * Starts a command with our terminal. With `quietStdout` what it prints goes to our stderr, because our stdout holds what a program reads.
 * Throws `command-not-found`.
 */
export async function runCommand(
  command: readonly string[],
  options: { environment: NodeJS.ProcessEnv; quietStdout: boolean },
): Promise<RunningCommand> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    stdio: ['inherit', options.quietStdout ? 2 : 'inherit', 'inherit'],
    env: options.environment,
    // Only a shell finds npm.cmd and its like on Windows.
    shell: process.platform === 'win32',
  });
  const exit = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : exitCodeOf(signal)));
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new SidetapError(
      'command-not-found',
      missing
        ? `There is no command ${file}. Check its name, or give its path.`
        : `${file} cannot be started (${messageOf(error)}).`,
      { cause: error },
    );
  }
  let patience: NodeJS.Timeout | null = null;
  let ended = false;
  void exit.then(() => {
    ended = true;
    clearTimeout(patience ?? undefined);
  });
  return {
    exit,
    pass: (signal) => {
      if (ended) return;
      // A terminal has sent its Ctrl-C to the command as well: passed on, it would count as a second one.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
      if (signal !== 'SIGINT') patience ??= setTimeout(() => child.kill('SIGKILL'), limits.commandStopMillis);
    },
  };
}
