import type { DatabaseSync } from 'node:sqlite';
import { SidetapError } from '../errors.ts';
import { giveBackMemory } from '../give-back.ts';
import { limits } from '../limits.ts';
import type { ConversationQuery } from '../rrpair/conversation.ts';
import type { BodyForm, HistogramRange, ListQuery, MessageSide, PairQuery, ValueField } from '../rrpair/shapes.ts';
import { countPairs } from './batch.ts';
import { Blocks } from './blocks.ts';
import { Bodies } from './bodies.ts';
import { failureValue } from './calls.ts';
import { Causes } from './causes.ts';
import type { StoreState } from './counters.ts';
import { Details } from './details.ts';
import { HeavyConditions } from './heavy.ts';
import type { CallMessage, FromReader, ReaderData, ReaderStatus } from './messages.ts';
import { largeParts, ownMemory } from './own-memory.ts';
import { unpacked } from './packed.ts';
import { KeptNames } from './proto-names.ts';
import { openForReading, openSnapshotFile } from './schema.ts';
import { Searches } from './searches.ts';
import { ServiceMaps } from './service-maps.ts';
import { troubleOf } from './sqlite-error.ts';
import { Summaries } from './summaries.ts';
import { fieldValues } from './values.ts';

interface Opened {
  database: DatabaseSync;
  summaries: Summaries;
  details: Details;
  causes: Causes;
  maps: ServiceMaps;
  searches: Searches;
}

/** The reader thread: answers requests. What is about one pair is answered at once, between two slices of whatever search goes on. */
export class ReaderService {
  readonly #data: ReaderData;
  readonly #names: KeptNames;
  readonly #post: (message: FromReader, transfer?: ArrayBuffer[]) => void;
  #opened: Opened | undefined;
  /** Calls that came while the file is exchanged. */
  #held: CallMessage[] = [];
  #damaged = false;
  /** Runs while nobody asks. */
  #rest: NodeJS.Timeout | undefined;
  #givingBack: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(data: ReaderData, post: (message: FromReader, transfer?: ArrayBuffer[]) => void) {
    this.#data = data;
    this.#names = new KeptNames(data.dataDir);
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
    clearTimeout(this.#rest);
    if (!this.#closed) this.#rest = setTimeout(() => this.#giveBack(), limits.giveBackMillis).unref();
  }

  /** Lists of a hundred thousand pairs, and bodies, leave a thread behind that is larger than it has to be. */
  #giveBack(): void {
    this.#opened?.details.forget();
    this.#givingBack = giveBackMemory('all');
  }

  #open(): Opened {
    const database = this.#data.snapshot === true ? openSnapshotFile(this.#data.path) : openForReading(this.#data.path);
    const summaries = new Summaries(database);
    const blocks = new Blocks(database);
    const bodies = new Bodies(database, blocks);
    const searches = new Searches(database, new HeavyConditions(database, blocks, bodies), summaries, {
      patient: this.#data.patient,
      onProgress: () => this.#post({ type: 'progress' }),
    });
    return {
      database,
      summaries,
      details: new Details(database, summaries, blocks, bodies, this.#names),
      causes: new Causes(database, summaries, blocks, bodies),
      maps: new ServiceMaps(database, searches),
      searches,
    };
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
    if (method === 'release') return this.#release();
    if (method === 'close') return this.#close();
    const { causes, details, maps, searches, summaries } = this.#current();
    switch (method) {
      case 'list':
        return searches.list(args[0] as ListQuery, args[1] as number, args[2] as number);
      case 'search':
        return searches.setEnd(args[0] as Pick<PairQuery, 'filter' | 'noise'>, args[1] as number);
      case 'values':
        return fieldValues(this.#current().database, args[0] as ValueField, args[1] as string);
      case 'histogram':
        return searches.histogram(args[0] as PairQuery, args[1] as HistogramRange);
      case 'paths':
        return searches.paths(args[0] as PairQuery);
      case 'caused':
        return causes.of(args[0] as number);
      case 'map':
        return maps.of(args[0] as PairQuery);
      case 'ids':
        return searches.ids(args[0] as PairQuery);
      case 'detail':
        return details.detail(args[0] as number);
      case 'record':
        return details.record(args[0] as number);
      case 'body':
        return details.body(args[0] as number, args[1] as MessageSide, args[2] as BodyForm, args[3] as number, args[4] as number);
      case 'reading':
        return details.reading(args[0] as number, args[1] as number);
      case 'conversation':
        return details.conversation(args[0] as number, args[1] as ConversationQuery);
      case 'message':
        return details.message(args[0] as number, args[1] as number);
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
    return { pairs: state.rows - state.hiddenRows, unlisted: unlistedPairs(database, state), bytes };
  }

  /** The thread is ended when this is answered. Native code of others, as giving memory back is, takes the whole process down when it is in it then. */
  async #close(): Promise<null> {
    this.#closed = true;
    this.#release();
    await this.#givingBack;
    return null;
  }

  #release(): null {
    clearTimeout(this.#rest);
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

/** Rare: an engine lists what it has before it ends, unless it is killed. */
function unlistedPairs(database: DatabaseSync, { listedTo, keptTo }: StoreState): number {
  if (listedTo === keptTo) return 0;
  let pairs = 0;
  for (const { bytes } of database.prepare('SELECT bytes FROM block WHERE id > ?').iterate(listedTo)) {
    pairs += countPairs(unpacked(bytes as Uint8Array<ArrayBuffer>));
  }
  return pairs;
}
