import { stripVTControlCharacters } from 'node:util';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** May be cut to this many characters, and further, so that a row fits into the terminal; without it the column keeps its width. */
  shrinkTo?: number;
}

/** Lines of aligned columns. `width` is that of the terminal; without it nothing is cut. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width?: number): string[] {
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => visibleLength(row[index] ?? ''))),
  );
  if (width !== undefined) shrink(columns, widths, width);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => fit(cell, widths[index] ?? 0, columns[index]?.align ?? 'left'))
      .join(gap)
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)];
}

const gap = '  ';

/** Takes what is too much from the widest column that may shrink, again and again. */
function shrink(columns: readonly Column[], widths: number[], width: number): void {
  for (;;) {
    const total = widths.reduce((sum, each) => sum + each, gap.length * (widths.length - 1));
    if (total <= width) return;
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      if (column.shrinkTo === undefined || (widths[index] ?? 0) <= column.shrinkTo) continue;
      if (widest === -1 || (widths[index] ?? 0) > (widths[widest] ?? 0)) widest = index;
    }
    if (widest === -1) return;
    const least = columns[widest]?.shrinkTo ?? 0;
    widths[widest] = Math.max(least, (widths[widest] ?? 0) - (total - width));
  }
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

function fit(text: string, width: number, align: 'left' | 'right'): string {
  const length = visibleLength(text);
  // Only columns of plain text shrink, so nothing is cut inside a colour sequence.
  if (length > width) return `${text.slice(0, Math.max(0, width - 1))}…`;
  const padding = ' '.repeat(width - length);
  return align === 'left' ? text + padding : padding + text;
}
