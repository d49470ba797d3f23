import type { Sort } from '../../proxy-core/rrpair/shapes.ts';

export interface Column {
  id: 'time' | 'direction' | 'technology' | 'command' | 'host' | 'location' | 'status' | 'latency' | 'size';
  label: string;
  sort: Sort['by'];
  /** Numbers stand to the right. */
  numeric?: boolean;
  /** The header says it with an icon's room only. */
  narrow?: boolean;
}

export const columns: readonly Column[] = [
  { id: 'time', label: 'Time', sort: 'time' },
  { id: 'direction', label: 'Direction', sort: 'direction', narrow: true },
  { id: 'technology', label: 'Tech', sort: 'technology' },
  { id: 'command', label: 'Command', sort: 'command' },
  { id: 'host', label: 'Host', sort: 'host' },
  { id: 'location', label: 'Location', sort: 'location' },
  { id: 'status', label: 'Status', sort: 'status' },
  { id: 'latency', label: 'Latency', sort: 'latency', numeric: true },
  { id: 'size', label: 'Size', sort: 'size', numeric: true },
];
