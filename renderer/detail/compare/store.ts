import { create } from 'zustand';
import { announce } from '../../design/announce.ts';
import { selectNothing, selectPair } from '../../list/actions.ts';
import { inSnapshot } from '../../list/snapshot.ts';
import { useList } from '../../list/store.ts';
import { openDetail, useDetail } from '../store.ts';

export interface ComparedPair {
  id: number;
  /** Id or name of the snapshot that it stands in; without it the store is meant. */
  snapshot?: string;
}

export interface Comparison {
  before: ComparedPair;
  after: ComparedPair;
}

interface CompareState {
  /** Shown in place of a pair's details. */
  shown: Comparison | null;
  /** The pair that waits for another one to be chosen in the list. */
  waiting: number | null;
}

export const useCompare = create<CompareState>(() => ({ shown: null, waiting: null }));

/** Puts two pairs beside each other where details are shown. Called with two chosen rows, the older one first. */
export function comparePairs(before: number | ComparedPair, after: number | ComparedPair): void {
  const pairOf = (pair: number | ComparedPair): ComparedPair => (typeof pair === 'number' ? { id: pair, ...inSnapshot() } : pair);
  useCompare.setState({ shown: { before: pairOf(before), after: pairOf(after) }, waiting: null });
  useDetail.setState({ open: true });
  announce('Comparing');
}

/** The next pair that is selected in the list is compared with this one. */
export function waitForOther(id: number): void {
  useCompare.setState({ waiting: id, shown: null });
  announce('Select the pair to compare with in the list');
  document.getElementById('pairs')?.focus();
}

export function stopComparing(): void {
  useCompare.setState({ shown: null, waiting: null });
}

/** Back to one of the pairs. */
export function leaveFor({ id, snapshot }: ComparedPair): void {
  stopComparing();
  if (snapshot === undefined) selectPair(id);
  openDetail();
}

/** Leaves the comparison; where no pair was selected, nothing stays open. */
export function closeComparison(): void {
  stopComparing();
  if (useList.getState().selectedId === null) {
    useDetail.setState({ open: false });
    selectNothing();
  }
}

/** A row that is selected ends a comparison, or is what another pair waited for. */
export function startCompare(): void {
  useList.subscribe((now, before) => {
    if (now.selectedId === before.selectedId || now.selectedId === null) return;
    const { waiting, shown } = useCompare.getState();
    if (waiting !== null) {
      if (waiting !== now.selectedId) comparePairs(waiting, now.selectedId);
    } else if (shown !== null) {
      stopComparing();
    }
  });
  useDetail.subscribe((now, before) => {
    if (before.open && !now.open) stopComparing();
  });
}
