import { messageOf } from '../errors.ts';

/** What an error of SQLite means for the store (https://sqlite.org/rescode.html). */
export type SqliteTrouble = 'damaged' | 'disk' | 'other';

const CORRUPT = 11;
const NOTADB = 26;
const FULL = 13;
/** Errors of the disk or of the right to write to it: they may pass. PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, CANTOPEN. */
const PASSING = new Set([3, 5, 6, 7, 8, 10, 14]);

export function troubleOf(error: unknown): SqliteTrouble {
  const code = resultCode(error);
  if (code === CORRUPT || code === NOTADB) return 'damaged';
  if (code === FULL || PASSING.has(code)) return 'disk';
  return 'other';
}

/** A sentence for the user about why pairs are not stored. */
export function troubleSentence(error: unknown, path: string): string {
  const code = resultCode(error);
  if (code === FULL)
    return `The disk is full, so new pairs are not stored. Capture goes on; free some space on the disk of ${path}.`;
  return `Pairs cannot be written to ${path} (${messageOf(error)}). Capture goes on, and writing is tried again.`;
}

/** The primary result code; 0 when the error is not SQLite's. */
function resultCode(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error)) return 0;
  return Number(error.errcode) & 0xff;
}
