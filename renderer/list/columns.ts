import type { Sort } from '../../proxy-core/rrpair/shapes.ts';

export type ColumnId =
  | 'time'
  | 'direction'
  | 'source'
  | 'technology'
  | 'protocol'
  | 'command'
  | 'host'
  | 'location'
  | 'status'
  | 'latency'
  | 'duration'
  | 'size';

export interface Column {
  id: ColumnId;
  label: string;
  sort: Sort['by'];
  /** Pixels as long as there is room. */
  width: number;
  /** Pixels that are enough to read the most telling part. */
  min: number;
  /** Share of the room that is left over; 0 keeps its width. */
  grow: number;
  /** In a window too narrow for all, the column with the highest number leaves first. */
  leave: number;
  /** Shown unless the user says otherwise. */
  usual: boolean;
  /** Numbers stand to the right. */
  numeric?: boolean;
  /** The header says it with an icon's room only. */
  narrow?: boolean;
}

/** In the order in which they stand until the user moves them. */
export const allColumns: readonly Column[] = [
  { id: 'time', label: 'Time', sort: 'time', width: 112, min: 106, grow: 0, leave: 3, usual: true },
  { id: 'direction', label: 'Direction', sort: 'direction', width: 22, min: 20, grow: 0, leave: 0, usual: true, narrow: true },
  { id: 'source', label: 'Source', sort: 'source', width: 104, min: 64, grow: 0, leave: 4, usual: true },
  { id: 'technology', label: 'Tech', sort: 'technology', width: 92, min: 68, grow: 0, leave: 7, usual: true },
  { id: 'protocol', label: 'Protocol', sort: 'protocol', width: 72, min: 52, grow: 0, leave: 9, usual: false },
  { id: 'command', label: 'Command', sort: 'command', width: 72, min: 66, grow: 0, leave: 1, usual: true },
  { id: 'host', label: 'Host', sort: 'host', width: 150, min: 84, grow: 1, leave: 2, usual: true },
  { id: 'location', label: 'Location', sort: 'location', width: 240, min: 130, grow: 2.3, leave: 0, usual: true },
  { id: 'status', label: 'Status', sort: 'status', width: 88, min: 76, grow: 0, leave: 0, usual: true },
  { id: 'latency', label: 'Latency', sort: 'latency', width: 118, min: 62, grow: 0, leave: 0, usual: true, numeric: true },
  { id: 'duration', label: 'Duration', sort: 'duration', width: 80, min: 62, grow: 0, leave: 8, usual: false, numeric: true },
  { id: 'size', label: 'Size', sort: 'size', width: 66, min: 58, grow: 0, leave: 6, usual: true, numeric: true },
];

const byId = new Map<string, Column>(allColumns.map((column) => [column.id, column]));

/** What the user made of the columns. Names of columns that are no longer there mean nothing. */
export interface ColumnChoice {
  order: readonly string[];
  /** Shown or hidden by hand. */
  shown: Readonly<Record<string, boolean>>;
  /** Pixels. */
  widths: Readonly<Record<string, number>>;
}

export const usualColumns: ColumnChoice = { order: [], shown: {}, widths: {} };

export const NARROWEST = 20;
export const WIDEST = 1_600;
/** Pixels between two columns, and beside the first and the last. */
const GAP = 10;
const SIDES = 16;

/** All columns, shown or not, in the user's order. */
export function orderedColumns({ order }: ColumnChoice): Column[] {
  const named = order.map((id) => byId.get(id)).filter((column) => column !== undefined);
  const ordered = [...new Set(named)];
  for (const [at, column] of allColumns.entries()) {
    if (ordered.includes(column)) continue;
    // One that the user's order does not know stands after the one that it usually follows.
    const before = allColumns.slice(0, at).findLast((one) => ordered.includes(one));
    ordered.splice(before === undefined ? 0 : ordered.indexOf(before) + 1, 0, column);
  }
  return ordered;
}

/** Where everything comes from one source, that is not told in every row, unless it is asked for. */
export function isShown(column: Column, { shown }: ColumnChoice, severalSources: boolean): boolean {
  return shown[column.id] ?? (column.id === 'source' ? severalSources : column.usual);
}

/** How the columns lie in a list of some width. */
export interface Layout {
  columns: readonly Column[];
  /** `grid-template-columns`. */
  template: string;
  /** Pixels that they take at least. */
  least: number;
  /** Latencies have room for a bar. */
  bars: boolean;
}

/**
 * Columns that the user showed by hand stay in any case, so that the list may become wider than its place; the others leave when there is no
 * room for them, those that are missed least first.
 */
export function layoutOf(choice: ColumnChoice, severalSources: boolean, width: number): Layout {
  let columns = orderedColumns(choice).filter((column) => isShown(column, choice, severalSources));
  const own = ({ id }: Column): number | undefined => choice.widths[id];
  const needed = (each: (column: Column) => number): number =>
    columns.reduce((sum, column) => sum + each(column), SIDES + GAP * Math.max(0, columns.length - 1));
  const least = (column: Column): number => own(column) ?? column.min;
  const usual = (column: Column): number => own(column) ?? (column.grow > 0 ? column.min : column.width);
  const leaving = columns
    .filter((column) => column.leave > 0 && choice.shown[column.id] !== true)
    .toSorted((a, b) => b.leave - a.leave);
  for (const column of leaving) {
    if (needed(least) <= width) break;
    columns = columns.filter((one) => one !== column);
  }
  const roomy = needed(usual) <= width;
  const track = (column: Column): string => {
    const set = own(column);
    if (set !== undefined) return `${set}px`;
    return column.grow > 0 ? `minmax(${column.min}px, ${column.grow}fr)` : `${roomy ? column.width : column.min}px`;
  };
  const widest = columns.toSorted((a, b) => grown(b, own(b)) - grown(a, own(a)))[0];
  const tracks = columns.map((column) => (column === widest ? `[wide-start] ${track(column)} [wide-end]` : track(column)));
  // Something has to take what is left over.
  if (columns.every((column) => column.grow === 0 || own(column) !== undefined)) tracks.push('minmax(0, 1fr)');
  const latency = columns.find((column) => column.id === 'latency');
  const latencyWidth = latency === undefined ? 0 : (own(latency) ?? (roomy ? latency.width : latency.min));
  return { columns, template: tracks.join(' '), least: needed(least), bars: latencyWidth >= 104 };
}

const grown = (column: Column, own: number | undefined): number => own ?? column.grow * 1_000 + column.width;

/** The order with a column moved before another one; at the end when that is null. */
export function movedBefore(choice: ColumnChoice, id: ColumnId, before: ColumnId | null): string[] {
  const order = orderedColumns(choice).map((column): string => column.id);
  if (id === before) return order;
  const rest = order.filter((one) => one !== id);
  rest.splice(before === null ? rest.length : rest.indexOf(before), 0, id);
  return rest;
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
}
