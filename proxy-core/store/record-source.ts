import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SidetapError } from '../errors.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { Blocks } from './blocks.ts';
import { Bodies } from './bodies.ts';
import { Details } from './details.ts';
import { type PairRow, Summaries } from './summaries.ts';

/** Reads pairs one after the other, in the caller's thread: for work that goes through many of them. */
export class RecordSource {
  readonly #database: DatabaseSync;
  readonly #details: Details;
  readonly #summaries: Summaries;
  readonly #ids: StatementSync;

  /** Takes the database over. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    const blocks = new Blocks(this.#database);
    this.#summaries = new Summaries(this.#database);
    this.#details = new Details(this.#database, this.#summaries, blocks, new Bodies(this.#database, blocks));
    this.#ids = this.#database.prepare('SELECT id FROM pair WHERE id > ? ORDER BY id LIMIT 10000');
  }

  /** Undefined when there is none any more. */
  record(id: number): PairRecord | undefined {
    try {
      return this.#details.record(id);
    } catch (error) {
      if (error instanceof SidetapError && error.code === 'pair-not-found') return undefined;
      throw error;
    }
  }

  /** What the list shows of a pair. */
  row(id: number): PairRow | undefined {
    return this.#summaries.row(id);
  }

  /** All of them, in ascending order. */
  *ids(): Generator<number> {
    for (let last = 0; ; ) {
      const rows = this.#ids.all(last);
      if (rows.length === 0) return;
      for (const row of rows) yield Number(row['id']);
      last = Number(rows.at(-1)?.['id']);
    }
  }

  count(): number {
    return Number(this.#database.prepare('SELECT count(*) AS pairs FROM pair').get()?.['pairs']);
  }

  close(): void {
    this.#database.close();
  }
}
