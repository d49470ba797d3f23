import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { makePrivateFolder } from '../private-folder.ts';

/** A file that a window has sent. */
interface Upload {
  readonly folder: string;
  readonly path: string;
  bytes: number;
  /** Removes it when nobody asks for it. */
  timer: NodeJS.Timeout | null;
}

/**
 * Files whose content a window sent because a browser does not tell where they are: private and temporary, each until it was imported, or
 * until nobody has asked for it in a while.
 */
export class Uploads {
  readonly #root: string;
  readonly #uploads = new Map<string, Upload>();
  #bytes = 0;

  constructor(dataDir: string) {
    this.#root = path.join(dataDir, 'uploads');
  }

  /** Removes what an engine that was killed has left. */
  async sweep(): Promise<void> {
    const names = await readdir(this.#root).catch(() => []); // nothing was ever sent
    for (const name of names) {
      if (!this.#uploads.has(name)) await rm(path.join(this.#root, name), { recursive: true, force: true });
    }
  }

  /**
   * Keeps what comes, and gives the name by which it is asked for. `name` is what the user calls the file; its ending tells what is in it; `announced` are its
   * bytes, as far as they are known.
   * Throws `import-failed` when it is too much, is cut off, or cannot be written.
   */
  async receive(name: string, content: Readable, announced: number): Promise<string> {
    if (this.#bytes + announced > limits.uploadBytes) throw tooLarge();
    if (this.#uploads.size >= limits.uploads) {
      throw new SidetapError('import-failed', `${limits.uploads} files wait to be imported already. Import those first.`);
    }
    const id = randomBytes(16).toString('hex');
    const folder = path.join(this.#root, id);
    const upload: Upload = { folder, path: path.join(folder, plainName(name)), bytes: 0, timer: null };
    this.#uploads.set(id, upload);
    try {
      makePrivateFolder(folder);
      await pipeline(content, this.#counted(upload), createWriteStream(upload.path, { mode: 0o600, flags: 'wx' }));
    } catch (error) {
      await this.#remove(id);
      if (error instanceof SidetapError) throw error;
      throw new SidetapError(
        'import-failed',
        `The file could not be taken over (${messageOf(error)}). Try again, or name its path.`,
        {
          cause: error,
        },
      );
    }
    upload.timer = setTimeout(() => void this.#remove(id).catch(() => {}), limits.uploadKeptMillis).unref(); // swept by the next engine at last
    return id;
  }

  /** Where these are; they are kept until `release` is called. Throws `import-failed`. */
  claim(ids: readonly string[]): { paths: string[]; release: () => Promise<void> } {
    const missing = ids.find((id) => !this.#uploads.has(id));
    if (missing !== undefined) {
      throw new SidetapError('import-failed', 'The file was sent too long ago, and is not kept any more. Choose it again.');
    }
    const claimed = ids.flatMap((id) => this.#uploads.get(id) ?? []);
    for (const { timer } of claimed) clearTimeout(timer ?? undefined);
    return {
      paths: claimed.map((upload) => upload.path),
      release: async () => {
        for (const id of ids) await this.#remove(id);
      },
    };
  }

  async close(): Promise<void> {
    for (const id of this.#uploads.keys()) await this.#remove(id);
  }

  #counted(upload: Upload): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        upload.bytes += chunk.length;
        this.#bytes += chunk.length;
        const tooMuch = this.#bytes > limits.uploadBytes;
        done(tooMuch ? tooLarge() : null, chunk);
      },
    });
  }

  async #remove(id: string): Promise<void> {
    const upload = this.#uploads.get(id);
    if (upload === undefined) return;
    this.#uploads.delete(id);
    clearTimeout(upload.timer ?? undefined);
    this.#bytes -= upload.bytes;
    await rm(upload.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function tooLarge(): SidetapError {
  const most = Math.round(limits.uploadBytes / 1024 ** 3);
  return new SidetapError('import-failed', `A browser may send ${most} GiB at most. Name the path of the file instead.`);
}

/** The name of a file in a folder of its own, whatever a page calls it. */
function plainName(name: string): string {
  const ending = /\.[a-z0-9]{1,10}$/i.exec(name)?.[0] ?? '';
  const stem = name
    .slice(0, name.length - ending.length)
    .replaceAll(/[^\p{L}\p{N} ._-]/gu, '_')
    .replace(/^[. ]+/, '')
    .slice(0, 60);
  return `${stem === '' ? 'file' : stem}${ending}`;
}
