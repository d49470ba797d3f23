import { limits } from '../limits.ts';
import type { FilterNode } from './ast.ts';

/** Ids from `low` to `high`, both included; none when `low` is the larger. */
export interface IdBounds {
  low: number;
  high: number;
}

const anywhere: IdBounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
const nowhere: IdBounds = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };

/** Bounds within which everything lies that a filter finds: nobody has to look beyond them. */
export function idBounds(node: FilterNode): IdBounds {
  switch (node.kind) {
    case 'and':
      return node.terms.map(idBounds).reduce(both, anywhere);
    case 'or':
      return node.terms.map(idBounds).reduce(either, nowhere);
    case 'number': {
      if (node.field !== 'id') return anywhere;
      const { from, to } = node.range;
      return {
        low: from === null ? anywhere.low : from.inclusive ? Math.ceil(from.value) : Math.floor(from.value) + 1,
        high: to === null ? anywhere.high : to.inclusive ? Math.floor(to.value) : Math.ceil(to.value) - 1,
      };
    }
    case 'linked':
      return node.as === 'pushes' ? { low: node.id + 1, high: node.id + limits.otherEndIds } : anywhere;
    default:
      return anywhere;
  }
}

function both(a: IdBounds, b: IdBounds): IdBounds {
  return { low: Math.max(a.low, b.low), high: Math.min(a.high, b.high) };
}

function either(a: IdBounds, b: IdBounds): IdBounds {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}
