import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { messageOf, SidetapError } from '../errors.ts';
import { makePrivateFolder } from '../private-folder.ts';

/** The `code` of a system error, or an empty text. */
function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Makes the data directory, readable by its owner only. One that exists keeps its mode. */
export function makeDataDir(dataDir: string): void {
  try {
    makePrivateFolder(dataDir);
  } catch (cause) {
    const message = `The data directory ${dataDir} cannot be made (${messageOf(cause)}); give another one with --data-dir or SIDETAP_HOME.`;
    throw new SidetapError('data-dir-unusable', message, { cause });
  }
}

/** The text of a file, or null where there is none. */
export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Puts a whole file into place in one step: a reader sees the old content or the new one, never a part. */
export async function replaceFile(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  const temporary = await writeTemporary(file, content, mode);
  try {
    await fs.rename(temporary, file);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Puts a whole file into place unless there is one already, in one step: of several processes that try at once, one wins.
 *
 * @returns whether this call won
 */
export async function createFile(file: string, content: string, mode: number): Promise<boolean> {
  const temporary = await writeTemporary(file, content, mode);
  try {
    await fs.link(temporary, file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES', 'EMLINK'].includes(systemCode(error))) throw error;
    // A file system without hard links (FAT, some mounts): the nearest to it. Two processes that start in the same
    // millisecond could both win here; the pair of files is checked after it is read, so that would be said, not used.
    if ((await readIfThere(file)) !== null) return false;
    await fs.rename(temporary, file);
    return true;
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

async function writeTemporary(file: string, content: string | Uint8Array, mode: number): Promise<string> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}-${randomBytes(6).toString('hex')}`);
  const handle = await fs.open(temporary, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.chmod(mode); // the umask may have taken bits away from a file that others are to read
    await handle.sync();
  } finally {
    await handle.close();
  }
  return temporary;
}
