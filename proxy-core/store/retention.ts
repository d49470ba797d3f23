import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { PairWriter } from './writer.ts';

export interface RetentionLimits {
  maxPairs: number;
  maxBytes: number;
}

/**
 * Deletes what is too much, oldest first, and what a clear has doomed. Pinned pairs stay, whatever they weigh. One step is one small
 * transaction; freed pages are used again, and given back to the disk when there are many of them.
 */
export class Retention {
  readonly #writer: PairWriter;
  readonly #bounds: RetentionLimits;
  readonly #oldest: StatementSync;
  readonly #deletePairs: StatementSync;
  readonly #goneParts: StatementSync;
  readonly #deleteParts: StatementSync;
  readonly #database: DatabaseSync;
  /** Everything left is pinned: nothing can be deleted until that changes. */
  #exhausted = -1;

  constructor(database: DatabaseSync, writer: PairWriter, bounds: RetentionLimits) {
    this.#database = database;
    this.#writer = writer;
    this.#bounds = bounds;
    this.#oldest = database.prepare(
      'SELECT id, noise, connection, block, request_bytes + response_bytes AS bytes FROM pair WHERE pinned = 0 AND id <= ? ORDER BY id LIMIT ?',
    );
    this.#deletePairs = database.prepare('DELETE FROM pair WHERE id <= ? AND pinned = 0');
    const unpinned = 'NOT IN (SELECT id FROM pair WHERE pinned = 1)';
    this.#goneParts = database.prepare(`SELECT block FROM part WHERE pair <= ? AND pair ${unpinned}`);
    this.#deleteParts = database.prepare(`DELETE FROM part WHERE pair <= ? AND pair ${unpinned}`);
  }

  /** Does one step if there is one to do. False when there was none. */
  step(): boolean {
    const { state } = this.#writer;
    if (state.doomedRows > 0) return this.#delete(state.doomedTo, limits.retentionRows);
    const surplus = state.rows - this.#bounds.maxPairs;
    if (surplus > 0) return this.#delete(state.lastId, Math.min(surplus, limits.retentionRows));
    if (this.#writer.usedBytes() > this.#bounds.maxBytes) return this.#delete(state.lastId, limits.retentionRows);
    return this.#giveBack();
  }

  #delete(upTo: number, rows: number): boolean {
    const { state } = this.#writer;
    if (this.#exhausted === state.revision) return false;
    let weight = 0;
    const gone: { id: number; noise: boolean; connection: number; block: number }[] = [];
    for (const row of this.#oldest.iterate(upTo, rows)) {
      const bytes = Math.min(Number(row['bytes']), 2 * limits.bodyKeptBytes);
      if (gone.length > 0 && weight + bytes > limits.retentionStepBytes) break;
      weight += bytes;
      gone.push({
        id: Number(row['id']),
        noise: row['noise'] === 1,
        connection: Number(row['connection']),
        block: Number(row['block']),
      });
    }
    const last = gone.at(-1)?.id;
    if (last === undefined) {
      this.#exhausted = state.revision;
      return false;
    }
    this.#writer.transaction(() => {
      this.#deletePairs.run(last);
      for (const { block } of this.#goneParts.iterate(last)) this.#writer.forgetPart(Number(block));
      this.#deleteParts.run(last);
      for (const { id, ...row } of gone) this.#writer.forget(id, row);
      const { state } = this.#writer;
      state.deletedTo = Math.max(state.deletedTo, last);
      state.deletedAt = state.revision;
    });
    return true;
  }

  /** After a large clear the file shrinks again; a little free space is kept because it will be needed soon. */
  #giveBack(): boolean {
    if (this.#writer.freePages() < limits.freePagesKept) return false;
    this.#database.exec(`PRAGMA incremental_vacuum(${String(limits.freePagesStep)})`);
    return true;
  }
}
