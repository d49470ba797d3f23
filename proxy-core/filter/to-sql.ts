import { assertNever } from '../errors.ts';
import { failedSql } from '../rrpair/location.ts';
import { isOwnLocation, type OwnLocation, ownLocations, protocolsWithLocation } from '../rrpair/protocols.ts';
import { pushedSql } from '../rrpair/pushed.ts';
import { type FilterNode, type Flag, type NumberField, type NumberRange, some, type TextField, type TextTest } from './ast.ts';
import { bracketed, hostSpellings, namesPort } from './hosts.ts';
import { type IdBounds, idBounds } from './id-bounds.ts';
import { type TextMatcher, textMatcher } from './text.ts';
import { absolute, type HeavyCondition, heavyCondition } from './to-predicate.ts';

export type { HeavyCondition } from './to-predicate.ts';

export type SqlValue = string | number;

/**
 * A filter as a condition over the table `pair`. Text of the user stands in `params` only. Four functions must be there:
 * `sidetap_matches(n, id, block, place)` runs `heavy[n]` on a pair, `sidetap_text(n, text)` runs `texts[n]`, `sidetap_linked(id, other)` tells whether
 * one of two pairs caused the other, `sidetap_promiser(id, connection, block, place)` is the request because of which a pair was pushed.
 */
export interface SqlFilter {
  where: string;
  params: readonly SqlValue[];
  heavy: readonly HeavyCondition[];
  texts: readonly TextMatcher[];
  /** A user's regular expression is in it: what runs it needs a limit of time. */
  hasPattern: boolean;
  /** What it finds changes with time, or with other pairs. */
  relative: boolean;
  /** What it finds lies within. */
  ids: IdBounds;
}

/** Compiles a filter. `now` (Unix epoch, µs) is what relative times count from. */
export function toSql(node: FilterNode, now: number = Date.now() * 1000): SqlFilter {
  const compiler = new Compiler(now);
  const where = compiler.condition(node);
  return {
    where,
    params: compiler.params,
    heavy: compiler.heavy,
    texts: compiler.texts,
    hasPattern: some(node, (each) => 'test' in each && each.test?.op === 'matches'),
    ids: idBounds(node),
    relative: some(
      node,
      (each) =>
        each.kind === 'linked' ||
        (each.kind === 'number' && (each.range.from?.relative === true || each.range.to?.relative === true)),
    ),
  };
}

class Compiler {
  readonly params: SqlValue[] = [];
  readonly heavy: HeavyCondition[] = [];
  readonly texts: TextMatcher[] = [];
  readonly #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  /** Never NULL, so that NOT means what it says. */
  condition(node: FilterNode): string {
    switch (node.kind) {
      case 'everything':
        return '1';
      case 'and':
        return this.#joined(node.terms, ' AND ');
      case 'or':
        return this.#joined(node.terms, ' OR ');
      case 'not':
        return `NOT (${this.condition(node.term)})`;
      case 'direction':
        return `outbound = ${node.outbound ? '1' : '0'}`;
      case 'flag':
        return flagSql(node.flag);
      case 'text':
        return this.#text(node.field, node.test);
      case 'number':
        return this.#number(node.field, node.range);
      case 'header':
      case 'body':
        return this.#heavy(heavyCondition(node));
      case 'linked':
        return this.#linked(node);
      case 'anywhere':
        return this.#anywhere(node.text);
      default:
        return assertNever(node);
    }
  }

  /** What is cheap decides first: SQLite evaluates terms in the order in which they stand, and stops when one has decided. */
  #joined(terms: readonly FilterNode[], operator: string): string {
    const cheapFirst = terms.toSorted((a, b) => cost(a) - cost(b));
    return `(${cheapFirst.map((term) => this.condition(term)).join(operator)})`;
  }

  #linked({ as, id }: Extract<FilterNode, { kind: 'linked' }>): string {
    if (as === 'pushes') {
      const { low, high } = idBounds({ kind: 'linked', as, id });
      this.params.push(low, high, id);
      return `(id BETWEEN ? AND ? AND ${pushedSql} AND sidetap_promiser(id, connection, block, place) IS ?)`;
    }
    this.params.push(id);
    return `(outbound = ${as === 'calls' ? '1' : '0'} AND sidetap_linked(?, id) = 1)`;
  }

  #text(field: TextField, test: TextTest): string {
    if (isOwnLocation(field)) return this.#ownLocation(field, test);
    switch (field) {
      case 'tech':
        return this.#technology(test);
      case 'host':
        return this.#host(test);
      case 'path':
        return this.#path(test);
      case 'error':
        return this.#compare("coalesce(error, '')", test);
      case 'protocol':
      case 'command':
      case 'status':
      case 'source':
        return this.#compare(field, test);
      case 'colour':
      case 'note':
        return this.#mark(field, test);
      default:
        return assertNever(field);
    }
  }

  #compare(column: string, test: TextTest): string {
    switch (test.op) {
      case 'contains':
        return this.#like(column, `%${escaped(test.text)}%`);
      case 'equals':
        this.params.push(test.text);
        return `${column} = ? COLLATE NOCASE`;
      case 'matches':
        return this.#javascript(column, textMatcher(test));
      default:
        return assertNever(test);
    }
  }

  /** Names stand between line breaks, which are in no name. */
  #technology(test: TextTest): string {
    if (test.op === 'matches') {
      const matches = textMatcher(test);
      return this.#javascript('technologies', (joined) => joined.slice(1, -1).split('\n').some(matches));
    }
    if (test.text.includes('\n')) return '0';
    const text = escaped(test.text);
    return this.#like('technologies', test.op === 'equals' ? `%\n${text}\n%` : `%${text}%`);
  }

  #host(test: TextTest): string {
    if (test.op === 'matches') return this.#compare('host', test);
    if (test.op === 'contains')
      return this.#anyOf(hostSpellings(test.text), (text) => this.#compare('host', { op: 'contains', text }));
    const named = namesPort(test.text);
    return this.#anyOf(hostSpellings(bracketed(test.text)), (text) => {
      const same = this.#compare('host', { op: 'equals', text });
      if (named) return same;
      this.params.push(`${text}:`);
      return `(${same} OR (rtrim(host, '0123456789') = ? COLLATE NOCASE AND host NOT LIKE '%:'))`;
    });
  }

  #path(test: TextTest): string {
    const same = this.#compare('location', test);
    if (test.op !== 'equals' || test.text.includes('?')) return same;
    // Who asks for one path means it with any query, and whatever is called there.
    this.params.push(`${escaped(test.text)}?%`, `${escaped(test.text)} %`);
    return `(${same} OR location LIKE ? ESCAPE '\\' OR location LIKE ? ESCAPE '\\')`;
  }

  /** Few pairs have one, and those are in an index. */
  #mark(column: 'colour' | 'note', test: TextTest): string {
    const same = this.#compare(column, test);
    return textMatcher(test)('') ? same : `(marked = 1 AND ${same})`;
  }

  #ownLocation(field: OwnLocation, test: TextTest): string {
    const names = protocolsWithLocation(field).map((name) => `'${name}'`);
    const same = this.#compare('location', test);
    const one =
      test.op === 'equals' && ownLocations[field].list
        ? ` OR ${this.#like("(' ' || location || ' ')", `% ${escaped(test.text)} %`)}`
        : '';
    return `(protocol IN (${names.join(', ')}) AND (${same}${one}))`;
  }

  #number(field: NumberField, { from, to }: NumberRange): string {
    const { column, nullable } = numberColumns[field];
    const terms: string[] = nullable ? [`${column} IS NOT NULL`] : [];
    if (from !== null) {
      this.params.push(absolute(from, this.#now));
      terms.push(`${column} ${from.inclusive ? '>=' : '>'} ?`);
    }
    if (to !== null) {
      this.params.push(absolute(to, this.#now));
      terms.push(`${column} ${to.inclusive ? '<=' : '<'} ?`);
    }
    return terms.length === 0 ? '1' : `(${terms.join(' AND ')})`;
  }

  #anywhere(text: string): string {
    const path = this.#compare('location', { op: 'contains', text });
    const host = this.#anyOf(hostSpellings(text), (spelling) => this.#compare('host', { op: 'contains', text: spelling }));
    return `(${path} OR ${host} OR ${this.#heavy(heavyCondition({ kind: 'body', test: { op: 'contains', text } }))})`;
  }

  #heavy(condition: HeavyCondition): string {
    this.params.push(this.heavy.push(condition) - 1);
    return 'sidetap_matches(?, id, block, place)';
  }

  #javascript(column: string, matcher: TextMatcher): string {
    this.params.push(this.texts.push(matcher) - 1);
    return `sidetap_text(?, ${column})`;
  }

  #like(column: string, pattern: string): string {
    this.params.push(pattern);
    return `${column} LIKE ? ESCAPE '\\'`;
  }

  #anyOf(texts: readonly string[], sql: (text: string) => string): string {
    return `(${texts.map(sql).join(' OR ')})`;
  }
}

const numberColumns: Readonly<Record<NumberField, { column: string; nullable: boolean }>> = {
  status: { column: 'status_code', nullable: true },
  latency: { column: 'latency', nullable: true },
  duration: { column: 'duration', nullable: true },
  size: { column: '(request_bytes + response_bytes)', nullable: false },
  time: { column: 'started', nullable: false },
  id: { column: 'id', nullable: false },
};

function flagSql(flag: Flag): string {
  switch (flag) {
    case 'noise':
      return 'noise = 1';
    case 'pinned':
      return 'pinned = 1';
    case 'marked':
      return 'marked = 1';
    case 'open':
      return 'open = 1';
    case 'replay':
      return 'replay_of > 0';
    case 'pushed':
      return pushedSql;
    case 'failed':
      return 'error IS NOT NULL';
    case 'error':
      return failedSql;
    default:
      return assertNever(flag);
  }
}

/** A text for LIKE, in which nothing is a wildcard. */
function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}

function cost(node: FilterNode): number {
  switch (node.kind) {
    case 'everything':
    case 'direction':
    case 'flag':
    case 'number':
      return 1;
    case 'linked':
      return 5;
    case 'text':
      return node.test.op === 'matches' ? 20 : 3;
    case 'header':
      return 500;
    case 'body':
    case 'anywhere':
      return 1_000;
    case 'not':
      return cost(node.term);
    case 'and':
    case 'or':
      return node.terms.reduce((sum, term) => sum + cost(term), 0);
    default:
      return assertNever(node);
  }
}
