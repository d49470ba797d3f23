import type { ListQuery, PairPage, PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { isAbort, isLost, sentenceOf } from '../api/client.ts';
import { useEngine } from '../api/engine.ts';
import { inSnapshot } from './snapshot.ts';
import { noteSources } from './sources.ts';
import { newestFirst, PAGE_ROWS, pages, useList } from './store.ts';

/** Requests for rows under way at the same time: dragging the bar must not queue up hundreds. */
const MOST_REQUESTS = 4;
/** Rows beyond what is in sight that are fetched ahead. */
const AHEAD_ROWS = 60;
/** Rows of one request for ids. */
const MOST_IDS = 1_000;
/** Shortest time between two refreshes, ms. */
const REFRESH_MILLIS = 150;

/** Rises with every new question. Answers to an older one are dropped. */
let generation = 0;
/** The cache holds answers to the present question. Until it does, the old rows stay in sight. */
let fresh = false;
let sight = { first: 0, end: 0 };
const underWay = new Set<number>();
/** The highest id of the store, where the rows in sight do not tell. */
let newestId = 0;

function question(boundary: number | null): ListQuery & { snapshot?: string } {
  const { filter, noise, sort } = useList.getState();
  return { filter, noise, sort, ...(boundary === null ? {} : { upTo: boundary }), ...inSnapshot() };
}

function take(page: number, { rows, total, hiddenNoise, complete, search }: PairPage): void {
  if (!fresh) pages.clear();
  fresh = true;
  pages.put(page, rows);
  noteSources(rows);
  useList.setState((state) => {
    // The row was selected by its position before it was known.
    const selected = state.selectedIndex !== null && state.selectedId === null ? pages.row(state.selectedIndex) : undefined;
    return {
      total,
      hiddenNoise,
      version: state.version + 1,
      loading: false,
      searching: !complete,
      search: search ?? null,
      problem: '',
      selectedId: selected?.id ?? state.selectedId,
    };
  });
}

async function fetchPage(page: number): Promise<void> {
  const { client } = useEngine.getState();
  if (client === null || underWay.has(page)) return;
  const asked = generation;
  underWay.add(page);
  try {
    const answer = await client.pairs.list({
      ...question(useList.getState().boundary),
      offset: page * PAGE_ROWS,
      limit: PAGE_ROWS,
    });
    if (asked === generation) take(page, answer);
  } catch (error) {
    if (asked === generation && !isAbort(error) && !isLost(error)) {
      useList.setState({ problem: sentenceOf(error), loading: false });
    }
  } finally {
    // A new question emptied the set, and the same page may be under way for it.
    if (asked === generation) underWay.delete(page);
    if (asked === generation) fetchMissing();
  }
}

function pagesInSight(): number[] {
  return pages.pagesOf(sight.first, Math.max(sight.end, sight.first + 1));
}

/** Asks for the pages in and around sight that are not there, those in sight first. */
export function fetchMissing(): void {
  const { total, problem } = useList.getState();
  if (problem !== '') return;
  const inSight = pagesInSight();
  pages.touch(inSight);
  const around = fresh ? pages.pagesOf(sight.first - AHEAD_ROWS, Math.min(total, sight.end + AHEAD_ROWS)) : [];
  for (const page of [...inSight, ...around]) {
    if (underWay.size >= MOST_REQUESTS) return;
    if (!fresh || !pages.has(page)) void fetchPage(page);
  }
}

/** Ids of the rows from one position up to, not including, another. The list has to stand still. */
export async function idsBetween(first: number, end: number): Promise<number[]> {
  const { client } = useEngine.getState();
  const ids: number[] = [];
  for (let at = first; at < end; ) {
    const row = pages.row(at);
    if (row !== undefined && fresh) {
      ids.push(row.id);
      at += 1;
      continue;
    }
    const limit = Math.min(MOST_IDS, end - at);
    const answer = await client?.pairs.list({ ...question(useList.getState().boundary), offset: at, limit });
    if (answer === undefined || answer.rows.length === 0) return ids;
    ids.push(...answer.rows.map((each) => each.id));
    at += answer.rows.length;
  }
  return ids;
}

export function see(first: number, end: number): void {
  sight = { first, end };
  fetchMissing();
}

/** Asks anew, because the question changed. What is in sight stays until the first answer. */
export function ask(): void {
  generation += 1;
  fresh = false;
  underWay.clear();
  sight = { first: 0, end: sight.end - sight.first };
  fetchMissing();
}

/** The question was narrowed without changing what is in sight: answers under way may be of the wider one. */
export function dropAnswers(): void {
  generation += 1;
  underWay.clear();
}

/** The highest id that is in sight or could be: what comes later has a higher one. */
export function highestId(): number {
  let highest = newestId;
  for (const row of pages.page(0) ?? []) highest = Math.max(highest, row.id);
  return highest;
}

async function refreshFollowing(): Promise<void> {
  const { client } = useEngine.getState();
  const inSight = pagesInSight();
  const { sort } = useList.getState();
  await Promise.all(inSight.map(fetchPage));
  // Everything below has moved.
  if (useList.getState().boundary === null) pages.keepOnly(inSight);
  if (client === null || (sort.by === 'time' && sort.descending)) return;
  const newest = await client.pairs.list({ filter: '', noise: true, sort: newestFirst, limit: 1, ...inSnapshot() });
  newestId = newest.rows[0]?.id ?? newestId;
}

async function refreshStanding(boundary: number, all: boolean): Promise<void> {
  const { client } = useEngine.getState();
  if (client === null) return;
  const asked = generation;
  const every = all || useList.getState().searching;
  const stale = pagesInSight().filter((page) => every || (pages.page(page)?.some((row) => row.state === 'open') ?? true));
  await Promise.all(stale.map(fetchPage));
  const live = await client.pairs.list({ ...question(null), limit: 1 });
  if (live.complete && asked === generation && useList.getState().boundary === boundary && !useList.getState().searching) {
    useList.setState(({ total }) => ({ newer: Math.max(0, live.total - total) }));
  }
}

let refreshing = false;
let wanted: 'no' | 'rows' | 'all' = 'no';

/**
 * Fetches what is in sight again, because the store changed. Many calls are one refresh, and a slow engine is asked less often. `all`: also
 * rows that are complete, of which only marks can change.
 */
export async function refresh(all = false): Promise<void> {
  wanted = all || wanted === 'all' ? 'all' : 'rows';
  if (refreshing) return;
  refreshing = true;
  try {
    while (wanted !== 'no' && !document.hidden) {
      const every = wanted === 'all';
      wanted = 'no';
      const started = performance.now();
      const { boundary } = useList.getState();
      await (boundary === null ? refreshFollowing() : refreshStanding(boundary, every));
      const took = performance.now() - started;
      await new Promise((resolve) => {
        setTimeout(resolve, Math.max(REFRESH_MILLIS, took * 2));
      });
    }
  } catch (error) {
    // The connection went away: coming back refreshes.
    console.debug('refresh ended', error);
  } finally {
    refreshing = false;
  }
}

/** A mark changed, and the store will say so too: shown at once. */
export function patchRows(change: (row: PairSummary) => PairSummary): void {
  pages.update(change);
  useList.setState(({ version }) => ({ version: version + 1 }));
}
