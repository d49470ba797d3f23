import { copyFile, type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, SidetapError } from '../../errors.ts';
import { makeDataDir, readIfThere, replaceFile } from '../../tls/files.ts';
import { type ChangeRecord, follow, type Line, lineSchema, linesOf } from './record.ts';

/** Readable for its owner only: it names what runs on this machine. */
const mode = 0o600;

/**
 * The changes that stand at the user's Docker, on disk. A line is on the disk (fsync) when `append` resolves, so a change that is made after
 * its line was appended is never forgotten. The file is empty when nothing stands, and made when the first change is.
 */
export class Journal {
  readonly records: Map<string, ChangeRecord>;
  readonly #file: string;
  /** Null before the first line of a new file. */
  #handle: FileHandle | null;
  /** Writes happen one after the other. */
  #last: Promise<void> = Promise.resolve();
  /** Set when a line may stand in the file in part. */
  #torn = false;

  private constructor(file: string, handle: FileHandle | null, records: Map<string, ChangeRecord>) {
    this.#file = file;
    this.#handle = handle;
    this.records = records;
  }

  /**
   * Reads what stands and makes the file anew without what is past. A last line that a crash cut off tells of a change that was never begun;
   * any other line that cannot be read is damage, which is told, with the file kept aside.
   *
   * @throws SidetapError `data-dir-unusable`
   */
  static async open(dataDir: string, damaged: (copy: string) => void): Promise<Journal> {
    const file = path.join(dataDir, 'docker-changes.jsonl');
    try {
      const text = await readIfThere(file);
      if (text === null) return new Journal(file, null, new Map());
      const { records, damage } = read(text);
      if (damage) {
        const copy = `${file}.damaged`;
        await copyFile(file, copy);
        damaged(copy);
      }
      await replaceFile(file, textOf(records), mode);
      return new Journal(file, await openLasting(file), records);
    } catch (error) {
      throw unusable(file, error);
    }
  }

  /** Takes a line into the records once it is on the disk. Throws `data-dir-unusable`. */
  async append(line: Line): Promise<void> {
    const write = this.#last.then(() => this.#write(line));
    this.#last = write.catch(() => undefined); // told to whoever appended; the next line is tried all the same
    await write;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#handle?.close();
  }

  async #write(line: Line): Promise<void> {
    try {
      // What an earlier, failed write left of its line would run into this one.
      const text = `${this.#torn ? '\n' : ''}${JSON.stringify(line)}\n`;
      this.#handle ??= await openLasting(this.#file);
      this.#torn = true;
      await this.#handle.appendFile(text);
      await this.#handle.sync();
      this.#torn = false;
    } catch (error) {
      throw unusable(this.#file, error);
    }
    if (!follow(this.records, line)) throw new Error(`The journal got a line that fits no change: ${JSON.stringify(line)}`);
    if (this.records.size === 0) {
      // Only saves space: the lines of changes that have ended are passed over when they are read again.
      await this.#handle?.truncate(0).catch(() => undefined);
    }
  }
}

function read(text: string): { records: Map<string, ChangeRecord>; damage: boolean } {
  const records = new Map<string, ChangeRecord>();
  const lines = text.split('\n');
  lines.pop(); // empty, or the line that a crash cut off
  let damage = false;
  for (const line of lines) {
    if (line === '') continue;
    const parsed = lineSchema.safeParse(jsonOf(line));
    if (!parsed.success || !follow(records, parsed.data)) damage = true;
  }
  return { records, damage };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null; // fits no line, so it counts as damage
  }
}

function textOf(records: ReadonlyMap<string, ChangeRecord>): string {
  return [...records.values()]
    .flatMap(linesOf)
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

/** Opens the file, which is there even after a power cut from then on. */
async function openLasting(file: string): Promise<FileHandle> {
  makeDataDir(path.dirname(file));
  const handle = await open(file, 'a+', mode);
  await syncFolder(path.dirname(file));
  return handle;
}

/** Makes a new name last through a power cut; Windows neither needs nor allows it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unusable(file: string, cause: unknown): SidetapError {
  const message = `The record of changes to Docker, ${file}, cannot be written (${messageOf(cause)}), so nothing was changed; make room or name another data directory with --data-dir.`;
  return new SidetapError('data-dir-unusable', message, { cause });
}
