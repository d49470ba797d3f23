import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What a program printed. Throws with what it said on stderr when it failed or took longer than 20 s. */
export async function output(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(command, args, {
    timeout: 20_000,
    maxBuffer: 64 * 1024 * 1024,
    // Where Debian keeps what only root runs.
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  return stdout;
}
