import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { StoreState } from './counters.ts';
import { type HeavyConditions, TooSlow } from './heavy.ts';
import type { ViewSpec } from './view.ts';

/** Pairs above the watermark of the last clear, and pinned ones. The signs keep SQLite from choosing an index for an OR. */
export const visible = '(+id > ? OR +pinned = 1)';

/** What a stretch of ids holds of a view. */
export interface Stretch {
  ids: number[];
  /** Of each id, when the view sorts by something. */
  keys: (number | string | null)[];
  noisy: number[];
}

interface Row {
  ids: string;
  keys: string;
  noisy: string;
}

/**
 * Goes through the table once, a stretch of ids after the other, from the newest to the oldest or the other way round. Stretches adapt,
 * so that each takes about the slice of time. What is at or below the watermark is hidden but for the pins, which come in one go.
 */
export class Scan {
  readonly #statement: StatementSync;
  readonly #pinnedStatement: StatementSync;
  readonly #spec: ViewSpec;
  readonly #heavy: HeavyConditions;
  readonly #hiddenTo: number;
  readonly #maxWidth: number;
  /** Ids from here to there are still to be looked at. */
  #low: number;
  #high: number;
  #pinned: boolean;
  #width: number;
  #strikes = 0;
  readonly #downwards: boolean;

  constructor(
    database: DatabaseSync,
    heavy: HeavyConditions,
    spec: ViewSpec,
    state: StoreState,
    options: { key?: string; downwards: boolean; maxWidth: number },
  ) {
    const key =
      options.key === undefined ? "'[]'" : `json_group_array(${options.key}) FILTER (WHERE ${spec.hideNoise ? 'noise = 0' : '1'})`;
    const columns = `json_group_array(id) FILTER (WHERE ${spec.hideNoise ? 'noise = 0' : '1'}) AS ids, ${key} AS keys,
      json_group_array(id) FILTER (WHERE ${spec.hideNoise ? 'noise = 1' : '0'}) AS noisy`;
    this.#statement = database.prepare(`SELECT ${columns} FROM pair WHERE id BETWEEN ? AND ? AND (${spec.filter.where})`);
    this.#pinnedStatement = database.prepare(`SELECT ${columns} FROM pair WHERE pinned = 1 AND id <= ? AND (${spec.filter.where})`);
    const lowest = Number(database.prepare('SELECT min(id) AS id FROM pair').get()?.['id'] ?? 0);
    this.#spec = spec;
    this.#heavy = heavy;
    this.#hiddenTo = state.hiddenTo;
    this.#low = Math.max(lowest, state.hiddenTo + 1);
    this.#high = state.lastId;
    this.#pinned = state.hiddenTo > 0;
    this.#downwards = options.downwards;
    this.#maxWidth = options.maxWidth;
    this.#width = spec.filter.heavy.length > 0 ? 64 : 4_096;
  }

  get done(): boolean {
    return this.#low > this.#high && !this.#pinned;
  }

  /** Whether this id is still to come, so that a change of it need not be taken in now. */
  isAhead(id: number): boolean {
    if (id <= this.#hiddenTo) return this.#pinned;
    return id >= this.#low && id <= this.#high;
  }

  /** The next stretch. Ids are in ascending order within it. */
  next(): Stretch {
    const pinnedNow = this.#pinned && (this.#low > this.#high || !this.#downwards);
    if (pinnedNow) {
      const stretch = this.#run(this.#pinnedStatement, [this.#hiddenTo]);
      this.#pinned = false;
      return stretch;
    }
    const low = this.#downwards ? Math.max(this.#low, this.#high - this.#width + 1) : this.#low;
    const high = this.#downwards ? this.#high : Math.min(this.#high, this.#low + this.#width - 1);
    const started = performance.now();
    const stretch = this.#measured(low, high);
    if (stretch === undefined) return { ids: [], keys: [], noisy: [] };
    this.#strikes = 0;
    this.#adapt(performance.now() - started);
    if (this.#downwards) this.#high = low - 1;
    else this.#low = high + 1;
    return stretch;
  }

  /** Undefined when it took too long: then shorter stretches are tried. */
  #measured(low: number, high: number): Stretch | undefined {
    try {
      return this.#run(this.#statement, [low, high]);
    } catch (error) {
      if (!(error instanceof TooSlow)) throw error;
      // Time passes also while other programs have the processor, so that a single row gets more than one chance.
      if (high === low) this.#strikes += 1;
      if (this.#strikes >= limits.regexAttempts) throw error;
      this.#width = Math.max(1, Math.floor((high - low + 1) / 8));
      return undefined;
    }
  }

  #adapt(millis: number): void {
    if (millis < limits.readSliceMillis / 2) this.#width = Math.min(this.#maxWidth, this.#width * 2);
    else if (millis > limits.readSliceMillis * 1.5) this.#width = Math.max(1, this.#width >>> 1);
  }

  #run(statement: StatementSync, range: readonly number[]): Stretch {
    const params: SQLInputValue[] = [...range, ...this.#spec.filter.params];
    const row = this.#heavy.during(this.#spec, () => statement.get(...params)) as Row | undefined;
    if (row === undefined) return { ids: [], keys: [], noisy: [] };
    return {
      ids: JSON.parse(row.ids) as number[],
      keys: JSON.parse(row.keys) as (number | string | null)[],
      noisy: JSON.parse(row.noisy) as number[],
    };
  }
}
