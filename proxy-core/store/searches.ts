import type { DatabaseSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { PairPage, PairQuery } from '../rrpair/shapes.ts';
import type { StoreState } from './counters.ts';
import type { HeavyConditions } from './heavy.ts';
import type { Summaries } from './summaries.ts';
import type { View } from './view.ts';
import { Views } from './views.ts';

interface Waiter {
  view: View;
  /** What the store was when it was asked: the answer shows that, or later. */
  revision: number;
  since: number;
  /** Tries to answer; true when it did. `late` when it has waited long enough. */
  attempt(late: boolean): boolean;
  reject(error: unknown): void;
}

export interface SearchOptions {
  /** Waits for complete lists, however long they take. */
  patient: boolean;
  /** A list that was answered before it was complete has more now. */
  onProgress: () => void;
}

/** Answers requests for lists. It works in slices and lets other requests pass between them. */
export class Searches {
  readonly #database: DatabaseSync;
  readonly #views: Views;
  readonly #summaries: Summaries;
  readonly #options: SearchOptions;
  #waiters: Waiter[] = [];
  /** The list that was answered before it was complete: its search goes on while nobody waits. */
  #unfinished: View | undefined;
  #notifiedAt = 0;
  #scheduled: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(database: DatabaseSync, heavy: HeavyConditions, summaries: Summaries, options: SearchOptions) {
    this.#database = database;
    this.#views = new Views(database, heavy);
    this.#summaries = summaries;
    this.#options = options;
  }

  state(): StoreState {
    return this.#views.state();
  }

  list(query: PairQuery, offset: number, limit: number): Promise<Omit<PairPage, 'revision'>> {
    return this.#wait(query, (view, revision, late) =>
      this.#page(view, revision, { offset, limit: Math.min(limit, limits.pageRows) }, late),
    );
  }

  ids(query: PairQuery): Promise<Float64Array<ArrayBuffer>> {
    return this.#wait(query, (view, revision) => (view.shows >= revision ? view.all() : undefined));
  }

  /** Ends all work; who waits gets the error. */
  stop(error: Error): void {
    clearImmediate(this.#scheduled);
    clearTimeout(this.#timer);
    this.#unfinished = undefined;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #wait<T>(query: PairQuery, answer: (view: View, revision: number, late: boolean) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const view = this.#views.get(query);
      const { revision } = this.#views.state();
      const attempt = (late: boolean): boolean => {
        const value = this.#reading(() => {
          view.sync(this.#views.state());
          return answer(view, revision, late);
        });
        if (value === undefined) return false;
        resolve(value);
        return true;
      };
      this.#waiters.push({ view, revision, since: performance.now(), attempt, reject });
      this.#work();
    });
  }

  /** A page as of one moment: the state, the list and its rows are read in one transaction. */
  #reading<T>(read: () => T): T {
    this.#database.exec('BEGIN');
    try {
      return read();
    } finally {
      if (this.#database.isTransaction) this.#database.exec('COMMIT');
    }
  }

  #page(
    view: View,
    revision: number,
    { offset, limit }: { offset: number; limit: number },
    late: boolean,
  ): Omit<PairPage, 'revision'> | undefined {
    const fresh = view.shows >= revision;
    const counts = this.#counts(view, fresh);
    // Where the counts are known, it is enough to have the rows.
    const enough = fresh || (counts.known && offset + limit <= view.found);
    if (!enough && (this.#options.patient || !(late || view.settled))) return undefined;
    if (!fresh) this.#unfinished = view;
    const rows = this.#summaries.of(view.page(offset, limit));
    return { rows, offset, total: counts.total, hiddenNoise: counts.hiddenNoise, complete: enough };
  }

  #counts(view: View, fresh: boolean): { known: boolean; total: number; hiddenNoise: number } {
    if (fresh || !view.spec.everything || view.spec.sort.by !== 'time') {
      return { known: false, total: view.found, hiddenNoise: view.hiddenNoise };
    }
    const state = this.#views.state();
    const rows = state.rows - state.hiddenRows;
    const noise = state.noise - state.hiddenNoise;
    return { known: true, total: view.spec.hideNoise ? rows - noise : rows, hiddenNoise: view.spec.hideNoise ? noise : 0 };
  }

  #work(): void {
    const now = performance.now();
    this.#waiters = this.#waiters.filter((waiter) => !this.#try(waiter, now));
    const view = this.#next();
    if (view === undefined) return;
    try {
      view.step();
    } catch (error) {
      this.#fail(view, error);
    }
    if (view === this.#unfinished) this.#report(view);
    this.#again();
  }

  /** Whoever waits comes first, then what was answered before its end. */
  #next(): View | undefined {
    const views = this.#waiters.map((waiter) => waiter.view);
    if (this.#unfinished !== undefined) views.push(this.#unfinished);
    return views.find((view) => view.pause === 0) ?? views[0];
  }

  #try(waiter: Waiter, now: number): boolean {
    try {
      return waiter.attempt(now - waiter.since > patienceFor(waiter.view));
    } catch (error) {
      this.#views.drop(waiter.view, error);
      waiter.reject(error);
      return true;
    }
  }

  #fail(view: View, error: unknown): void {
    this.#views.drop(view, error);
    if (this.#unfinished === view) {
      this.#unfinished = undefined;
      // Whoever was given a part of the list asks again, and learns what is wrong.
      this.#options.onProgress();
    }
    const failed = this.#waiters.filter((waiter) => waiter.view === view);
    this.#waiters = this.#waiters.filter((waiter) => waiter.view !== view);
    for (const waiter of failed) waiter.reject(error);
  }

  /** Tells that a list has grown, now and then and when it has ended. */
  #report(view: View): void {
    const ended = view.pause === Number.POSITIVE_INFINITY;
    const now = performance.now();
    if (!ended && (view.settled || now - this.#notifiedAt < limits.searchProgressMillis)) return;
    if (ended) this.#unfinished = undefined;
    this.#notifiedAt = now;
    this.#options.onProgress();
  }

  #again(): void {
    const view = this.#next();
    clearTimeout(this.#timer);
    clearImmediate(this.#scheduled);
    if (view === undefined) return;
    const work = (): void => this.#work();
    if (view.pause > 0 && view.pause < Number.POSITIVE_INFINITY) this.#timer = setTimeout(work, view.pause);
    else this.#scheduled = setImmediate(work);
  }
}

/** A list of everything is soon made, and of it there is nothing to show in part but its first rows. */
function patienceFor({ spec }: View): number {
  return spec.everything && spec.sort.by === 'time' ? limits.everythingPatienceMillis : limits.listPatienceMillis;
}
