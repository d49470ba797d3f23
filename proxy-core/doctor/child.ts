import { type ChildProcess, spawn } from 'node:child_process';
import { limits } from '../limits.ts';

/** How a child process ended. */
export type ChildResult =
  | { readonly kind: 'ended'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'aborted' };

export type ChildOptions = {
  readonly env: NodeJS.ProcessEnv;
  /** Ends the child. */
  readonly signal?: AbortSignal;
  /** Time after which it is ended, ms. */
  readonly timeoutMillis: number;
};

/**
 * Runs a program to its end. When it takes too long it is ended together with the programs it started: what is called `python` or `java`
 * is often a script of a version manager, and ending that alone would leave the real one running.
 */
export async function runChild(program: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
  if (options.signal?.aborted === true) return { kind: 'aborted' };
  return new Promise((resolve) => {
    const grouped = process.platform !== 'win32';
    const child = spawn(program, args, {
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: grouped,
      windowsHide: true,
    });
    const stdout = collect(child, 'stdout');
    const stderr = collect(child, 'stderr');
    const end = (result: ChildResult) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', aborted);
      resolve(result);
    };
    const stop = (result: ChildResult) => {
      endTree(child, grouped);
      // What it started may hold the pipes for as long as it lives; nobody reads them any more.
      child.stdout?.destroy();
      child.stderr?.destroy();
      end(result);
    };
    const timer = setTimeout(() => stop({ kind: 'timed-out' }), options.timeoutMillis);
    const aborted = () => stop({ kind: 'aborted' });
    options.signal?.addEventListener('abort', aborted, { once: true });
    // Not there, or not to be run by us: no difference to who wants to know whether it can be used.
    child.once('error', () => end({ kind: 'missing' }));
    child.once('close', (code) => end({ kind: 'ended', code: code ?? 1, stdout: stdout(), stderr: stderr() }));
  });
}

function collect(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  const parts: Buffer[] = [];
  let bytes = 0;
  child[name]?.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= limits.doctorClientBytes) parts.push(part);
  });
  child[name]?.on('error', () => {}); // a pipe that breaks ends the output, nothing more
  return () => Buffer.concat(parts).toString();
}

function endTree(child: ChildProcess, grouped: boolean): void {
  if (child.pid === undefined) return;
  if (!grouped) {
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () =>
      child.kill(),
    );
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL'); // the group is gone already, or could not be made
  }
}
