import type { HeaderField } from '../../proxy-core/rrpair/shapes.ts';

/** The parameters of a location's query, percent-encoding removed, in the order sent. */
export function queryOf(location: string): HeaderField[] {
  const [, query = ''] = /\?([^#]*)/.exec(location) ?? [];
  return [...new URLSearchParams(query)];
}
