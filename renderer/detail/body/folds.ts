import { type JsonLines, lineAt } from './jsonLines.ts';

/** Which lines are to be seen when some are folded. A folded line is seen, what it opens is not, up to and with its closing line. */
export interface Folds {
  /** Lines to be seen. */
  count: number;
  /** Folded lines that are not themselves hidden, ascending. */
  starts: readonly number[];
  /** Lines hidden by all folds up to and with the one at the same place in `starts`. */
  hidden: readonly number[];
}

export function foldsOf(lines: JsonLines, folded: ReadonlySet<number>): Folds {
  const starts: number[] = [];
  const hidden: number[] = [];
  let sum = 0;
  let end = -1;
  for (const start of [...folded].sort((a, b) => a - b)) {
    const { close } = lineAt(lines, start);
    if (start <= end || close < 0) continue;
    end = close;
    sum += close - start;
    starts.push(start);
    hidden.push(sum);
  }
  return { count: lines.count - sum, starts, hidden };
}

/** How many folds come before the first for which `after` holds. */
function foldsBefore(folds: Folds, after: (fold: number) => boolean): number {
  let low = 0;
  let high = folds.starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (after(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The line that is seen at a row. */
export function lineOfRow(folds: Folds, row: number): number {
  // The row at which a fold's own line is seen: its number less what the folds before it hide.
  const before = foldsBefore(folds, (fold) => (folds.starts[fold] ?? 0) - (fold === 0 ? 0 : (folds.hidden[fold - 1] ?? 0)) >= row);
  return row + (before === 0 ? 0 : (folds.hidden[before - 1] ?? 0));
}

/** The row at which a line is seen; for a hidden line that of the fold that hides it. */
export function rowOfLine(folds: Folds, line: number): number {
  const before = foldsBefore(folds, (fold) => (folds.starts[fold] ?? 0) >= line);
  if (before === 0) return line;
  const start = folds.starts[before - 1] ?? 0;
  const hiddenBefore = before === 1 ? 0 : (folds.hidden[before - 2] ?? 0);
  const own = (folds.hidden[before - 1] ?? 0) - hiddenBefore;
  return line <= start + own ? start - hiddenBefore : line - (folds.hidden[before - 1] ?? 0);
}

/** The folds less those that hide a line. */
export function revealing(lines: JsonLines, folded: ReadonlySet<number>, line: number): Set<number> {
  return new Set([...folded].filter((start) => !(start < line && line <= lineAt(lines, start).close)));
}
