import { closeSync, fsyncSync, openSync, rmSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { RecordBatches } from './record-batches.ts';
import { makeSnapshotFile, openSnapshotFile } from './schema.ts';
import { PairWriter } from './writer.ts';

/** What the file of a snapshot says of itself. */
export interface SnapshotFacts {
  name: string;
  /** ISO 8601. */
  madeAt: string;
  /** What it was made from, for people: `everything`, a filter, the name of a file. */
  origin: string;
  /** Secrets were masked when it was written. */
  masked: boolean;
}

/** Writes pairs into a file of their own. Every record is written anew, so that nothing else can be in it. */
export class SnapshotWriter {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #writer: PairWriter;
  readonly #batches: RecordBatches;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  /** The file must not exist. Throws what the disk says. */
  constructor(path: string, facts: SnapshotFacts) {
    this.#path = path;
    this.#database = makeSnapshotFile(path);
    try {
      this.#database
        .prepare('INSERT INTO snapshot (one, name, made_at, origin, masked) VALUES (1, ?, ?, ?, ?)')
        .run(facts.name, facts.madeAt, facts.origin, facts.masked ? 1 : 0);
      this.#writer = new PairWriter(this.#database);
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#batches = new RecordBatches((batch) => this.#take(batch));
  }

  /** Adds a pair under its own id; a later one with the same id replaces it. */
  add(record: PairRecord): void {
    this.#batches.add(record);
  }

  /** Writes what is left, and hands the file to the disk. It is whole afterwards. */
  finish(): { bytes: number } {
    this.#batches.flush();
    this.#write();
    this.#database.close();
    const handle = openSync(this.#path, 'r+');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return { bytes: statSync(this.#path).size };
  }

  /** Removes the file. May be called at any time, also after a failure. */
  abandon(): void {
    if (this.#database.isOpen) this.#database.close();
    rmSync(this.#path, { force: true });
  }

  #take(batch: Uint8Array<ArrayBuffer>): void {
    this.#waiting.push(batch);
    this.#bytes += batch.length;
    if (this.#bytes >= limits.transactionBytes) this.#write();
  }

  #write(): void {
    if (this.#waiting.length === 0) return;
    this.#writer.write(this.#waiting);
    this.#waiting = [];
    this.#bytes = 0;
  }
}

/** What a snapshot says of itself, and how much is in it. Throws `import-failed` for a file of something else, and SQLite's errors. */
export function readSnapshotFacts(path: string): SnapshotFacts & { pairs: number; bytes: number } {
  const database = openSnapshotFile(path);
  try {
    const row = database.prepare('SELECT name, made_at, origin, masked, rows FROM snapshot, state').get();
    return {
      name: String(row?.['name'] ?? ''),
      madeAt: String(row?.['made_at'] ?? ''),
      origin: String(row?.['origin'] ?? ''),
      masked: row?.['masked'] === 1,
      pairs: Number(row?.['rows'] ?? 0),
      bytes: statSync(path).size,
    };
  } finally {
    database.close();
  }
}
