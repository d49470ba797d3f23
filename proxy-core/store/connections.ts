import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { ConnectionInfo } from '../rrpair/pair.ts';

export interface KnownConnection {
  row: number;
  info: ConnectionInfo;
}

/** Characters of a connection's JSON that tell it from most others: `{"id":12345,…`. */
const BEGINNING = 24;

/**
 * Every pair record carries its connection's facts; they are stored once. A row counts its pairs, so that it goes with the last of them.
 * The counts are written at the end of each transaction.
 */
export class Connections {
  readonly #known = new Map<string, KnownConnection>();
  readonly #keys = new Map<number, string>();
  /** By the beginning of their facts, which is the id: whose facts are the same as last time is found without making a text of them. */
  readonly #latest = new Map<string, { bytes: Buffer; known: KnownConnection }>();
  /** Pairs that came or went since the counts were written, by row. */
  readonly #changes = new Map<number, number>();
  readonly #insert: StatementSync;
  readonly #count: StatementSync;
  readonly #drop: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT INTO connection (pairs, flow, info) VALUES (0, ?, ?)');
    this.#count = database.prepare('UPDATE connection SET pairs = pairs + ? WHERE id = ?');
    this.#drop = database.prepare('DELETE FROM connection WHERE id = ? AND pairs <= 0');
  }

  /** The row of a connection, made when it is new; counts one pair. */
  use(bytes: Buffer): KnownConnection {
    const beginning = bytes.toString('latin1', 0, BEGINNING);
    const latest = this.#latest.get(beginning);
    if (latest?.bytes.equals(bytes) === true) {
      this.#change(latest.known.row, 1);
      return latest.known;
    }
    const known = this.#find(bytes);
    if (this.#latest.size >= limits.rememberedConnections) this.#latest.clear();
    // A copy: the batch's memory is given back.
    this.#latest.set(beginning, { bytes: Buffer.from(bytes), known });
    this.#change(known.row, 1);
    return known;
  }

  #find(bytes: Buffer): KnownConnection {
    const key = bytes.toString('latin1');
    let known = this.#known.get(key);
    if (known === undefined) {
      const info = JSON.parse(bytes.toString()) as ConnectionInfo;
      known = { row: Number(this.#insert.run(info.flow === '' ? null : info.flow, bytes).lastInsertRowid), info };
      this.#known.set(key, known);
      this.#keys.set(known.row, key);
    }
    return known;
  }

  /** A pair of this row went. */
  release(row: number): void {
    this.#change(row, -1);
  }

  /** Before the commit. */
  flush(): void {
    for (const [row, change] of this.#changes) {
      this.#count.run(change, row);
      if (change < 0 && this.#drop.run(row).changes > 0) this.#forget(row);
    }
    this.#changes.clear();
    for (const row of this.#keys.keys()) {
      if (this.#known.size <= limits.rememberedConnections) break;
      this.#forget(row);
    }
  }

  /** After a rollback nothing that is remembered need be true. */
  reset(): void {
    this.#known.clear();
    this.#latest.clear();
    this.#keys.clear();
    this.#changes.clear();
  }

  #change(row: number, by: number): void {
    this.#changes.set(row, (this.#changes.get(row) ?? 0) + by);
  }

  #forget(row: number): void {
    const key = this.#keys.get(row);
    if (key === undefined) return;
    this.#known.delete(key);
    this.#keys.delete(row);
    this.#latest.clear();
  }
}
