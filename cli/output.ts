import { once } from 'node:events';
import { SidetapError } from '../proxy-core/errors.ts';

/** Exit codes: it did what was asked; it could not; it was asked wrongly. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

let whenBroken: () => void = () => process.exit(exitCodes.done);

/** What happens when the reader of stdout goes away (`| head`): by default the command has done enough and ends, quietly. */
export function onBrokenPipe(action: () => void): void {
  whenBroken = action;
}

export function handleBrokenPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!isGone(error)) throw error;
    whenBroken();
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    // Of anything else it could only be said here that it cannot be said here.
    if (isGone(error)) whenBroken();
  });
}

/** Whoever read a pipe has ended, or the terminal was closed. */
function isGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO';
}

/** Writes to stdout, and waits while its reader is slow. */
export async function print(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** A remark beside the output, on stderr. */
export function remark(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints an error as one sentence and gives the exit code that belongs to it. */
export function fail(error: unknown): number {
  if (error instanceof SidetapError) {
    remark(`sidetap: ${error.message}`);
    return error.code === 'bad-usage' || error.code === 'filter-invalid' ? exitCodes.usage : exitCodes.failed;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  remark(`sidetap: Something went wrong inside Sidetap; please report this.\n${trace}`);
  return exitCodes.failed;
}
