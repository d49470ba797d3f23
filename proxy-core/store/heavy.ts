import type { DatabaseSync } from 'node:sqlite';
import vm from 'node:vm';
import { SidetapError } from '../errors.ts';
import type { HeavySubject } from '../filter/subject.ts';
import type { TextMatcher } from '../filter/text.ts';
import type { HeavyCondition } from '../filter/to-sql.ts';
import { limits } from '../limits.ts';
import type { HeaderField, MessageSide } from '../rrpair/shapes.ts';
import { plainMessages } from '../wire/grpc/plain.ts';
import { parseHeads } from '../wire/http1/head.ts';
import { readBody } from '../wire/read-body.ts';
import { conversationKind } from '../wire/streams.ts';
import { saidOverSocket } from '../wire/websocket/said.ts';
import type { PairEntry } from './batch.ts';
import type { Blocks } from './blocks.ts';
import type { Bodies } from './bodies.ts';
import { asBuffer } from './bytes.ts';
import type { ViewSpec } from './view.ts';

const noFields: readonly HeaderField[] = [];
const nothing = Buffer.alloc(0);

/** Fields that change what the bytes of a body mean; without them the bytes are the content. */
const coded = /\n(?:transfer-encoding|content-encoding)[ \t]*:/i;
/** Of gRPC and Connect, whose messages may be compressed each by itself, and whose bodies may be in base64. */
const messagesCoded = /^(?:grpc-encoding:|connect-content-encoding:|content-type:[ \t]*application\/grpc-web-text)/im;

/**
 * Conditions on headers and bodies, which SQL cannot see: SQLite calls back for the rows that pass everything cheaper.
 */
export class HeavyConditions {
  readonly #blocks: Blocks;
  readonly #bodies: Bodies;
  #conditions: readonly HeavyCondition[] = [];
  #texts: readonly TextMatcher[] = [];
  #subject: StoredSubject | undefined;
  readonly #watchdog: vm.Context;
  readonly #script = new vm.Script('run()');
  #running: (() => unknown) | undefined;

  constructor(database: DatabaseSync, blocks: Blocks, bodies: Bodies) {
    this.#blocks = blocks;
    this.#bodies = bodies;
    this.#watchdog = vm.createContext({ run: () => this.#running?.() });
    database.function('sidetap_text', (index, text) => (this.#texts[Number(index)]?.(String(text)) === true ? 1 : 0));
    database.function('sidetap_matches', (index, id, block, place) =>
      this.#matches(Number(index), Number(id), Number(block), Number(place)) ? 1 : 0,
    );
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

  #matches(index: number, id: number, block: number, place: number): boolean {
    if (this.#subject?.id !== id) this.#subject = new StoredSubject(id, this.#blocks.pair(block, place), this.#bodies);
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
  /** Undefined when it is deleted while it is searched. */
  readonly #entry: PairEntry | undefined;
  readonly #bodies: Bodies;
  readonly #fields = new Map<MessageSide, readonly HeaderField[]>();
  readonly #contents = new Map<MessageSide, Buffer>();

  constructor(id: number, entry: PairEntry | undefined, bodies: Bodies) {
    this.id = id;
    this.#entry = entry;
    this.#bodies = bodies;
  }

  headers(side: MessageSide): readonly HeaderField[] {
    const known = this.#fields.get(side);
    if (known !== undefined) return known;
    const { final, trailers } = parseHeads(this.#head(side));
    const headers = final?.headers ?? noFields;
    const fields = trailers.length === 0 ? headers : [...headers, ...trailers];
    this.#fields.set(side, fields);
    return fields;
  }

  body(side: MessageSide): Buffer {
    const known = this.#contents.get(side);
    if (known !== undefined) return known;
    const wire = this.#wire(side);
    if (wire.length > 0 && this.#isSocket()) return this.#said(side);
    const head = this.#head(side).toString('latin1');
    const eachCoded = messagesCoded.test(head);
    if (wire.length === 0 || !(eachCoded || coded.test(head))) return wire;
    const decoded = asBuffer(readBody(wire, this.headers(side), 'decoded', limits.searchedBodyBytes).bytes);
    const content = eachCoded ? plainMessages(decoded, this.headers(side), limits.searchedBodyBytes) : decoded;
    this.#contents.set(side, content);
    return content;
  }

  /** A client's frames are scrambled, and either side's may be compressed: what they say is searched, not their bytes. */
  #isSocket(): boolean {
    const response = this.#head('response');
    const request = this.#head('request');
    // Few are; heads are only parsed of those that may be.
    const may = response.toString('latin1', 9, 12) === '101' || request.toString('latin1', 0, 8) === 'CONNECT ';
    return may && conversationKind(parseHeads(response).final, parseHeads(request).final) === 'websocket';
  }

  #said(side: MessageSide): Buffer {
    const { final } = parseHeads(this.#head('response'));
    if (final === null) return nothing;
    const { client, server } = saidOverSocket(final, { client: this.#wire('request'), server: this.#wire('response') });
    this.#contents.set('request', client).set('response', server);
    return side === 'request' ? client : server;
  }

  #head(side: MessageSide): Buffer {
    return (side === 'request' ? this.#entry?.requestHead : this.#entry?.responseHead) ?? nothing;
  }

  #wire(side: MessageSide): Buffer {
    const entry = this.#entry;
    if (entry === undefined) return nothing;
    const inParts = side === 'request' ? entry.requestInParts : entry.responseInParts;
    // Most bodies are in the record; to ask for parts of all of them would take longer than to search them.
    if (!inParts && entry.state === 'done') return side === 'request' ? entry.requestBody : entry.responseBody;
    return this.#bodies.wire(entry, side, limits.searchedBodyBytes);
  }
}
