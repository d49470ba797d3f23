import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf, SidetapError } from '../errors.ts';
import { makePrivateFolder } from '../private-folder.ts';

/**
 * Id of a data directory, which marks what its engine makes at Docker. Random, because paths of several machines may be equal and their Docker the
 * same. At most one engine runs on a data directory, so what bears its id and is not that engine's is left over.
 */
export class Owner {
  readonly #dataDir: string;
  readonly #file: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#file = path.join(dataDir, 'docker-owner');
  }

  /** Null as long as nothing was made at Docker. Throws `data-dir-unusable`. */
  known(): string | null {
    return this.#attempt(() => read(this.#file));
  }

  /** For something that is to be made at Docker. Throws `data-dir-unusable`. */
  id(): string {
    return this.#attempt(() => {
      const found = read(this.#file);
      if (found !== null) return found;
      makePrivateFolder(this.#dataDir);
      const made = randomUUID();
      writeFileSync(this.#file, `${made}\n`, { mode: 0o600 });
      return made;
    });
  }

  #attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (cause) {
      const message = `The data directory ${this.#dataDir} cannot be used (${messageOf(cause)}). Name another one with --data-dir or SIDETAP_HOME.`;
      throw new SidetapError('data-dir-unusable', message, { cause });
    }
  }
}

function read(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return /^[0-9a-f-]{36}$/.test(text) ? text : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
