import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { makePrivateFolder } from '../private-folder.ts';
import type { Snapshot } from '../rrpair/transfers.ts';
import { openSnapshot } from '../store/open.ts';
import { readSnapshotFacts } from '../store/snapshot-file.ts';
import type { ReadableStore } from '../store/store.ts';

/** The snapshots of a data directory: a file each in `snapshots/`. */
export class Snapshots {
  readonly #dataDir: string;
  readonly #folder: string;
  readonly #thread: boolean;
  /** Those that are open for reading, the one used last at the end. */
  readonly #open = new Map<string, Promise<ReadableStore>>();
  readonly #users = new Map<string, number>();

  /** With `thread` snapshots are read in threads of their own: where traffic passes. */
  constructor(dataDir: string, { thread }: { thread: boolean }) {
    this.#dataDir = dataDir;
    this.#folder = join(dataDir, 'snapshots');
    this.#thread = thread;
  }

  /** The newest first. One that cannot be read is listed with the reason. */
  list(): Snapshot[] {
    return this.#ids()
      .map((id) => this.#snapshot(id))
      .toSorted((a, b) => (a.madeAt === b.madeAt ? 0 : a.madeAt < b.madeAt ? 1 : -1));
  }

  /** By its id or its name. Throws `snapshot-not-found`; of several with one name the newest is meant. */
  find(reference: string): Snapshot {
    const all = this.list();
    const found = all.find(({ id }) => id === reference) ?? all.find(({ name }) => name === reference);
    if (found === undefined) {
      throw new SidetapError(
        'snapshot-not-found',
        `There is no snapshot “${reference}”. \`sidetap snapshot list\` shows those there are.`,
      );
    }
    return found;
  }

  path(id: string): string {
    return join(this.#folder, `${id}.db`);
  }

  /** A place for a new one. Throws `bad-usage` for a name that is none, `data-dir-unusable`. */
  place(name: string): { id: string; path: string } {
    checkName(name);
    try {
      makePrivateFolder(this.#folder);
      chmodSync(this.#folder, 0o700);
    } catch (error) {
      throw new SidetapError('data-dir-unusable', `Snapshots cannot be kept in ${this.#folder} (${messageOf(error)}).`, {
        cause: error,
      });
    }
    const id = randomBytes(5).toString('hex');
    return { id, path: this.path(id) };
  }

  /** Opens one for reading; it stays open until `release` is called. */
  async open(reference: string): Promise<{ store: ReadableStore; release: () => void }> {
    const { id, problem } = this.find(reference);
    if (problem !== '') throw new SidetapError('snapshot-not-found', problem);
    const count = (by: number): void => {
      this.#users.set(id, (this.#users.get(id) ?? 0) + by);
    };
    count(1);
    try {
      return { store: await this.#reader(id), release: () => count(-1) };
    } catch (error) {
      count(-1);
      throw error;
    }
  }

  async rename(reference: string, name: string): Promise<Snapshot> {
    checkName(name);
    const { id, problem } = this.find(reference);
    if (problem !== '') throw new SidetapError('snapshot-not-found', problem);
    await this.#close(id);
    const database = new DatabaseSync(this.path(id), { timeout: 5_000 });
    try {
      database.prepare('UPDATE snapshot SET name = ?').run(name);
    } finally {
      database.close();
    }
    return this.#snapshot(id);
  }

  async remove(reference: string): Promise<Snapshot> {
    const found = this.find(reference);
    await this.#close(found.id);
    rmSync(this.path(found.id), { force: true });
    return found;
  }

  /** Removes what a process that died left half-written. Only who holds the data directory's lock may call it. */
  sweep(): void {
    for (const name of this.#names()) {
      if (/\.part-|-journal$/.test(name)) rmSync(join(this.#folder, name), { force: true });
    }
  }

  async close(): Promise<void> {
    for (const id of this.#open.keys()) await this.#close(id);
  }

  #snapshot(id: string): Snapshot {
    try {
      return { id, ...readSnapshotFacts(this.path(id)), problem: '' };
    } catch (error) {
      const problem = `The snapshot ${id} cannot be read (${messageOf(error)}). Delete it, or put the file back from a copy.`;
      return { id, name: id, madeAt: '', origin: '', masked: false, pairs: 0, bytes: 0, problem };
    }
  }

  #ids(): string[] {
    return this.#names().flatMap((name) => /^([0-9a-z]{1,40})\.db$/.exec(name)?.[1] ?? []);
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return []; // There is no folder as long as there was no snapshot.
    }
  }

  #reader(id: string): Promise<ReadableStore> {
    const known = this.#open.get(id);
    const reader =
      known ??
      openSnapshot(this.path(id), this.#dataDir, { thread: this.#thread }).catch((error: unknown) => {
        this.#open.delete(id);
        throw error;
      });
    this.#open.delete(id);
    this.#open.set(id, reader);
    void this.#evict();
    return reader;
  }

  async #evict(): Promise<void> {
    for (const id of this.#open.keys()) {
      if (this.#open.size <= limits.openSnapshots) return;
      if ((this.#users.get(id) ?? 0) === 0) await this.#close(id);
    }
  }

  async #close(id: string): Promise<void> {
    const reader = this.#open.get(id);
    this.#open.delete(id);
    // One that could not be opened has nothing to close.
    const store = await reader?.catch(() => undefined);
    await store?.close();
  }
}

function checkName(name: string): void {
  if (name.trim() === '' || name.length > limits.snapshotNameChars) {
    throw new SidetapError('bad-usage', `A snapshot needs a name of 1 to ${String(limits.snapshotNameChars)} characters.`);
  }
}
