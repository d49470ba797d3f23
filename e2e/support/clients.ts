import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from '../../test/support/say.ts';

export interface Output {
  code: number;
  stdout: Buffer;
  stderr: string;
}

/** Runs a real client to its end. It gets no proxy from this shell, and no more than a minute. */
export async function runClient(command: string, args: readonly string[], input: string = ''): Promise<Output> {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^(?:https?|all|no)_proxy$/i.test(name)) delete env[name];
  }
  const child = spawn(command, args, { env, stdio: 'pipe', timeout: 60_000 });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  say(child.stdin, input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') };
}

/** Calls with curl; throws when curl says that it failed. */
export async function curl(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runClient('curl', ['--silent', '--show-error', '--max-time', '20', ...args]);
  if (code !== 0) throw new Error(`curl ended with ${code}: ${stderr}`);
  return stdout.toString('utf8');
}

/** Sends bytes as a body, from a file, so that any bytes can be. */
export async function send(url: string, type: string, bytes: Uint8Array | string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sidetap-e2e-body-'));
  try {
    const file = join(folder, 'body');
    writeFileSync(file, bytes);
    await curl('--header', `Content-Type: ${type}`, '--data-binary', `@${file}`, url);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
