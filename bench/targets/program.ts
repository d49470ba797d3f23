import path from 'node:path';
import { firstLine, start, stop } from '../lib/process.ts';
import type { Running } from '../lib/types.ts';

/** Starts a program of `bench/programs`, which prints its port when it listens. */
export async function startProgram(name: string, args: readonly string[], wantsConnect: boolean): Promise<Running> {
  const child = start(process.execPath, ['--no-warnings', path.join(import.meta.dirname, `../programs/${name}.ts`), ...args]);
  const port = Number(await firstLine(child));
  return { port, wantsConnect, pids: [child.pid ?? 0], stored: () => Promise.resolve(null), stop: () => stop(child) };
}
