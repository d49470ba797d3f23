import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.ts';

/** The JavaScript file behind a command of an installed package: runs the same on every system, without a shell. */
export function packageCommand(name: string, command: string = name): string {
  // Not asked of `require.resolve`: a package need not let its package.json be resolved.
  const folder = join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { bin: string | Record<string, string> };
  const path = typeof bin === 'string' ? bin : bin[command];
  if (path === undefined) throw new Error(`${name} has no command ${command}`);
  return join(folder, path);
}

export interface Ended {
  /** Exit code; 128 and more when a signal ended it. */
  code: number;
  output: string;
}

/** Runs a program to its end, with its output kept, or shown as it comes. It gets no stdin. */
export function run(
  command: string,
  args: readonly string[],
  options: { show?: boolean; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: options.show === true ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 128, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

/** Runs a Node program to its end. */
export function runNode(args: readonly string[], options: { show?: boolean; env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
  return run(process.execPath, args, options);
}
