import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Paths of the shared libraries that programs or libraries of this machine need, with the loader. Throws when `ldd` fails. */
export async function librariesOf(paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  return [...new Set(parseLdd(await ldd(paths)))].toSorted();
}

async function ldd(paths: readonly string[]): Promise<string> {
  try {
    return (await execute('ldd', [...paths], { env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 16 * 1024 * 1024 })).stdout;
  } catch (error) {
    // It fails when one of them is static, having told of all others.
    const said = error as { stdout?: string; stderr?: string };
    if (/not a dynamic executable/.test(`${said.stdout ?? ''}${said.stderr ?? ''}`)) return said.stdout ?? '';
    throw error;
  }
}

/** The paths in what `ldd` prints: `name => /path (address)`, or `/path (address)` for the loader. */
export function parseLdd(text: string): string[] {
  return [...text.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm)].map((match) => match[1] ?? '');
}
