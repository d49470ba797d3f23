import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ForkOptions, UtilityProcess } from 'electron';

const parentPort = fileURLToPath(new URL('parent-port.ts', import.meta.url));

/** Electron's utility process on `child_process.fork`, with `process.parentPort` inside. */
class StandInUtilityProcess
  extends EventEmitter
  implements Pick<UtilityProcess, 'kill' | 'postMessage' | 'pid' | 'stdout' | 'stderr'>
{
  readonly #child: ChildProcess;

  constructor(modulePath: string, args: readonly string[], options: ForkOptions) {
    super();
    const output = options.stdio === 'pipe' ? 'pipe' : options.stdio === 'ignore' ? 'ignore' : 'inherit';
    this.#child = fork(modulePath, args, {
      cwd: options.cwd,
      env: { ...(options.env ?? process.env) },
      execArgv: ['--import', parentPort, ...(options.execArgv ?? [])],
      stdio: ['ignore', output, output, 'ipc'],
      serialization: 'advanced',
    });
    this.#child.once('spawn', () => this.emit('spawn'));
    this.#child.on('message', (message) => this.emit('message', message));
    // A process that a signal ended has the signal's number as its code, as Electron reports it.
    this.#child.once('exit', (code, signal) => this.emit('exit', code ?? (signal === 'SIGKILL' ? 9 : 15)));
    process.once('exit', () => this.#child.kill('SIGKILL'));
  }

  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  get stdout(): NodeJS.ReadableStream | null {
    return this.#child.stdout;
  }

  get stderr(): NodeJS.ReadableStream | null {
    return this.#child.stderr;
  }

  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

export const utilityProcess = {
  fork(modulePath: string, args: readonly string[] = [], options: ForkOptions = {}): StandInUtilityProcess {
    return new StandInUtilityProcess(modulePath, args, options);
  },
};
