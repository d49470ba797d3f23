import { SidetapError } from '../errors.ts';
import { some } from '../filter/ast.ts';
import { parseFilter } from '../filter/parse.ts';
import { toSql } from '../filter/to-sql.ts';
import type { PairQuery } from '../rrpair/shapes.ts';
import type { ViewSpec } from './view.ts';

/** What a query asks for, as SQL. Throws `filter-invalid` with the `column` of the first wrong character. */
export function viewSpec(query: PairQuery, now: number = Date.now()): ViewSpec {
  const parsed = parseFilter(query.filter, now);
  if (!parsed.ok) throw new SidetapError('filter-invalid', parsed.message, { details: { column: parsed.column } });
  // Who asks for noise wants to see it.
  const hideNoise = !query.noise && !some(parsed.ast, (node) => node.kind === 'flag' && node.flag === 'noise');
  return {
    key: JSON.stringify([query.filter.trim(), hideNoise, query.sort.by, query.sort.descending]),
    filter: toSql(parsed.ast, now * 1000),
    madeAt: now,
    everything: parsed.ast.kind === 'everything',
    hideNoise,
    sort: query.sort,
  };
}
