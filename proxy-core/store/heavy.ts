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
import { messageFlags } from './row.ts';
import type { ViewSpec } from './view.ts';

const noFields: readonly HeaderField[] = [];

/** Fields that change what the bytes of a body mean; without them the bytes are the content. */
const coded = /\n(?:transfer-encoding|content-encoding)[ \t]*:/i;

/**
 * Conditions on headers and bodies, which SQL cannot see: SQLite calls back for the rows that pass everything cheaper. The rows of
 * `message` are read here and not joined, so that a row that fails earlier costs nothing.
 */
export class HeavyConditions {
  readonly #rows: MessageRows;
  #conditions: readonly HeavyCondition[] = [];
  #texts: readonly TextMatcher[] = [];
  #subject: StoredSubject | undefined;
  readonly #watchdog: vm.Context;
  readonly #script = new vm.Script('run()');
  #running: (() => unknown) | undefined;

  constructor(database: DatabaseSync, bodies: Bodies) {
    this.#rows = new MessageRows(database, bodies);
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
    if (this.#subject?.id !== id) this.#subject = new StoredSubject(id, this.#rows);
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

interface Messages {
  request: Buffer;
  response: Buffer;
}

/** Rows of `message`. A search reads very many of them, so each is one statement and an array. */
class MessageRows {
  readonly #heads: StatementSync;
  readonly #all: StatementSync;
  readonly #bodies: Bodies;

  constructor(database: DatabaseSync, bodies: Bodies) {
    this.#heads = database.prepare('SELECT request_head, response_head FROM message WHERE id = ?');
    this.#all = database.prepare(
      'SELECT request_head, response_head, request_body, response_body, flags FROM message WHERE id = ?',
    );
    this.#bodies = bodies;
    this.#heads.setReturnArrays(true);
    this.#all.setReturnArrays(true);
  }

  heads(id: number): Messages {
    const [request, response] = columnsOf(this.#heads.get(id));
    return { request: asBuffer(request), response: asBuffer(response) };
  }

  /** Heads, and bodies as on the wire. */
  all(id: number): { heads: Messages; bodies: Messages } {
    const [requestHead, responseHead, requestBody, responseBody, flags] = columnsOf(this.#all.get(id));
    const inParts = Number(flags);
    return {
      heads: { request: asBuffer(requestHead), response: asBuffer(responseHead) },
      bodies: {
        request: inParts & messageFlags.requestInParts ? this.#parts(id, 'request') : asBuffer(requestBody),
        response: inParts & messageFlags.responseInParts ? this.#parts(id, 'response') : asBuffer(responseBody),
      },
    };
  }

  #parts(id: number, side: MessageSide): Buffer {
    return this.#bodies.wire(id, side, limits.searchedBodyBytes);
  }
}

/** A row as an array, which the types of node:sqlite do not know of. */
function columnsOf(row: unknown): readonly unknown[] {
  return Array.isArray(row) ? row : [];
}

/** One pair's messages, read as far as asked for. */
class StoredSubject implements HeavySubject {
  readonly id: number;
  readonly #rows: MessageRows;
  #heads: Messages | undefined;
  #wire: Messages | undefined;
  readonly #fields = new Map<MessageSide, readonly HeaderField[]>();
  readonly #contents = new Map<MessageSide, Buffer>();

  constructor(id: number, rows: MessageRows) {
    this.id = id;
    this.#rows = rows;
  }

  headers(side: MessageSide): readonly HeaderField[] {
    const known = this.#fields.get(side);
    if (known !== undefined) return known;
    this.#heads ??= this.#rows.heads(this.id);
    const fields = parseHeads(this.#heads[side]).final?.headers ?? noFields;
    this.#fields.set(side, fields);
    return fields;
  }

  body(side: MessageSide): Buffer {
    const known = this.#contents.get(side);
    if (known !== undefined) return known;
    if (this.#wire === undefined) {
      const { heads, bodies } = this.#rows.all(this.id);
      this.#heads = heads;
      this.#wire = bodies;
    }
    const wire = this.#wire[side];
    if (wire.length === 0 || !coded.test(this.#heads?.[side].toString('latin1') ?? '')) return wire;
    const content = asBuffer(readBody(wire, this.headers(side), 'decoded', limits.searchedBodyBytes).bytes);
    this.#contents.set(side, content);
    return content;
  }
}
