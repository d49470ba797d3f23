import type { SqlFilter } from '../filter/to-sql.ts';
import type { Sort } from '../rrpair/shapes.ts';
import type { StoreState } from './counters.ts';

/** What a list shows, and in which order. */
export interface ViewSpec {
  /** Tells it from all others. */
  key: string;
  /** Its condition. */
  filter: SqlFilter;
  /** What the present time was for the condition, Unix epoch ms. */
  madeAt: number;
  /** No condition: its counts are known without searching. */
  everything: boolean;
  hideNoise: boolean;
  sort: Sort;
}

/** A materialised result: ids in order. It is built and kept up to date in short steps, so that other requests get their turn. */
export interface View {
  readonly spec: ViewSpec;
  /** Everything up to this revision of the store is in it; -1 until it has been built once. */
  readonly shows: number;
  /** It may be shown although more has changed since, because to catch up takes longer than is good to wait. */
  readonly settled: boolean;
  readonly bytes: number;
  /** Learns of changes, and takes them in for about a slice of time. */
  sync(state: StoreState): void;
  /** Works for about a slice of time on what the last `sync` told. */
  step(): void;
  /** Time until `step` has something to do, ms; 0 when it has now, `Infinity` when all is done. */
  readonly pause: number;
  /** Rows that are known to be in the list. */
  readonly found: number;
  readonly hiddenNoise: number;
  page(offset: number, limit: number): number[];
  all(): Float64Array<ArrayBuffer>;
}
