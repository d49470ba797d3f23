import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { formatBytes } from '../design/format.ts';
import { momentText } from '../histogram/time.ts';

/** A condition of the filter language that a cell of the list stands for. */
export interface Term {
  field: string;
  value: string;
  /** What it is called in a menu. */
  label: string;
  /** The conditions for it and against it, where they are not simply that the field equals the value. */
  texts?: { only: string; exclude: string };
}

/** A value as the filter language reads it: quoted, unless it is a plain word. */
export function quoted(value: string): string {
  return /^[\w.-]+$/.test(value)
    ? value
    : `"${value.replace(/["\\\n\r\t]/g, (character) => ESCAPES[character] ?? `\\${character}`)}"`;
}

/** A field for text takes line breaks out of what is put into it. */
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function termText({ field, value, texts }: Term, exclude: boolean): string {
  if (texts !== undefined) return exclude ? texts.exclude : texts.only;
  return `${field}${exclude ? '!=' : '='}${quoted(value)}`;
}

/** The filter with one more condition. What was there stays as one group, so that an `or` in it keeps its meaning. */
export function withTerm(filter: string, term: string): string {
  const before = filter.trim();
  if (before === '') return term;
  if (before === term || before.endsWith(` ${term}`)) return before;
  return /\bor\b/i.test(before) ? `(${before}) ${term}` : `${before} ${term}`;
}

/** What filtering by a cell means; null where it means nothing. */
export function termOfCell(column: string, row: PairSummary): Term | null {
  switch (column) {
    case 'direction':
      return { field: 'direction', value: row.direction, label: row.direction === 'in' ? 'inbound' : 'outbound' };
    case 'source':
      return { field: 'source', value: row.source, label: row.source };
    case 'time':
      return timeTerm(row);
    case 'protocol':
      return { field: 'protocol', value: row.protocol, label: row.protocol };
    case 'latency':
      return slowTerm('latency', row.latencyMs);
    case 'duration':
      return slowTerm('duration', row.durationMs);
    case 'size':
      return sizeTerm(row.requestBytes + row.responseBytes);
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

const MINUTE = 60_000;

/** The minute in which it began. */
function timeTerm({ startedAt }: PairSummary): Term | null {
  const at = new Date(startedAt).getTime();
  if (Number.isNaN(at)) return null;
  const minute = momentText(at - (at % MINUTE), MINUTE);
  return {
    field: 'time',
    value: startedAt,
    label: `the minute ${minute.replace('T', ' ')}`,
    texts: { only: `time:${minute}`, exclude: `-time:${minute}` },
  };
}

/** As slow as this or slower: the limit is a number of two digits, and not above it. */
function slowTerm(field: 'latency' | 'duration', ms: number | null): Term | null {
  if (ms === null) return null;
  const micros = Math.max(1, Math.floor(ms * 1_000));
  const step = 10 ** Math.max(0, Math.floor(Math.log10(micros)) - 1);
  const limit = Math.floor(micros / step) * step;
  const value = limit >= 1_000_000 ? `${limit / 1_000_000}s` : limit >= 1_000 ? `${limit / 1_000}ms` : `${limit}us`;
  return { field, value, label: `${value} and slower`, texts: { only: `${field}>=${value}`, exclude: `${field}<${value}` } };
}

function sizeTerm(bytes: number): Term {
  const value = String(bytes);
  return {
    field: 'size',
    value,
    label: `${formatBytes(bytes)} and larger`,
    texts: { only: `size>=${value}`, exclude: `size<${value}` },
  };
}
