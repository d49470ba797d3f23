import { SidetapError } from '../errors.ts';
import { type FilterNode, some } from '../filter/ast.ts';
import { parseFilter } from '../filter/parse.ts';
import { toSql } from '../filter/to-sql.ts';
import type { ListQuery } from '../rrpair/shapes.ts';
import type { ViewSpec } from './view.ts';

/** What a query asks for, as SQL. Throws `filter-invalid` with the `column` of the first wrong character. */
export function viewSpec(query: ListQuery, now: number = Date.now()): ViewSpec {
  const parsed = parseFilter(query.filter, now);
  if (!parsed.ok) throw new SidetapError('filter-invalid', parsed.message, { details: { column: parsed.column } });
  // Who asks for noise wants to see it.
  const hideNoise = !query.noise && !some(parsed.ast, (node) => node.kind === 'flag' && node.flag === 'noise');
  // A list in the order of time ends anywhere by itself.
  const bound = query.sort.by === 'time' ? undefined : query.upTo;
  const question = JSON.stringify([query.filter.trim(), hideNoise]);
  return {
    key: `${question} ${query.sort.by} ${query.sort.descending} ${bound ?? ''}`,
    question,
    filter: toSql(bound === undefined ? parsed.ast : upTo(parsed.ast, bound), now * 1000),
    madeAt: now,
    everything: parsed.ast.kind === 'everything' && bound === undefined,
    hideNoise,
    sort: query.sort,
  };
}

function upTo(filter: FilterNode, id: number): FilterNode {
  const range = { from: null, to: { value: id, inclusive: true, relative: false } };
  return { kind: 'and', terms: [filter, { kind: 'number', field: 'id', range }] };
}
