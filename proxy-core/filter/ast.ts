import type { OwnLocation } from '../rrpair/protocols.ts';

/** Fields that hold text. `path` is path and query; `OwnLocation` are the locations of protocols that have something else there. */
export type TextField =
  | 'tech'
  | 'protocol'
  | 'command'
  | 'host'
  | 'path'
  | 'status'
  | 'error'
  | 'source'
  | 'colour'
  | 'note'
  | OwnLocation;

export type NumberField = 'status' | 'latency' | 'duration' | 'size' | 'time' | 'id';

export type Flag = 'noise' | 'pinned' | 'marked' | 'open' | 'replay' | 'pushed' | 'failed' | 'error';

/** How a text is compared. Upper and lower case of ASCII letters are the same in all of them. */
export type TextTest = { op: 'contains'; text: string } | { op: 'equals'; text: string } | { op: 'matches'; pattern: RegExp };

/** One end of a range. Times count from the Unix epoch or, `relative`, from the moment at which the filter is applied; both in µs. */
export interface Bound {
  value: number;
  /** Whether the value itself lies within the range. */
  inclusive: boolean;
  relative: boolean;
}

/** A pair without the number in question is in no range. */
export interface NumberRange {
  from: Bound | null;
  to: Bound | null;
}

/**
 * A parsed filter. Everything that can be said in two ways is said in one here: `!=` is a `not`, a comparison is a range, values have
 * their unit of storage (µs, bytes).
 */
export type FilterNode =
  /** Every pair: the filter was empty. */
  | { kind: 'everything' }
  | { kind: 'and'; terms: FilterNode[] }
  | { kind: 'or'; terms: FilterNode[] }
  | { kind: 'not'; term: FilterNode }
  | { kind: 'direction'; outbound: boolean }
  | { kind: 'flag'; flag: Flag }
  | { kind: 'text'; field: TextField; test: TextTest }
  | { kind: 'number'; field: NumberField; range: NumberRange }
  /** A header field of the request or the response; of any name when that is null, with any value when the test is null. */
  | { kind: 'header'; name: string | null; test: TextTest | null }
  | { kind: 'body'; test: TextTest }
  /** `calls`: those that pair `id` caused; `causes`: the requests that may have caused pair `id`; `pushes`: what its server pushed because of it. */
  | { kind: 'linked'; as: 'calls' | 'causes' | 'pushes'; id: number }
  /** A bare word: in location, host or a body. */
  | { kind: 'anywhere'; text: string };

/** Calls back for every node of a filter. */
export function visit(node: FilterNode, callback: (node: FilterNode) => void): void {
  callback(node);
  if (node.kind === 'and' || node.kind === 'or') for (const term of node.terms) visit(term, callback);
  else if (node.kind === 'not') visit(node.term, callback);
}

/** Whether any node of a filter is so. */
export function some(node: FilterNode, test: (node: FilterNode) => boolean): boolean {
  let found = false;
  visit(node, (each) => {
    found ||= test(each);
  });
  return found;
}
