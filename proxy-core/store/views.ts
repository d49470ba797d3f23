import type { DatabaseSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { ListQuery } from '../rrpair/shapes.ts';
import { type StoreState, stateReader } from './counters.ts';
import { type HeavyConditions, TooSlow } from './heavy.ts';
import { SortedView } from './sorted-view.ts';
import { TimeView } from './time-view.ts';
import type { View } from './view.ts';
import { viewSpec } from './view-spec.ts';

/** The lists that are kept, the one used last at the end. */
export class Views {
  readonly #database: DatabaseSync;
  readonly #heavy: HeavyConditions;
  readonly #readState: () => StoreState;
  readonly #views = new Map<string, View>();
  readonly #refused = new Map<string, TooSlow>();

  constructor(database: DatabaseSync, heavy: HeavyConditions) {
    this.#database = database;
    this.#heavy = heavy;
    this.#readState = stateReader(database);
  }

  state(): StoreState {
    return this.#readState();
  }

  /** The list for a query. Throws `filter-invalid`. */
  get(query: ListQuery): View {
    const spec = viewSpec(query);
    const refused = this.#refused.get(spec.key);
    if (refused !== undefined) throw refused;
    const known = this.#current(spec.key);
    this.#views.delete(spec.key);
    const state = this.#readState();
    const view =
      known ??
      (spec.sort.by === 'time'
        ? new TimeView(this.#database, this.#heavy, spec, state)
        : new SortedView(this.#database, this.#heavy, spec, state));
    this.#views.set(spec.key, view);
    this.#evict(view);
    return view;
  }

  /** Drops a list that failed. One whose pattern takes too long is not tried again each time somebody looks. */
  drop(view: View, error: unknown): void {
    this.#views.delete(view.spec.key);
    if (!(error instanceof TooSlow)) return;
    this.#refused.set(view.spec.key, error);
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > limits.openViews && oldest !== undefined) this.#refused.delete(oldest);
  }

  /** A condition about the present time is a new one after a while. */
  #current(key: string): View | undefined {
    const view = this.#views.get(key);
    const stale = view?.spec.filter.relative === true && Date.now() - view.spec.madeAt > limits.relativeViewMillis;
    return stale ? undefined : view;
  }

  #evict(current: View): void {
    let bytes = 0;
    for (const view of this.#views.values()) bytes += view.bytes;
    for (const view of this.#views.values()) {
      if (view === current || (this.#views.size <= limits.openViews && bytes <= limits.viewBytes)) return;
      this.#views.delete(view.spec.key);
      bytes -= view.bytes;
    }
  }
}
