import type { DatabaseSync } from 'node:sqlite';
import { SidetapError } from '../errors.ts';
import type { BodyForm, MessageSide, PairQuery } from '../rrpair/shapes.ts';
import { Bodies } from './bodies.ts';
import { failureValue } from './calls.ts';
import { Details } from './details.ts';
import { HeavyConditions } from './heavy.ts';
import type { CallMessage, FromReader, ReaderData, ReaderStatus } from './messages.ts';
import { largeParts, ownMemory } from './own-memory.ts';
import { openForReading } from './schema.ts';
import { Searches } from './searches.ts';
import { troubleOf } from './sqlite-error.ts';
import { Summaries } from './summaries.ts';

interface Opened {
  database: DatabaseSync;
  summaries: Summaries;
  details: Details;
  searches: Searches;
}

/** The reader thread: answers requests. What is about one pair is answered at once, between two slices of whatever search goes on. */
export class ReaderService {
  readonly #data: ReaderData;
  readonly #post: (message: FromReader, transfer?: ArrayBuffer[]) => void;
  #opened: Opened | undefined;
  /** Calls that came while the file is exchanged. */
  #held: CallMessage[] = [];
  #damaged = false;

  constructor(data: ReaderData, post: (message: FromReader, transfer?: ArrayBuffer[]) => void) {
    this.#data = data;
    this.#post = post;
    this.#opened = this.#open();
    post({ type: 'opened' });
  }

  receive(message: CallMessage): void {
    if (this.#opened === undefined && message.method !== 'reopen' && message.method !== 'close') {
      this.#held.push(message);
      return;
    }
    this.#answer(message).catch((error: unknown) => this.#refuse(message, error));
  }

  #open(): Opened {
    const database = openForReading(this.#data.path);
    const summaries = new Summaries(database);
    const bodies = new Bodies(database);
    const searches = new Searches(database, new HeavyConditions(database, bodies), summaries, {
      patient: this.#data.patient,
      onProgress: () => this.#post({ type: 'progress' }),
    });
    return { database, summaries, details: new Details(database, summaries, bodies), searches };
  }

  async #answer(message: CallMessage): Promise<void> {
    const value = await this.#call(message);
    // Bodies are moved: to copy 10 MB takes the engine's thread, which traffic passes through, several ms.
    this.#post({ type: 'reply', call: message.call, ok: true, value }, ownMemory(largeParts(value)));
  }

  #refuse(message: CallMessage, error: unknown): void {
    this.#post({ type: 'reply', call: message.call, ok: false, error: failureValue(error) });
    if (troubleOf(error) !== 'damaged' || this.#damaged) return;
    this.#damaged = true;
    this.#post({ type: 'damaged' });
  }

  // Arguments come from `Calls`, which has checked them against `ReaderCalls`.
  #call({ method, args }: CallMessage): unknown {
    if (method === 'reopen') return this.#reopen();
    if (method === 'close' || method === 'release') return this.#release();
    const { details, searches, summaries } = this.#current();
    switch (method) {
      case 'list':
        return searches.list(args[0] as PairQuery, args[1] as number, args[2] as number);
      case 'ids':
        return searches.ids(args[0] as PairQuery);
      case 'detail':
        return details.detail(args[0] as number);
      case 'record':
        return details.record(args[0] as number);
      case 'body':
        return details.body(args[0] as number, args[1] as MessageSide, args[2] as BodyForm, args[3] as number, args[4] as number);
      case 'summaries':
        return summaries.of(args[0] as readonly number[]);
      case 'counts':
        return this.#counts();
      default:
        throw new Error(`the reader knows no ${method}`);
    }
  }

  #current(): Opened {
    if (this.#opened === undefined) throw new Error('the reader has no file');
    return this.#opened;
  }

  #counts(): ReaderStatus {
    const { database, searches } = this.#current();
    const state = searches.state();
    const pragma = (name: string): number => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
    const bytes = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
    return { pairs: state.rows - state.hiddenRows, bytes };
  }

  #release(): null {
    const reason = new SidetapError('store-unusable', 'The store was closed while the search went on. Try again.');
    this.#opened?.searches.stop(reason);
    this.#opened?.database.close();
    this.#opened = undefined;
    return null;
  }

  #reopen(): null {
    this.#damaged = false;
    this.#opened ??= this.#open();
    for (const message of this.#held.splice(0)) this.receive(message);
    return null;
  }
}
