import type { DatabaseSync, StatementSync } from 'node:sqlite';
import vm from 'node:vm';
import { SidetapError } from '../errors.ts';
import type { HeavySubject } from '../filter/subject.ts';
import type { TextMatcher } from '../filter/text.ts';
import type { HeavyCondition } from '../filter/to-sql.ts';
import { limits } from '../limits.ts';
import type { HeaderField, MessageSide } from '../rrpair/shapes.ts';
import { parseHeads } from '../wire/http1/head.ts';
import { readBody } from '../wire/read-body.ts';
import type { Bodies } from './bodies.ts';
import { asBuffer } from './bytes.ts';
import type { ViewSpec } from './view.ts';

const noFields: readonly HeaderField[] = [];

/** Fields that change what the bytes of a body mean; without them the bytes are the content. */
const coded = /\n(?:transfer-encoding|content-encoding)[ \t]*:/i;

/**
 * Conditions on headers and bodies, which SQL cannot see: SQLite calls back for the rows that pass everything cheaper. The rows of
 * `message` are read here and not joined, so that a row that fails earlier costs nothing.
 */
export class HeavyConditions {
  readonly #heads: StatementSync;
  readonly #bodies: Bodies;
  #conditions: readonly HeavyCondition[] = [];
  #texts: readonly TextMatcher[] = [];
  #subject: StoredSubject | undefined;
  readonly #watchdog: vm.Context;
  readonly #script = new vm.Script('run()');
  #running: (() => unknown) | undefined;

  constructor(database: DatabaseSync, bodies: Bodies) {
    this.#heads = database.prepare('SELECT request_head, response_head FROM message WHERE id = ?');
    this.#bodies = bodies;
    this.#watchdog = vm.createContext({ run: () => this.#running?.() });
    database.function('sidetap_text', (index, text) => (this.#texts[Number(index)]?.(String(text)) === true ? 1 : 0));
    database.function('sidetap_matches', (index, id) => (this.#matches(Number(index), Number(id)) ? 1 : 0));
  }

  /** Runs a query that may call back. One with a user's regular expression is ended when it takes too long. */
  during<T>(spec: ViewSpec, query: () => T): T {
    this.#conditions = spec.filter.heavy;
    this.#texts = spec.filter.texts;
    this.#subject = undefined;
    if (!spec.filter.hasPattern) return query();
    this.#running = query;
    try {
      // V8 ends a regular expression that backtracks for ever only on behalf of a watchdog.
      return this.#script.runInContext(this.#watchdog, { timeout: limits.regexMillis }) as T;
    } catch (error) {
      if (isTimeout(error)) throw new TooSlow(error);
      throw error;
    }
  }

  #matches(index: number, id: number): boolean {
    if (this.#subject?.id !== id) this.#subject = new StoredSubject(id, this.#heads, this.#bodies);
    return this.#conditions[index]?.(this.#subject) === true;
  }
}

/** A step with a user's regular expression was ended. */
export class TooSlow extends SidetapError {
  constructor(cause: unknown) {
    super('filter-invalid', 'The regular expression takes too long on what was captured. Make it simpler.', {
      cause,
      details: { column: 0 },
    });
  }
}

/** The error is of the watchdog's own realm, where `Error` is another one. */
function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

/** One pair's messages, read as far as asked for. */
class StoredSubject implements HeavySubject {
  readonly id: number;
  readonly #statement: StatementSync;
  readonly #bodies: Bodies;
  #heads: { request: Buffer; response: Buffer } | undefined;
  readonly #fields = new Map<MessageSide, readonly HeaderField[]>();
  readonly #texts = new Map<MessageSide, Buffer>();

  constructor(id: number, statement: StatementSync, bodies: Bodies) {
    this.id = id;
    this.#statement = statement;
    this.#bodies = bodies;
  }

  headers(side: MessageSide): readonly HeaderField[] {
    const known = this.#fields.get(side);
    if (known !== undefined) return known;
    const fields = parseHeads(this.#head(side)).final?.headers ?? noFields;
    this.#fields.set(side, fields);
    return fields;
  }

  body(side: MessageSide): Buffer {
    const known = this.#texts.get(side);
    if (known !== undefined) return known;
    const wire = this.#bodies.wire(this.id, side, limits.searchedBodyBytes);
    const plain = wire.length === 0 || !coded.test(this.#head(side).toString('latin1'));
    const text = plain ? wire : asBuffer(readBody(wire, this.headers(side), 'decoded', limits.searchedBodyBytes).bytes);
    this.#texts.set(side, text);
    return text;
  }

  #head(side: MessageSide): Buffer {
    if (this.#heads === undefined) {
      const row = this.#statement.get(this.id);
      this.#heads = { request: asBuffer(row?.['request_head']), response: asBuffer(row?.['response_head']) };
    }
    return this.#heads[side];
  }
}
