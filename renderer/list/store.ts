import { create } from 'zustand';
import type { PairPage, PairSummary, Sort } from '../../proxy-core/rrpair/shapes.ts';
import { PageCache } from './pageCache.ts';

/** Rows of one request for rows. */
export const PAGE_ROWS = 100;
/** Pages in memory: 4,000 rows, whatever the store holds. */
const MOST_PAGES = 40;

export const newestFirst: Sort = { by: 'time', descending: true };

export interface ListState {
  /** The snapshot whose pairs are shown, for reading only; null for what is stored. */
  snapshot: { id: string; name: string } | null;
  /** The filter in force (checked), not what is being typed. */
  filter: string;
  noise: boolean;
  sort: Sort;
  /** The highest id shown while the list stands still; null while it follows what comes. */
  boundary: number | null;
  paused: boolean;
  total: number;
  hiddenNoise: number;
  /** Pairs that match and came since the list stands still. */
  newer: number;
  /** Rises when rows in the cache changed. */
  version: number;
  /** The first answer to a new question has not come yet. */
  loading: boolean;
  /** There may be more that matches. */
  searching: boolean;
  /** How far the engine has looked, and whether that was ended; null when it is through. */
  search: PairPage['search'] | null;
  /** The search was ended here, also while as much is looked through again because the list stands still. */
  searchEnded: boolean;
  /** Why there is no answer, as a sentence; empty when there is. */
  problem: string;
  selectedId: number | null;
  /** The selected row's position; null when it is not known in the present order. */
  selectedIndex: number | null;
  /** Ids of the rows that were picked to do something with all of them; empty while only one is selected. */
  picked: ReadonlySet<number>;
  /** Position from which a range is picked. */
  anchor: number | null;
  /** The newest rows are in sight, so that the list follows unless something holds it. */
  atNewest: boolean;
  /** Rises when the list shall be scrolled to where the newest are. */
  jump: number;
}

export const useList = create<ListState>(() => ({
  snapshot: null,
  filter: '',
  noise: false,
  sort: newestFirst,
  boundary: null,
  paused: false,
  total: 0,
  hiddenNoise: 0,
  newer: 0,
  version: 0,
  loading: true,
  searching: false,
  search: null,
  searchEnded: false,
  problem: '',
  selectedId: null,
  selectedIndex: null,
  picked: new Set(),
  anchor: null,
  atNewest: true,
  jump: 0,
}));

/** The rows around what is in sight. Beside the store, because rows change without being replaced; `version` tells when. */
export const pages = new PageCache<PairSummary>(PAGE_ROWS, MOST_PAGES);

export function rowAt(index: number): PairSummary | undefined {
  return pages.row(index);
}
