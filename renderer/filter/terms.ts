import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';

/** A condition of the filter language that a cell of the list stands for. */
export interface Term {
  field: string;
  value: string;
  /** What it is called in a menu. */
  label: string;
}

/** A value as the filter language reads it: quoted, unless it is a plain word. */
export function quoted(value: string): string {
  return /^[\w.-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

export function termText({ field, value }: Term, exclude: boolean): string {
  return `${field}${exclude ? '!=' : '='}${quoted(value)}`;
}

/** The filter with one more condition. What was there stays as one group, so that an `or` in it keeps its meaning. */
export function withTerm(filter: string, term: string): string {
  const before = filter.trim();
  if (before === '') return term;
  if (before === term || before.endsWith(` ${term}`)) return before;
  return /\bor\b/i.test(before) ? `(${before}) ${term}` : `${before} ${term}`;
}

/** The filter for a list that stands still: nothing that came after the pair with this id. */
export function upTo(filter: string, id: number): string {
  const before = filter.trim();
  const bound = `id<=${id}`;
  return before === '' ? bound : `(${before}) and ${bound}`;
}

/** What filtering by a cell means; null where it means nothing. */
export function termOfCell(column: string, row: PairSummary): Term | null {
  switch (column) {
    case 'direction':
      return { field: 'direction', value: row.direction, label: row.direction === 'in' ? 'inbound' : 'outbound' };
    case 'technology':
      return row.technology === '' ? null : { field: 'tech', value: row.technology, label: row.technology };
    case 'command':
      return { field: 'command', value: row.command, label: row.command };
    case 'host':
      return { field: 'host', value: row.host, label: row.host };
    case 'location':
      return { field: 'path', value: row.location, label: row.location };
    case 'status':
      if (row.error !== null && !/^\d/.test(row.status)) return { field: 'error', value: row.error, label: row.error };
      return row.status === '' ? null : { field: 'status', value: row.status, label: row.status };
    default:
      return null;
  }
}
