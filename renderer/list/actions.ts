import type { Sort } from '../../proxy-core/rrpair/shapes.ts';
import { useEngine } from '../api/engine.ts';
import { announce } from '../design/announce.ts';
import { plural } from '../design/format.ts';
import { ask, dropAnswers, fetchMissing, highestId, refresh } from './loader.ts';
import { beginAnew, keepEnded } from './searching.ts';
import { rowAt, useList } from './store.ts';

const NONE: ReadonlySet<number> = new Set();

/** The list stands still from here on: what comes later is counted, not shown. */
export function standStill(): void {
  if (useList.getState().boundary !== null) return;
  dropAnswers();
  useList.setState({ boundary: highestId(), newer: 0 });
  keepEnded();
  fetchMissing();
}

/** Shows the newest and follows what comes. */
export function follow(): void {
  useList.setState(({ jump }) => ({
    boundary: null,
    paused: false,
    newer: 0,
    selectedIndex: null,
    anchor: null,
    jump: jump + 1,
    problem: '',
  }));
  ask();
}

export function togglePause(): void {
  if (useList.getState().paused) {
    follow();
    announce('The list follows again');
  } else {
    standStill();
    useList.setState({ paused: true });
    announce('The list is paused; capture goes on');
  }
}

interface Question {
  filter?: string;
  noise?: boolean;
  sort?: Sort;
}

export function setQuestion(change: Question): void {
  useList.setState(({ paused, boundary, jump }) => ({
    ...change,
    boundary: paused ? boundary : null,
    newer: 0,
    loading: true,
    problem: '',
    selectedIndex: null,
    anchor: null,
    jump: jump + 1,
  }));
  beginAnew();
  ask();
}

/** Sorts by a column; the second click turns the order round. */
export function sortBy(by: Sort['by']): void {
  const { sort } = useList.getState();
  // Of numbers and times the largest are what is looked for; of names the first.
  const first = by === 'time' || by === 'latency' || by === 'duration' || by === 'size' || by === 'status';
  setQuestion({ sort: { by, descending: sort.by === by ? !sort.descending : first } });
}

/** Selects the row at a position; the list stands still, so that it stays there. */
export function selectIndex(index: number): void {
  const { total } = useList.getState();
  if (total === 0) return;
  const at = Math.min(Math.max(0, index), total - 1);
  standStill();
  useList.setState({ selectedIndex: at, selectedId: rowAt(at)?.id ?? null, anchor: at, picked: NONE });
}

/** Shows a pair that need not be in the list. */
export function selectPair(id: number): void {
  standStill();
  useList.setState({ selectedId: id, selectedIndex: null, anchor: null, picked: NONE });
}

/** Whoever looks at the newest and has nothing selected wants to see what comes. */
export function followIfFree(): void {
  const { atNewest, paused, selectedId, boundary } = useList.getState();
  if (atNewest && !paused && selectedId === null && boundary !== null) follow();
}

export function selectNothing(): void {
  useList.setState({ selectedId: null, selectedIndex: null, anchor: null, picked: NONE });
  followIfFree();
}

/** Keeps the list in step with the engine for as long as the window is open. */
export function startList(): void {
  useEngine.subscribe((now, before) => {
    if (now.client !== before.client && now.client !== null) {
      useList.setState({ problem: '' });
      // The engine may be another one: the same question, asked again, with what is in sight kept until it answers.
      dropAnswers();
      fetchMissing();
      void refresh(true);
    } else if (now.revision !== before.revision) {
      void refresh();
    }
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void refresh(true);
  });
}

export function describeNew(count: number): string {
  return plural(count, 'new pair');
}
