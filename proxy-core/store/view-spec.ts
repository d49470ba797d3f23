import { SidetapError } from '../errors.ts';
import type { PairQuery } from '../rrpair/shapes.ts';
import type { ViewSpec } from './view.ts';

/** What a query asks for, as SQL. Throws `filter-invalid` with the `column` of the first wrong character. */
export function viewSpec(query: PairQuery): ViewSpec {
  const text = query.filter.trim();
  if (text !== '') throw new SidetapError('filter-invalid', 'Filters are not understood yet.', { details: { column: 0 } });
  return {
    key: JSON.stringify([text, query.noise, query.sort.by, query.sort.descending]),
    where: '1',
    params: [],
    heavy: [],
    watched: false,
    relative: false,
    madeAt: Date.now(),
    everything: true,
    hideNoise: !query.noise,
    sort: query.sort,
  };
}
