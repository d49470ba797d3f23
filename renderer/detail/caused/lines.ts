import type { CallBar, CallGroup, Waterfall } from './waterfall.ts';

/** What unfolds below a line, and whether it is unfolded. */
export interface Fold {
  key: string;
  open: boolean;
}

/** A line of the waterfall: one call, or several that are alike. */
export interface Line {
  key: string;
  bars: readonly CallBar[];
  first: CallBar;
  /** How far it is moved in: within a line that was unfolded, or behind a call. */
  depth: number;
  /** Of a line that stands for several calls: closed at first. */
  folds: (Fold & { count: number; total: number }) | null;
  /** Of a call that caused others where it arrived: open at first. */
  beyond: Fold | null;
}

/** The lines that are shown; `toggled` are the keys of those that were unfolded, or folded, by hand. */
export function linesOf({ groups, beyond }: Waterfall, toggled: ReadonlySet<string>): Line[] {
  const ofCall = (bar: CallBar, depth: number): Line[] => {
    const { id } = bar.call.pair;
    const key = `#${id}`;
    const there = beyond.get(id);
    const open = !toggled.has(key);
    const line: Line = {
      key,
      bars: [bar],
      first: bar,
      depth,
      folds: null,
      beyond: there === undefined ? null : { key, open },
    };
    return there === undefined || !open ? [line] : [line, ...there.flatMap((group) => ofGroup(group, depth + 1, key))];
  };
  const ofGroup = ({ key: likeness, bars, total }: CallGroup, depth: number, below: string): Line[] => {
    const [first] = bars;
    if (first === undefined) return [];
    if (bars.length === 1) return ofCall(first, depth);
    // Alike may be those of several requests.
    const key = `${below} ${likeness}`;
    const open = toggled.has(key);
    const head: Line = { key, bars, first, depth, folds: { key, open, count: bars.length, total }, beyond: null };
    return open ? [head, ...bars.flatMap((bar) => ofCall(bar, depth + 1))] : [head];
  };
  return groups.flatMap((group) => ofGroup(group, 0, ''));
}
