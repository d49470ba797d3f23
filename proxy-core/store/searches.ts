import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { limits } from '../limits.ts';
import { failedSql } from '../rrpair/location.ts';
import type { HistogramRange, ListQuery, PairHistogram, PairPage, PairQuery, PathTreeAnswer } from '../rrpair/shapes.ts';
import type { StoreState } from './counters.ts';
import type { HeavyConditions } from './heavy.ts';
import { PathTree } from './path-tree.ts';
import type { Summaries } from './summaries.ts';
import { TimeView } from './time-view.ts';
import type { View } from './view.ts';
import { viewSpec } from './view-spec.ts';
import { Views } from './views.ts';

/** Which rows of a list are asked for. */
interface Wanted {
  offset: number;
  limit: number;
  upTo: number | undefined;
}

/** `known` before the list is complete; `found` are those of them that are in it so far. */
interface Counts {
  known: boolean;
  found: number;
  total: number;
  hiddenNoise: number;
}

interface Waiter {
  view: View;
  /** What the store was when it was asked: the answer shows that, or later. */
  revision: number;
  since: number;
  /** Tries to answer; true when it did. `waited`: for so long, ms. */
  attempt(waited: number): boolean;
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
  /** When somebody asked for it last. */
  #askedAt = 0;
  /** Until then nothing is done that nobody waits for: what was answered is being drawn. */
  #restUntil = 0;
  /** How far to search, by question, where that is not to the end: what was found is answered, and no further is looked. */
  readonly #ends = new Map<string, number>();
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

  list(query: ListQuery, offset: number, limit: number): Promise<Omit<PairPage, 'revision'>> {
    const wanted = { offset, limit: Math.min(limit, limits.pageRows), upTo: query.upTo };
    return this.#wait(query, (view, revision, waited) => this.#page(view, revision, wanted, waited));
  }

  /** All of them, also where a search was ended: this is not for looking. */
  ids(query: PairQuery): Promise<Float64Array<ArrayBuffer>> {
    return this.#wait(query, (view, revision) => {
      this.#ends.delete(view.spec.question);
      return view.shows >= revision ? view.all() : undefined;
    });
  }

  /** Says how far to search for a question, in whatever order: 0 ends it now, 1 lets it go on. Throws `filter-invalid`. */
  setEnd(asked: Pick<PairQuery, 'filter' | 'noise'>, until: number): null {
    const { question } = viewSpec({ ...asked, sort: { by: 'time', descending: true } });
    this.#ends.delete(question);
    if (until < 1) this.#ends.set(question, until);
    const [oldest] = this.#ends.keys();
    if (this.#ends.size > limits.openViews && oldest !== undefined) this.#ends.delete(oldest);
    // Whoever waits gets what there is; whoever has it asks again, and so it goes on.
    this.#work();
    this.#options.onProgress();
    return null;
  }

  #isStopped({ spec, share }: View): boolean {
    const end = this.#ends.get(spec.question);
    return end !== undefined && share >= end;
  }

  /** Counts the pairs of a query by time, whatever it is sorted by. */
  histogram(query: PairQuery, range: HistogramRange): Promise<PairHistogram> {
    // The direction in which a list by time is shown does not matter here, and the one on the screen is there already.
    const sort = query.sort.by === 'time' ? query.sort : { by: 'time' as const, descending: true };
    return this.#wait({ ...query, sort }, (view, revision, waited) => {
      const complete = view.shows >= revision;
      if (!(view instanceof TimeView) || !(complete || (isLate(view, waited) && !this.#options.patient))) return undefined;
      if (!complete) this.#leave(view);
      return { ...view.histogram(range), complete };
    });
  }

  /** The newest pairs that a query finds, whatever it is sorted by. Like a list, it may be answered before it is complete. */
  newest(query: PairQuery, count: number): Promise<{ ids: number[]; total: number; complete: boolean }> {
    const sort = { by: 'time', descending: true } as const;
    return this.#wait({ ...query, sort }, (view, revision, waited) => {
      const done = view.shows >= revision;
      if (!done && (this.#options.patient || !isLate(view, waited))) return undefined;
      if (!done) this.#leave(view);
      return { ids: view.page(0, count), total: view.counts().found, complete: done };
    });
  }

  /** Counts the newest pairs of a query by host and path. */
  async paths(query: PairQuery): Promise<PathTreeAnswer> {
    const { ids, total, complete } = await this.newest(query, limits.treePairs);
    const statement = this.#database.prepare(`SELECT host, location, ${failedSql} AS failed, latency FROM pair WHERE id = ?`);
    const tree = new PathTree(limits.treeNodes);
    let until = performance.now() + limits.readSliceMillis;
    for (const id of ids) {
      const row = statement.get(id);
      if (row === undefined) continue;
      const latency = row['latency'];
      tree.add(String(row['host']), String(row['location']), row['failed'] === 1, latency === null ? null : Number(latency));
      if (performance.now() < until) continue;
      await othersTurn();
      until = performance.now() + limits.readSliceMillis;
    }
    return { nodes: tree.nodes(), counted: ids.length, total, complete };
  }

  /** Ends all work; who waits gets the error. */
  stop(error: Error): void {
    clearImmediate(this.#scheduled);
    clearTimeout(this.#timer);
    this.#unfinished = undefined;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #wait<T>(query: ListQuery, answer: (view: View, revision: number, waited: number) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const view = this.#views.get(query);
      const { revision } = this.#views.state();
      const attempt = (waited: number): boolean => {
        const value = this.#reading(() => {
          view.sync(this.#views.state());
          return answer(view, revision, this.#isStopped(view) ? Number.POSITIVE_INFINITY : waited);
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

  #page(view: View, revision: number, { offset, limit, upTo }: Wanted, waited: number): Omit<PairPage, 'revision'> | undefined {
    const fresh = view.shows >= revision;
    const counts = this.#counts(view, fresh, upTo);
    // The first rows stay the first, whatever is found behind them.
    const final = view.isFinal(offset + limit, revision, upTo);
    // Where the counts are known, it is enough to have the rows.
    const enough = fresh || (counts.known && final);
    const late = isLate(view, waited) || view.settled || (final && waited > limits.firstRowsPatienceMillis);
    if (!enough && (this.#options.patient || !late)) return undefined;
    if (!fresh) this.#leave(view);
    if (!fresh && enough) this.#restUntil = performance.now() + limits.firstRowsRestMillis;
    const rows = this.#summaries.of(view.page(offset, limit, upTo));
    const { total, hiddenNoise } = counts;
    const search = enough ? {} : { search: { share: view.share, stopped: this.#isStopped(view) } };
    return { rows, offset, total, hiddenNoise, complete: enough, ...search };
  }

  /** Goes on with a list that was answered before it was complete, unless somebody has ended that. */
  #leave(view: View): void {
    if (this.#isStopped(view)) return;
    this.#unfinished = view;
    this.#askedAt = performance.now();
  }

  #counts(view: View, fresh: boolean, upTo: number | undefined): Counts {
    const { found, hiddenNoise } = view.counts(upTo);
    const { everything, sort, hideNoise } = view.spec;
    // What is above the bound is known only to a list by time that begins there; another with a bound is not one of everything.
    const known = !fresh && !view.settled && everything && (sort.by !== 'time' || upTo === undefined || sort.descending);
    if (!known) return { known, found, total: found, hiddenNoise };
    const state = this.#views.state();
    const seen = view.counts();
    const noise = state.noise - state.hiddenNoise;
    const rows = state.rows - state.hiddenRows - (hideNoise ? noise : 0);
    return {
      known,
      found,
      total: rows - (seen.found - found),
      hiddenNoise: hideNoise ? noise - (seen.hiddenNoise - hiddenNoise) : 0,
    };
  }

  #work(): void {
    const now = performance.now();
    const waiting = this.#waiters.length;
    this.#waiters = this.#waiters.filter((waiter) => !this.#try(waiter, now));
    // An answer leaves when this turn ends.
    if (this.#waiters.length < waiting) {
      this.#again();
      return;
    }
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
    if (this.#unfinished !== undefined && this.#isStopped(this.#unfinished)) this.#unfinished = undefined;
    if (this.#unfinished !== undefined && !this.#rests()) views.push(this.#unfinished);
    return views.find((view) => view.pause === 0) ?? views[0];
  }

  #rests(): boolean {
    return performance.now() < this.#restUntil;
  }

  #try(waiter: Waiter, now: number): boolean {
    try {
      return waiter.attempt(now - waiter.since);
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
    const ended = view.pause === Number.POSITIVE_INFINITY || this.#isStopped(view);
    const now = performance.now();
    if (!ended && (view.settled || now - this.#notifiedAt < limits.searchProgressMillis)) return;
    // Whoever looks at it asks again at every notice. It goes on when somebody does.
    const left = !ended && now - this.#askedAt > limits.searchLeftMillis;
    if (ended || left) this.#unfinished = undefined;
    if (left) return;
    this.#notifiedAt = now;
    this.#options.onProgress();
  }

  #again(): void {
    const view = this.#next();
    clearTimeout(this.#timer);
    clearImmediate(this.#scheduled);
    const rest = this.#unfinished !== undefined && this.#rests() ? this.#restUntil - performance.now() : Number.POSITIVE_INFINITY;
    const pause = Math.min(view?.pause ?? Number.POSITIVE_INFINITY, rest);
    const work = (): void => this.#work();
    if (view !== undefined && (view.pause === 0 || pause === Number.POSITIVE_INFINITY)) this.#scheduled = setImmediate(work);
    else if (pause < Number.POSITIVE_INFINITY) this.#timer = setTimeout(work, pause);
  }
}

/** A list of everything is soon made, and of it there is nothing to show in part but its first rows. */
function isLate({ spec }: View, waited: number): boolean {
  return waited > (spec.everything && spec.sort.by === 'time' ? limits.everythingPatienceMillis : limits.listPatienceMillis);
}
