import type { DatabaseSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { Sort } from '../rrpair/shapes.ts';
import type { StoreState } from './counters.ts';
import type { HeavyConditions } from './heavy.ts';
import { KeyedRows } from './keyed-rows.ts';

import { Scan } from './scan.ts';
import type { View, ViewSpec } from './view.ts';

/** Widest stretch of ids of one step. */
const WIDEST = 16_384;

/** What each column sorts by. */
const keys: Readonly<Record<Exclude<Sort['by'], 'time'>, string>> = {
  direction: 'outbound',
  technology: 'lower(technologies)',
  command: 'lower(command)',
  host: 'lower(host)',
  location: 'lower(location)',
  status: 'status',
  latency: 'latency',
  duration: 'duration',
  size: 'request_bytes + response_bytes',
};

/**
 * A list in another order than that of time. It is made as a whole, and made anew when pairs have changed, though not all the time: until
 * then the one before is shown, and before there is one, what would come first of the pairs seen so far.
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
  #making: Generator<undefined, undefined> | undefined;
  #rows: KeyedRows | undefined;

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

  get found(): number {
    return this.settled ? this.#ids.length : (this.#rows?.count ?? 0);
  }

  get hiddenNoise(): number {
    return this.#hiddenNoise;
  }

  sync(state: StoreState): void {
    if (state.epoch !== this.#state.epoch) {
      this.#making = undefined;
      this.#rows = undefined;
    }
    this.#state = state;
  }

  step(): void {
    if (this.pause > 0) return;
    this.#making ??= this.#make();
    const until = performance.now() + limits.readSliceMillis;
    do {
      if (this.#making.next().done === true) {
        this.#making = undefined;
        return;
      }
    } while (performance.now() < until);
  }

  page(offset: number, limit: number): number[] {
    if (this.settled) return Array.from(this.#ids.subarray(offset, offset + limit));
    return offset + limit <= limits.pageRows ? (this.#rows?.first(offset + limit).slice(offset) ?? []) : [];
  }

  all(): Float64Array<ArrayBuffer> {
    return this.#ids.slice();
  }

  /** Sorting all over again takes at most a tenth of the time. */
  #nextAt(): number {
    return this.#madeAt + Math.max(limits.viewRebuildMillis, this.#millis * 10);
  }

  *#make(): Generator<undefined, undefined> {
    const started = performance.now();
    const state = this.#state;
    const { by, descending } = this.spec.sort;
    if (by === 'time') throw new Error('a list by time is not sorted');
    const options = { key: keys[by], downwards: false, maxWidth: WIDEST };
    const scan = new Scan(this.#database, this.#heavy, this.spec, state, options);
    const rows = new KeyedRows(descending);
    this.#rows = rows;
    let noisy = 0;
    while (!scan.done) {
      const stretch = scan.next();
      noisy += stretch.noisy.length;
      rows.add(stretch.ids, stretch.keys);
      yield;
    }
    this.#ids = yield* rows.sorted();
    this.#rows = undefined;
    this.#hiddenNoise = noisy;
    this.#revision = state.revision;
    this.#epoch = state.epoch;
    this.#madeAt = performance.now();
    this.#millis = this.#madeAt - started;
  }
}
