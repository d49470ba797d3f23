import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { packed } from './packed.ts';

/**
 * Stores batches whole and packed, as blocks, and counts the records in each that are still pointed to: a block goes with the last of them. The counts
 * are written at the end of each transaction.
 */
export class Stock {
  readonly #insert: StatementSync;
  readonly #count: StatementSync;
  readonly #add: StatementSync;
  readonly #drop: StatementSync;
  readonly #dropBytes: StatementSync;
  /** Records that came or went since the counts were written, by block. */
  readonly #changes = new Map<number, number>();

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT INTO block (bytes) VALUES (?)');
    this.#count = database.prepare('INSERT INTO stock (block, records) VALUES (?, ?)');
    this.#add = database.prepare('UPDATE stock SET records = records + ? WHERE block = ?');
    this.#drop = database.prepare('DELETE FROM stock WHERE block = ? AND records <= 0');
    this.#dropBytes = database.prepare('DELETE FROM block WHERE id = ?');
  }

  /** Stores a batch; returns the id of its block. */
  store(batch: Uint8Array<ArrayBuffer>): number {
    const block = Number(this.#insert.run(packed(batch)).lastInsertRowid);
    this.#count.run(block, 0);
    return block;
  }

  /** A record of this block is pointed to (1), or no more (-1). */
  change(block: number, by: 1 | -1): void {
    this.#changes.set(block, (this.#changes.get(block) ?? 0) + by);
  }

  /** Before the commit. */
  flush(): void {
    for (const [block, change] of this.#changes) {
      this.#add.run(change, block);
      if (change <= 0 && this.#drop.run(block).changes > 0) this.#dropBytes.run(block);
    }
    this.#changes.clear();
  }

  /** After a rollback. */
  reset(): void {
    this.#changes.clear();
  }
}
