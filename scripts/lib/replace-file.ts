import { copyFileSync, renameSync } from 'node:fs';

/**
 * Copies a file to a place where one may be that running programs have mapped (native code): they keep theirs. Written over, the pages of their code would
 * vanish under them, which ends them with a segmentation fault.
 */
export function replaceFile(source: string, target: string): void {
  const beside = `${target}.${String(process.pid)}.new`;
  copyFileSync(source, beside);
  renameSync(beside, target);
}
