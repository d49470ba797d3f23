import type { JsonLines } from './jsonLines.ts';

/** Which lines are to be seen when some are folded. A folded line is seen, what it opens is not, up to and with its closing line. */
export interface Folds {
  /** Lines to be seen. */
  count: number;
  /** Folded lines that are not themselves hidden, ascending. */
  starts: readonly number[];
  /** Lines hidden by all folds up to and with the one at the same place in `starts`. */
  hidden: readonly number[];
}

/** `folded` has a number a line: 1 where it is folded. A million of them take a few milliseconds. */
export function foldsOf(lines: JsonLines, folded: Uint8Array): Folds {
  const starts: number[] = [];
  const hidden: number[] = [];
  let sum = 0;
  for (let line = folded.indexOf(1); line >= 0; line = folded.indexOf(1, line + 1)) {
    const close = lines.closeAt(line);
    if (close < line) continue;
    sum += close - line;
    starts.push(line);
    hidden.push(sum);
    line = close;
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

/** Unfolds what hides a line. True when something did. */
export function reveal(lines: JsonLines, folded: Uint8Array, line: number): boolean {
  let changed = false;
  for (let at = lines.parentAt(line); at >= 0; at = lines.parentAt(at)) {
    if (folded[at] === 1) changed = true;
    folded[at] = 0;
  }
  return changed;
}

/** Folds all that opens at a depth, and nothing else. */
export function foldDepth(lines: JsonLines, depth: number): Uint8Array {
  const folded = new Uint8Array(lines.count);
  for (let line = 0; line < lines.count; line += 1) {
    if (lines.depthAt(line) !== depth) continue;
    const close = lines.closeAt(line);
    if (close < line) continue;
    folded[line] = 1;
    line = close;
  }
  return folded;
}
