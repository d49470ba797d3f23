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
  /** Of each id. */
  keys: (number | string | null)[];
  noisy: number[];
}

interface Row {
  ids: string;
  keys: string;
  noisy: string;
}

export interface First {
  rows: number;
  descending: boolean;
  /** Key before which a row has to come from now on; null for every row. */
  bound: () => number | string | null;
}

export interface ScanOptions {
  /** SQL of what the view sorts by, or of what else is wanted of each row. */
  key: string;
  /** Of each stretch, only what comes first by the key, and nothing of noise. */
  first?: First;
  downwards: boolean;
  maxWidth: number;
}

type Select = (range: string) => string;

function allOf({ filter, hideNoise }: ViewSpec, key: string): Select {
  const shown = `FILTER (WHERE ${hideNoise ? 'noise = 0' : '1'})`;
  const columns = `json_group_array(id) ${shown} AS ids, json_group_array(${key}) ${shown} AS keys,
    json_group_array(id) FILTER (WHERE ${hideNoise ? 'noise = 1' : '0'}) AS noisy`;
  return (range) => `SELECT ${columns} FROM pair WHERE ${range} AND (${filter.where})`;
}

/** The bound comes twice, after the filter's own parameters. With it, few of the rows are sorted at all. */
function firstOf({ filter, hideNoise }: ViewSpec, key: string, { rows, descending }: First): Select {
  const direction = descending ? 'DESC' : 'ASC';
  return (range) => `SELECT json_group_array(id) AS ids, json_group_array(key) AS keys, '[]' AS noisy FROM (
    SELECT id, ${key} AS key FROM pair
    WHERE ${range} AND (${filter.where}) ${hideNoise ? 'AND noise = 0' : ''} AND (? IS NULL OR ${key} ${descending ? '>' : '<'} ?)
    ORDER BY key IS NULL, key ${direction}, id ${direction} LIMIT ${String(rows)})`;
}

/**
 * Goes once through what a filter may find of the table, a stretch of ids after the other, from the newest to the oldest or the other way round. Stretches
 * adapt, so that each takes about the slice of time. What is at or below the watermark is hidden but for the pins, which come in one go.
 */
export class Scan {
  readonly #statement: StatementSync;
  readonly #pinnedStatement: StatementSync;
  readonly #spec: ViewSpec;
  readonly #heavy: HeavyConditions;
  readonly #hiddenTo: number;
  readonly #maxWidth: number;
  readonly #first: First | undefined;
  /** Ids from here to there are still to be looked at. */
  #low: number;
  #high: number;
  readonly #span: number;
  #pinned: boolean;
  #width: number;
  #strikes = 0;
  readonly #downwards: boolean;

  constructor(database: DatabaseSync, heavy: HeavyConditions, spec: ViewSpec, state: StoreState, options: ScanOptions) {
    const select = options.first === undefined ? allOf(spec, options.key) : firstOf(spec, options.key, options.first);
    this.#statement = database.prepare(select('id BETWEEN ? AND ?'));
    this.#pinnedStatement = database.prepare(select('pinned = 1 AND id <= ?'));
    const lowest = Number(database.prepare('SELECT min(id) AS id FROM pair').get()?.['id'] ?? 0);
    this.#spec = spec;
    this.#first = options.first;
    this.#heavy = heavy;
    this.#hiddenTo = state.hiddenTo;
    this.#low = Math.max(lowest, state.hiddenTo + 1, spec.filter.ids.low);
    this.#high = Math.min(state.lastId, spec.filter.ids.high);
    this.#span = Math.max(1, this.#high - this.#low + 1);
    this.#pinned = state.hiddenTo > 0;
    this.#downwards = options.downwards;
    this.#maxWidth = options.maxWidth;
    this.#width = spec.filter.heavy.length > 0 ? 64 : 4_096;
  }

  get done(): boolean {
    return this.#low > this.#high && !this.#pinned;
  }

  /** How much has been looked at, 0 to 1. */
  get share(): number {
    return 1 - Math.max(0, this.#high - this.#low + 1) / this.#span;
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
    if (this.#first !== undefined) params.push(this.#first.bound(), this.#first.bound());
    const row = this.#heavy.during(this.#spec, () => statement.get(...params)) as Row | undefined;
    if (row === undefined) return { ids: [], keys: [], noisy: [] };
    return {
      ids: JSON.parse(row.ids) as number[],
      keys: JSON.parse(row.keys) as (number | string | null)[],
      noisy: JSON.parse(row.noisy) as number[],
    };
  }
}
