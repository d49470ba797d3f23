import type { SqlFilter } from '../filter/to-sql.ts';
import type { Sort } from '../rrpair/shapes.ts';
import type { StoreState } from './counters.ts';

/** What a list shows, and in which order. */
export interface ViewSpec {
  /** Tells it from all others. */
  key: string;
  /** Tells what it asks for, in whatever order. */
  question: string;
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
  /** How much of the store has been looked through, 0 to 1. */
  readonly share: number;
  /** Rows that are known to be in the list, and that would be if noise were shown; of a list by time no pair above `upTo`. */
  counts(upTo?: number): { found: number; hiddenNoise: number };
  /** Whether the first `rows` rows (of a list by time none above `upTo`) are those of the whole list as it was at this revision, or is by now. */
  isFinal(rows: number, revision: number, upTo?: number): boolean;
  page(offset: number, limit: number, upTo?: number): number[];
  all(): Float64Array<ArrayBuffer>;
}
