import type { Caused } from '../rrpair/caused.ts';
import type { Conversation, ConversationQuery, MessageBody } from '../rrpair/conversation.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import type { Reading } from '../rrpair/reading.ts';
import type { ServiceMap } from '../rrpair/service-map.ts';
import type {
  BodyBytes,
  BodyForm,
  FieldValue,
  HistogramRange,
  ListQuery,
  MessageSide,
  PairDetail,
  PairHistogram,
  PairPage,
  PairQuery,
  PairSummary,
  PathTreeAnswer,
  ValueField,
} from '../rrpair/shapes.ts';
import { type Callee, Calls } from './calls.ts';
import type { FromReader, ReaderCalls, ReaderData, ReaderStatus } from './messages.ts';
import type { PairReader } from './store.ts';
import { startWorker } from './worker.ts';

export interface ReaderEvents {
  /** The revision of the store, for pages. */
  revision(): number;
  /** A list that was not complete has more now. Complete lists have no progress. */
  onProgress?(): void;
  /** The file is damaged. Only a process that writes it can do something about it; whoever asked gets the error in any case. */
  onDamaged?(): void;
}

/** Where the reading is done. */
export interface ReaderHost extends Callee {
  terminate(): Promise<unknown>;
}

/** Resolves once the file is open. `onDeath` is called when the host ends by itself. */
export type StartReader = (
  data: ReaderData,
  receive: (message: FromReader) => void,
  onDeath: (error: Error) => void,
) => Promise<ReaderHost>;

const startThread: StartReader = (data, receive, onDeath) => startWorker('reader-worker', data, receive, onDeath);

interface Running {
  worker: ReaderHost;
  calls: Calls<ReaderCalls>;
}

/** The reader thread, seen from the engine's. One that died is started again by the next call; only the calls it had are lost. */
export class ReaderClient implements PairReader {
  readonly #data: ReaderData;
  readonly #events: ReaderEvents;
  readonly #startHost: StartReader;
  #running: Promise<Running> | undefined;
  #closing: Promise<void> | undefined;

  constructor(data: ReaderData, events: ReaderEvents, startHost: StartReader = startThread) {
    this.#data = data;
    this.#events = events;
    this.#startHost = startHost;
  }

  /** Throws what keeps the file from being read. */
  async start(): Promise<void> {
    await this.#run();
  }

  async list(query: ListQuery, offset: number, limit: number): Promise<PairPage> {
    const revision = this.#events.revision();
    return { ...(await this.#call('list', query, offset, limit)), revision };
  }

  async search(question: Pick<PairQuery, 'filter' | 'noise'>, until: number): Promise<void> {
    await this.#call('search', question, until);
  }

  detail(id: number): Promise<PairDetail> {
    return this.#call('detail', id);
  }

  body(id: number, side: MessageSide, form: BodyForm, offset: number, length: number): Promise<BodyBytes> {
    return this.#call('body', id, side, form, offset, length);
  }

  reading(id: number, firstRow: number): Promise<Reading | null> {
    return this.#call('reading', id, firstRow);
  }

  conversation(id: number, query: ConversationQuery): Promise<Conversation | null> {
    return this.#call('conversation', id, query);
  }

  message(id: number, number: number): Promise<MessageBody> {
    return this.#call('message', id, number);
  }

  record(id: number): Promise<PairRecord> {
    return this.#call('record', id);
  }

  histogram(query: PairQuery, range: HistogramRange): Promise<PairHistogram> {
    return this.#call('histogram', query, range);
  }

  paths(query: PairQuery): Promise<PathTreeAnswer> {
    return this.#call('paths', query);
  }

  map(query: PairQuery): Promise<ServiceMap> {
    return this.#call('map', query);
  }

  caused(id: number): Promise<Caused> {
    return this.#call('caused', id);
  }

  values(field: ValueField, text: string): Promise<FieldValue[]> {
    return this.#call('values', field, text);
  }

  async *ids(query: PairQuery): AsyncIterable<number> {
    yield* await this.#call('ids', query);
  }

  idList(query: PairQuery): Promise<Float64Array<ArrayBuffer>> {
    return this.#call('ids', query);
  }

  summaries(ids: readonly number[]): Promise<PairSummary[]> {
    return this.#call('summaries', ids);
  }

  counts(): Promise<ReaderStatus> {
    return this.#call('counts');
  }

  /** Lets go of the file until `reopen`; what is asked meanwhile is answered afterwards. */
  async release(): Promise<void> {
    await this.#call('release');
  }

  async reopen(): Promise<void> {
    await this.#call('reopen');
  }

  /** Further calls get the promise of the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // One that cannot be started has nothing to close.
    const running = await this.#running?.catch(() => undefined);
    if (running === undefined) return;
    const { worker, calls } = running;
    try {
      await calls.call('close');
    } finally {
      await worker.terminate();
      calls.abandon(new Error('the store was closed'));
    }
  }

  async #call<K extends keyof ReaderCalls>(method: K, ...args: ReaderCalls[K]['args']): Promise<ReaderCalls[K]['result']> {
    if (this.#closing !== undefined) throw new Error('the store was closed');
    const { calls } = await this.#run();
    return calls.call(method, ...args);
  }

  #run(): Promise<Running> {
    this.#running ??= this.#start().catch((error: unknown) => {
      this.#running = undefined;
      throw error;
    });
    return this.#running;
  }

  async #start(): Promise<Running> {
    let calls: Calls<ReaderCalls> | undefined;
    const receive = (message: FromReader): void => {
      if (message.type === 'reply') calls?.reply(message);
      else if (message.type === 'progress') this.#events.onProgress?.();
      else if (message.type === 'damaged') this.#events.onDamaged?.();
    };
    const worker = await this.#startHost(this.#data, receive, (error) => {
      this.#running = undefined;
      calls?.abandon(error);
    });
    calls = new Calls<ReaderCalls>(worker);
    return { worker, calls };
  }
}
