import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { onCleanUp } from './clean-up.ts';

/** A program of `programs/`, which tells in lines of JSON what it sees. */
export interface Program {
  child: ChildProcess;
  /** The next line. Rejects when the program ends instead. */
  line: <T>() => Promise<T>;
  /** Sends it a line. */
  tell: (line: string) => void;
}

/** Starts a program in a process of its own, so that its descriptors and its work are not those of the test. */
export function run(name: string, ...args: (string | number)[]): Program {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '..', 'programs', `${name}.ts`), ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  let wake = Promise.withResolvers<void>();
  let over = false;
  const tell = (): void => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    tell();
  });
  const ended = once(child, 'close').then(() => {
    over = true;
    tell();
  });
  // It may be gone already when it is told to end.
  child.stdin.on('error', () => {});
  onCleanUp(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    line: async <T>() => {
      for (;;) {
        const line = lines.shift();
        if (line !== undefined) return JSON.parse(line) as T;
        if (over) throw new Error(`${name} ended without another word`);
        await wake.promise;
      }
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
  };
}
