import { create } from 'zustand';
import type { PairSummary, Sort } from '../../proxy-core/rrpair/shapes.ts';
import { PageCache } from './pageCache.ts';

/** Rows of one request for rows. */
export const PAGE_ROWS = 100;
/** Pages in memory: 4,000 rows, whatever the store holds. */
const MOST_PAGES = 40;

export const newestFirst: Sort = { by: 'time', descending: true };

export interface ListState {
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
  /** The engine is still looking for more that matches. */
  searching: boolean;
  /** Why there is no answer, as a sentence; empty when there is. */
  problem: string;
  selectedId: number | null;
  /** The selected row's position; null when it is not known in the present order. */
  selectedIndex: number | null;
  /** The newest rows are in sight, so that the list follows unless something holds it. */
  atNewest: boolean;
  /** Rises when the list shall be scrolled to where the newest are. */
  jump: number;
}

export const useList = create<ListState>(() => ({
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
  problem: '',
  selectedId: null,
  selectedIndex: null,
  atNewest: true,
  jump: 0,
}));

/** The rows around what is in sight. Beside the store, because rows change without being replaced; `version` tells when. */
export const pages = new PageCache<PairSummary>(PAGE_ROWS, MOST_PAGES);

export function rowAt(index: number): PairSummary | undefined {
  return pages.row(index);
}
