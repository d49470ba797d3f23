import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { HistogramRange, PairHistogram } from '../rrpair/shapes.ts';
import type { StoreState } from './counters.ts';
import type { HeavyConditions } from './heavy.ts';
import { FactPacker, factSql, histogramOf } from './histogram.ts';
import { IdList } from './id-list.ts';
import { Scan, visible } from './scan.ts';
import type { View, ViewSpec } from './view.ts';

/** Widest stretch of ids that one step of a scan looks at. */
const WIDEST = 65_536;

/**
 * A list in the order of time, which is the order of ids. It is searched once, beginning with what is shown first; after that only rows
 * that changed are looked at again.
 */
export class TimeView implements View {
  readonly spec: ViewSpec;
  readonly #database: DatabaseSync;
  readonly #heavy: HeavyConditions;
  readonly #changed: StatementSync;
  /** What deletions have left where they have been: pinned rows and latecomers, so not many. */
  readonly #left: StatementSync;
  /** With what the histogram needs. */
  #shown = new IdList();
  readonly #facts = new FactPacker();
  #noisy = new IdList();
  #scan: Scan;
  #state: StoreState;
  /** Changes are taken in up to here: all of earlier revisions, and of this one up to the id. */
  #revision: number;
  #id = Number.MAX_SAFE_INTEGER;

  constructor(database: DatabaseSync, heavy: HeavyConditions, spec: ViewSpec, state: StoreState) {
    this.spec = spec;
    this.#database = database;
    this.#heavy = heavy;
    this.#changed = database.prepare(
      `SELECT id, revision, noise, (${visible} AND (${spec.filter.where})) AS hit, ${factSql} AS fact FROM pair INDEXED BY pair_revision
        WHERE revision >= ? AND revision <= ? AND (revision > ? OR id > ?) ORDER BY revision, id`,
    );
    this.#left = database.prepare('SELECT id FROM pair WHERE id <= ?');
    this.#state = state;
    this.#revision = state.revision;
    this.#scan = this.#newScan(state);
  }

  get shows(): number {
    if (!this.#scan.done) return -1;
    return this.#id === Number.MAX_SAFE_INTEGER ? this.#revision : this.#revision - 1;
  }

  readonly settled = false;

  get pause(): number {
    return this.shows < this.#state.revision ? 0 : Number.POSITIVE_INFINITY;
  }

  get bytes(): number {
    return this.#shown.bytes + this.#noisy.bytes;
  }

  get share(): number {
    return this.#scan.share;
  }

  counts(upTo = Number.POSITIVE_INFINITY): { found: number; hiddenNoise: number } {
    return { found: this.#shown.countUpTo(upTo), hiddenNoise: this.#noisy.countUpTo(upTo) };
  }

  sync(state: StoreState): void {
    if (state.epoch !== this.#state.epoch || state.revision < this.#revision) {
      this.#shown = new IdList();
      this.#noisy = new IdList();
      this.#scan = this.#newScan(state);
      this.#revision = state.revision;
      this.#id = Number.MAX_SAFE_INTEGER;
    } else if (state.deletedAt > this.#state.deletedAt) {
      const kept = new Set(this.#left.all(state.deletedTo).map((row) => Number(row['id'])));
      this.#shown.removeUpTo(state.deletedTo, kept);
      this.#noisy.removeUpTo(state.deletedTo, kept);
    }
    this.#state = state;
    if (!this.#caughtUp) this.#takeChanges();
  }

  step(): void {
    if (!this.#caughtUp) this.#takeChanges();
    else if (!this.#scan.done) this.#takeStretch();
  }

  get #caughtUp(): boolean {
    return this.#revision >= this.#state.revision && this.#id === Number.MAX_SAFE_INTEGER;
  }

  isFinal(rows: number, _revision: number, upTo?: number): boolean {
    return rows <= this.counts(upTo).found;
  }

  page(offset: number, limit: number, upTo = Number.POSITIVE_INFINITY): number[] {
    const { length } = this.#shown;
    const count = this.#shown.countUpTo(upTo);
    if (this.spec.sort.descending) return this.#shown.page(length - count + offset, limit, true);
    return this.#shown.page(offset, Math.max(0, Math.min(limit, count - offset)), false);
  }

  all(): Float64Array<ArrayBuffer> {
    return this.#shown.all(this.spec.sort.descending);
  }

  /** The list's pairs, as far as they are known, by time. */
  histogram(range: HistogramRange): Omit<PairHistogram, 'complete'> {
    return histogramOf(this.#shown, this.#facts.base, range);
  }

  #newScan(state: StoreState): Scan {
    return new Scan(this.#database, this.#heavy, this.spec, state, {
      key: factSql,
      downwards: this.spec.sort.descending,
      maxWidth: WIDEST,
    });
  }

  #takeStretch(): void {
    const { ids, keys, noisy } = this.#scan.next();
    const facts = keys.map((key) => this.#facts.pack(Number(key)));
    merge(this.#shown, ids, facts);
    merge(this.#noisy, noisy, []);
  }

  /** Looks again at rows that changed, for about a slice of time. */
  #takeChanges(): void {
    const until = performance.now() + limits.readSliceMillis;
    const { revision, hiddenTo } = this.#state;
    const params = [hiddenTo, ...this.spec.filter.params, this.#revision, revision, this.#revision, this.#id];
    const ended = this.#heavy.during(this.spec, () => {
      for (const row of this.#changed.iterate(...params)) {
        const id = Number(row['id']);
        if (!this.#scan.isAhead(id)) {
          this.#place(id, row['hit'] === 1, this.spec.hideNoise && row['noise'] === 1, Number(row['fact']));
        }
        this.#revision = Number(row['revision']);
        this.#id = id;
        if (performance.now() > until) return false;
      }
      return true;
    });
    if (!ended) return;
    this.#revision = revision;
    this.#id = Number.MAX_SAFE_INTEGER;
  }

  #place(id: number, hit: boolean, noisy: boolean, fact: number): void {
    if (hit && !noisy) this.#shown.add(id, this.#facts.pack(fact));
    else this.#shown.remove(id);
    if (hit && noisy) this.#noisy.add(id);
    else this.#noisy.remove(id);
  }
}

/** Adds a stretch at the end where it belongs; only after changes that overtook the scan is that neither of the two. */
function merge(list: IdList, ids: readonly number[], facts: readonly number[]): void {
  const [first] = ids;
  const last = ids.at(-1);
  if (first === undefined || last === undefined) return;
  const front = list.at(0);
  const back = list.at(list.length - 1);
  if (front === undefined || back === undefined || first > back) list.append(ids, facts);
  else if (last < front) list.prepend(ids, facts);
  else for (const [index, id] of ids.entries()) list.add(id, facts[index]);
}
