import type { DatabaseSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { Sort } from '../rrpair/shapes.ts';
import type { StoreState } from './counters.ts';
import { FirstRows } from './first-rows.ts';
import type { HeavyConditions } from './heavy.ts';
import { KeyedRows, TEXT_CHARS } from './keyed-rows.ts';
import { Scan, type ScanOptions } from './scan.ts';
import type { View, ViewSpec } from './view.ts';

/** Widest stretch of ids of one step. */
const WIDEST = 16_384;

/** What each column sorts by. */
const keys: Readonly<Record<Exclude<Sort['by'], 'time'>, string>> = {
  direction: 'outbound',
  source: 'lower(source)',
  protocol: 'protocol',
  technology: 'lower(technologies)',
  command: 'lower(command)',
  host: 'lower(host)',
  location: 'lower(location)',
  status: 'status',
  latency: 'latency',
  duration: 'duration',
  size: 'request_bytes + response_bytes',
};

/** Texts are sorted by their first characters. */
const textKeys: ReadonlySet<Sort['by']> = new Set(['source', 'protocol', 'technology', 'command', 'host', 'location']);

/** The making of a list rests between two parts; at `first-rows` what comes first is known, and whoever waits for that is to have it. */
type Making = Generator<'first-rows' | undefined, undefined>;

/**
 * A list in another order than that of time. It is made as a whole, and made anew when pairs have changed, though not all the time: until
 * then the one before is shown, and before there is one, what would come first of the pairs seen so far. Of a list of all pairs what comes
 * first is found before the rest is put in order: that is what somebody waits for.
 */
export class SortedView implements View {
  readonly spec: ViewSpec;
  readonly #database: DatabaseSync;
  readonly #heavy: HeavyConditions;
  #state: StoreState;
  #ids = new Float64Array(0);
  #hiddenNoise = 0;
  /** The revision that the list shows; -1 before the first is made. */
  #revision = -1;
  #epoch = -1;
  #madeAt = 0;
  #millis = 0;
  #making: Making | undefined;
  #first: FirstRows | undefined;
  /** The revision that the first rows are of, when all pairs were looked at; -1 before. */
  #firstOf = -1;
  #rows: KeyedRows | undefined;
  #scan: Scan | undefined;

  constructor(database: DatabaseSync, heavy: HeavyConditions, spec: ViewSpec, state: StoreState) {
    this.spec = spec;
    this.#database = database;
    this.#heavy = heavy;
    this.#state = state;
  }

  get shows(): number {
    return this.#revision;
  }

  get settled(): boolean {
    return this.#epoch === this.#state.epoch;
  }

  get pause(): number {
    if (this.#making === undefined && this.#revision >= this.#state.revision) return Number.POSITIVE_INFINITY;
    return this.#making !== undefined || !this.settled ? 0 : Math.max(0, this.#nextAt() - performance.now());
  }

  get bytes(): number {
    return this.#ids.byteLength;
  }

  get share(): number {
    return this.#scan?.share ?? 0;
  }

  counts(): { found: number; hiddenNoise: number } {
    return { found: this.settled ? this.#ids.length : (this.#rows?.count ?? 0), hiddenNoise: this.#hiddenNoise };
  }

  sync(state: StoreState): void {
    if (state.epoch !== this.#state.epoch) {
      this.#making = undefined;
      this.#rows = undefined;
      this.#first = undefined;
      this.#firstOf = -1;
    }
    this.#state = state;
  }

  step(): void {
    if (this.pause > 0) return;
    const making = (this.#making ??= this.#make());
    const until = performance.now() + limits.readSliceMillis;
    do {
      const { done, value } = making.next();
      if (done === true) this.#making = undefined;
      if (done === true || value === 'first-rows') return;
    } while (performance.now() < until);
  }

  isFinal(rows: number, revision: number): boolean {
    return rows <= limits.firstRows && this.#firstOf >= revision;
  }

  page(offset: number, limit: number): number[] {
    if (this.settled) return Array.from(this.#ids.subarray(offset, offset + limit));
    if (this.#first !== undefined) return this.#first.ids(offset, limit);
    return offset + limit <= limits.pageRows ? (this.#rows?.first(offset + limit).slice(offset) ?? []) : [];
  }

  all(): Float64Array<ArrayBuffer> {
    return this.#ids.slice();
  }

  /** Sorting all over again takes at most a tenth of the time. */
  #nextAt(): number {
    return this.#madeAt + Math.max(limits.viewRebuildMillis, this.#millis * 10);
  }

  *#make(): Making {
    const started = performance.now();
    const state = this.#state;
    const { by, descending } = this.spec.sort;
    if (by === 'time') throw new Error('a list by time is not sorted');
    const options = { key: keys[by], downwards: false, maxWidth: WIDEST };
    if (this.spec.everything && !this.settled) yield* this.#findFirst(state, options);
    const scan = new Scan(this.#database, this.#heavy, this.spec, state, options);
    const rows = new KeyedRows(descending);
    this.#rows = rows;
    this.#scan = scan;
    let noisy = 0;
    while (!scan.done) {
      const stretch = scan.next();
      noisy += stretch.noisy.length;
      rows.add(stretch.ids, stretch.keys);
      yield;
    }
    this.#ids = yield* rows.sorted();
    this.#rows = undefined;
    this.#first = undefined;
    this.#firstOf = -1;
    this.#scan = undefined;
    this.#hiddenNoise = noisy;
    this.#revision = state.revision;
    this.#epoch = state.epoch;
    this.#madeAt = performance.now();
    this.#millis = this.#madeAt - started;
  }

  *#findFirst(state: StoreState, options: ScanOptions): Making {
    const { by, descending } = this.spec.sort;
    const key = textKeys.has(by) ? `substr(${options.key}, 1, ${String(TEXT_CHARS)})` : options.key;
    const first = new FirstRows(limits.firstRows, descending);
    const scan = new Scan(this.#database, this.#heavy, this.spec, state, {
      ...options,
      key,
      // Of equal rows the first are then seen first, so that the others are beyond the bound.
      downwards: descending,
      first: { rows: limits.firstRows, descending, bound: () => first.bound },
    });
    this.#first = first;
    this.#scan = scan;
    while (!scan.done) {
      const { ids, keys: found } = scan.next();
      first.add(ids, found);
      yield;
    }
    this.#firstOf = state.revision;
    yield 'first-rows';
  }
}
