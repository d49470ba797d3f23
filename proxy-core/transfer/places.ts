import { messageOf, SidetapError } from '../errors.ts';
import { Cancelled } from './tasks.ts';

/** Beside the file that is to appear, under a name that no other process takes. */
export function partOf(path: string): string {
  return `${path}.part-${String(process.pid)}-${Math.random().toString(36).slice(2, 8)}`;
}

/** Why something cannot be written, as a sentence. Errors that have one, and defects, stay as they are. */
export function writeProblem(error: unknown, path: string): unknown {
  if (error instanceof SidetapError || error instanceof Cancelled || !(error instanceof Error)) return error;
  if (isFull(error)) {
    return new SidetapError(
      'export-failed',
      `The disk is full, so ${path} was not written. Free some space there, or name another place.`,
      {
        cause: error,
      },
    );
  }
  if (!('code' in error) && !('errcode' in error)) return error;
  return new SidetapError('export-failed', `${path} cannot be written (${messageOf(error)}). Name another place.`, {
    cause: error,
  });
}

/** `ENOSPC`, quota, or what SQLite says of them: FULL, and an I/O error of a write. */
function isFull(error: Error): boolean {
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true;
  return 'errcode' in error && (Number(error.errcode) & 0xff) === 13;
}
