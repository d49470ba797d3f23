import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';

/** What came of reading a file of the user's. */
export interface ReadFile<T> {
  value: T;
  /** Why the file was not used, and where it is now, as a sentence; empty when all is well. */
  problem: string;
}

/**
 * Reads a JSON file by its schema; without one, the default holds. One that cannot be used is set aside, so that nothing a person wrote is
 * overwritten, and the default holds. Without `setAside` nothing is written.
 */
export function readJsonFile<T>(
  path: string,
  schema: z.ZodType<T>,
  fallback: T,
  { check, setAside }: { check?: (value: T) => void; setAside: boolean },
): ReadFile<T> {
  let text: string;
  try {
    if (statSync(path).size > limits.keptFileBytes) throw new Error('it is too large');
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return { value: fallback, problem: '' };
    return { value: fallback, problem: `${path} cannot be read (${messageOf(error)}), so the defaults hold.` };
  }
  try {
    const value = parse(text, schema);
    check?.(value);
    return { value, problem: '' };
  } catch (error) {
    return { value: fallback, problem: problemOf(path, messageOf(error), setAside) };
  }
}

function parse<T>(text: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new SidetapError('settings-invalid', `it is no JSON: ${messageOf(error)}`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new SidetapError('settings-invalid', issueOf(parsed.error));
}

/** `ports.in: Too big…` for the first thing that is wrong. */
export function issueOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.map(String).join('.') ?? '';
  return `${path === '' ? '' : `${path}: `}${issue?.message ?? 'it is not as expected'}`;
}

function problemOf(path: string, reason: string, setAside: boolean): string {
  const target = `${path.replace(/\.json$/, '')}.broken-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.json`;
  const why = reason.replace(/\.$/, '');
  if (!setAside) return `${path} cannot be used (${why}), so the defaults hold.`;
  try {
    renameSync(path, target);
  } catch (error) {
    return `${path} cannot be used (${why}), so the defaults hold; nor can it be set aside (${messageOf(error)}).`;
  }
  return `${path} cannot be used (${why}). It was set aside as ${target}, and the defaults hold.`;
}

/** Writes a JSON file for its owner only; it is there whole or not at all. `compact`: no person will read it. Throws `data-dir-unusable`. */
export function writeJsonFile(path: string, value: unknown, { compact = false }: { compact?: boolean } = {}): void {
  const part = `${path}.part-${String(process.pid)}`;
  try {
    writeFileSync(part, `${JSON.stringify(value, null, compact ? 0 : 2)}\n`, { mode: 0o600 });
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw new SidetapError(
      'data-dir-unusable',
      `${path} cannot be written (${messageOf(error)}). Free some space there, or make it writable.`,
      {
        cause: error,
      },
    );
  }
}
