import { setPreferences } from '../app/preferences.ts';
import { announce } from '../design/announce.ts';
import { type Column, type ColumnChoice, type ColumnId, clampWidth, movedBefore, usualColumns } from './columns.ts';

function change(how: (before: ColumnChoice) => Partial<ColumnChoice>): void {
  setPreferences(({ columns }) => ({ columns: { ...columns, ...how(columns) } }));
}

export function showColumn(id: ColumnId, shown: boolean): void {
  change((before) => ({ shown: { ...before.shown, [id]: shown } }));
}

/** Sets a column's width, pixels; null gives it the usual one. */
export function resizeColumn(id: ColumnId, width: number | null): void {
  change(({ widths: { [id]: _before, ...others } }) => ({
    widths: width === null ? others : { ...others, [id]: clampWidth(width) },
  }));
}

export function moveColumn(id: ColumnId, before: ColumnId | null): void {
  change((choice) => ({ order: movedBefore(choice, id, before) }));
}

/** Moves a column by one place among those in sight. */
export function stepColumn(columns: readonly Column[], id: ColumnId, by: 1 | -1): void {
  const at = columns.findIndex((column) => column.id === id);
  const next = columns[at + by];
  const column = columns[at];
  if (column === undefined || next === undefined) return;
  moveColumn(id, by === -1 ? next.id : (columns[at + 2]?.id ?? null));
  announce(`${column.label} moved ${by === -1 ? 'before' : 'after'} ${next.label}`);
}

export function resetColumns(): void {
  setPreferences({ columns: usualColumns });
  announce('The columns are as they were');
}
