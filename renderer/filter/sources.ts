import { conditionsOf, replaced } from './conditions.ts';
import { termText } from './terms.ts';

const isSource = (condition: string): boolean => /^(?:not |-)*source!?=/i.test(condition);

/** The condition that shows one source only. */
const sourceTerm = (source: string): string => termText({ field: 'source', value: source, label: '' }, false);

/** Whether the filter shows this source and no other. */
export function showsOnly(filter: string, source: string): boolean {
  return conditionsOf(filter)?.includes(sourceTerm(source)) ?? false;
}

/** Shows this source only, whichever was shown or left out before; the second time, all of them again. Other conditions stay. */
export function toggledSource(filter: string, source: string): string {
  return replaced(filter, isSource, showsOnly(filter, source) ? null : sourceTerm(source));
}
