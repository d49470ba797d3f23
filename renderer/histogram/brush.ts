import type { PairHistogram } from '../../proxy-core/rrpair/shapes.ts';
import { announce } from '../design/announce.ts';
import { applyFilter } from '../filter/actions.ts';
import { replaced } from '../filter/conditions.ts';
import { useList } from '../list/store.ts';
import { isTime, timeTerm } from './time.ts';

/** Bars from one to another, both included, in any order. */
export interface Brush {
  from: number;
  to: number;
}

export function ordered({ from, to }: Brush): [number, number] {
  return from <= to ? [from, to] : [to, from];
}

/** Shows only what began in these bars. */
export function applyBrush({ from: start, barMs }: PairHistogram, brush: Brush): void {
  const [first, last] = ordered(brush);
  const term = timeTerm(start + first * barMs, start + (last + 1) * barMs, barMs);
  void applyFilter(replaced(useList.getState().filter, isTime, term));
  announce(`Showing only ${term.replace('time:', '').replace('..', ' to ')}`);
}

/** Shows all times again. */
export function clearBrush(): void {
  void applyFilter(replaced(useList.getState().filter, isTime, null));
  announce('Showing all times');
}
