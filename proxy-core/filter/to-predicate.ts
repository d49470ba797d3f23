import { assertNever } from '../errors.ts';
import { hasFailed, targetOf } from '../rrpair/location.ts';
import { isOwnLocation, type OwnLocation, ownLocations, protocolsWithLocation } from '../rrpair/protocols.ts';
import { SERVER_PUSH } from '../rrpair/pushed.ts';
import type { Bound, FilterNode, Flag, NumberField, NumberRange, TextField, TextTest } from './ast.ts';
import { bracketed, hostSpellings, namesPort } from './hosts.ts';
import type { FilterSubject, HeavySubject } from './subject.ts';
import { bodyMatcher, literalPattern, type TextMatcher, textMatcher } from './text.ts';

export type Predicate = (pair: FilterSubject) => boolean;

/** A condition that needs headers or bodies. */
export type HeavyCondition = (pair: HeavySubject) => boolean;

/**
 * A filter as a function. It says the same as `toSql`, for pairs that are at hand. `now` (Unix epoch, µs) is what relative times count
 * from. A user's regular expression runs here without a watchdog: use it where a filter is the caller's own, or time does not matter.
 */
export function toPredicate(node: FilterNode, now: number = Date.now() * 1000): Predicate {
  switch (node.kind) {
    case 'everything':
      return () => true;
    case 'and': {
      const terms = node.terms.map((term) => toPredicate(term, now));
      return (pair) => terms.every((term) => term(pair));
    }
    case 'or': {
      const terms = node.terms.map((term) => toPredicate(term, now));
      return (pair) => terms.some((term) => term(pair));
    }
    case 'not': {
      const term = toPredicate(node.term, now);
      return (pair) => !term(pair);
    }
    case 'direction':
      return (pair) => (pair.direction === 'out') === node.outbound;
    case 'flag':
      return (pair) => hasFlag(pair, node.flag);
    case 'text':
      return textPredicate(node.field, node.test);
    case 'number':
      return (pair) => isWithin(numberOf(pair, node.field), node.range, now);
    case 'header':
    case 'body':
      return heavyCondition(node);
    case 'linked': {
      if (node.as === 'pushes') return (pair) => pair.promiser === node.id;
      const outbound = node.as === 'calls';
      return (pair) => (pair.direction === 'out') === outbound && pair.isLinked(node.id);
    }
    case 'anywhere': {
      const hosts = hostSpellings(node.text).map(literalPattern);
      const path = literalPattern(node.text);
      const body = heavyCondition({ kind: 'body', test: { op: 'contains', text: node.text } });
      return (pair) => path.test(pair.location) || hosts.some((host) => host.test(pair.host)) || body(pair);
    }
    default:
      return assertNever(node);
  }
}

/** The conditions that both SQL and predicate leave to JavaScript. */
export function heavyCondition(node: Extract<FilterNode, { kind: 'header' | 'body' }>): HeavyCondition {
  if (node.kind === 'body') {
    const matches = bodyMatcher(node.test);
    return (pair) => matches(pair.body('request')) || matches(pair.body('response'));
  }
  const { name } = node;
  const matches = node.test === null ? () => true : textMatcher(node.test);
  const inSide = (pair: HeavySubject, side: 'request' | 'response'): boolean =>
    pair.headers(side).some(([field, value]) => (name === null || field.toLowerCase() === name) && matches(value));
  return (pair) => inSide(pair, 'request') || inSide(pair, 'response');
}

function hasFlag(pair: FilterSubject, flag: Flag): boolean {
  switch (flag) {
    case 'noise':
      return pair.noise;
    case 'pinned':
      return pair.pinned;
    case 'marked':
      return pair.colour !== '' || pair.note !== '';
    case 'open':
      return pair.open;
    case 'replay':
      return pair.replayOf > 0;
    case 'pushed':
      return pair.technologies.includes(SERVER_PUSH);
    case 'failed':
      return pair.error !== null;
    case 'error':
      return hasFailed(pair);
    default:
      return assertNever(flag);
  }
}

function textPredicate(field: TextField, test: TextTest): Predicate {
  const matches = textMatcher(test);
  if (isOwnLocation(field)) return ownLocation(field, test, matches);
  switch (field) {
    case 'tech':
      return (pair) => pair.technologies.some(matches);
    case 'host':
      return hostPredicate(test);
    case 'path':
      // Who asks for one path means it with any query, and whatever is called there.
      if (test.op !== 'equals' || test.text.includes('?')) return (pair) => matches(pair.location);
      return (pair) => matches(pair.location) || matches(withoutQuery(targetOf(pair.location)));
    case 'error':
      return (pair) => matches(pair.error ?? '');
    case 'protocol':
    case 'command':
    case 'status':
    case 'source':
    case 'colour':
    case 'note':
      return (pair) => matches(pair[field]);
    default:
      return assertNever(field);
  }
}

function ownLocation(field: OwnLocation, test: TextTest, matches: TextMatcher): Predicate {
  const names: ReadonlySet<string> = new Set(protocolsWithLocation(field));
  if (test.op !== 'equals' || !ownLocations[field].list) return (pair) => names.has(pair.protocol) && matches(pair.location);
  const one = textMatcher({ op: 'contains', text: ` ${test.text} ` });
  return (pair) => names.has(pair.protocol) && (matches(pair.location) || one(` ${pair.location} `));
}

function hostPredicate(test: TextTest): Predicate {
  if (test.op === 'matches') {
    const matches = textMatcher(test);
    return (pair) => matches(pair.host);
  }
  const texts = hostSpellings(test.op === 'equals' ? bracketed(test.text) : test.text);
  const matchers = texts.map((text) => textMatcher({ op: test.op, text }));
  if (test.op === 'contains' || namesPort(test.text)) return (pair) => matchers.some((matches) => matches(pair.host));
  return (pair) => {
    const name = pair.host.replace(/:\d+$/, '');
    return matchers.some((matches) => matches(pair.host) || matches(name));
  };
}

function withoutQuery(location: string): string {
  const at = location.indexOf('?');
  return at < 0 ? location : location.slice(0, at);
}

function numberOf(pair: FilterSubject, field: NumberField): number | null {
  switch (field) {
    case 'status':
      return pair.statusCode;
    case 'latency':
      return pair.latencyMicros;
    case 'duration':
      return pair.durationMicros;
    case 'size':
      return pair.requestBytes + pair.responseBytes;
    case 'time':
      return pair.startedAtMicros;
    case 'id':
      return pair.id;
    default:
      return assertNever(field);
  }
}

function isWithin(value: number | null, { from, to }: NumberRange, now: number): boolean {
  if (value === null) return false;
  const low = from === null || (from.inclusive ? value >= absolute(from, now) : value > absolute(from, now));
  return low && (to === null || (to.inclusive ? value <= absolute(to, now) : value < absolute(to, now)));
}

/** A bound in µs since the epoch, or whatever its field's unit is. */
export function absolute(bound: Bound, now: number): number {
  return bound.relative ? now + bound.value : bound.value;
}
