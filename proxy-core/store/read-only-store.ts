import type { PairRecord } from '../rrpair/pair.ts';
import type { BodyForm, BodySlice, MessageSide, PairDetail, PairPage, PairQuery, PairSummary } from '../rrpair/shapes.ts';
import { ReaderClient, type StartReader } from './reader-client.ts';
import { ReaderService } from './reader-service.ts';
import type { ReadableStore, StoreStatus } from './store.ts';

/**
 * In the caller's own thread: a command that only reads has nothing else to do meanwhile, and a thread takes as long to start as it does
 * itself.
 */
const startHere: StartReader = async (data, receive) => {
  const service = new ReaderService(data, receive);
  return { postMessage: (message) => service.receive(message), terminate: async () => {} };
};

/** The store without a writer. */
export class ReadOnlyStore implements ReadableStore {
  readonly #reader: ReaderClient;
  #status: StoreStatus;

  constructor(path: string) {
    this.#status = { path, pairs: 0, bytes: 0, unwritten: 0, problem: '', revision: 0 };
    this.#reader = new ReaderClient({ path, patient: true }, { revision: () => 0 }, startHere);
  }

  async start(): Promise<void> {
    await this.#reader.start();
    this.#status = { ...this.#status, ...(await this.#reader.counts()) };
  }

  status(): StoreStatus {
    return this.#status;
  }

  list(query: PairQuery, offset: number, limit: number): Promise<PairPage> {
    return this.#reader.list(query, offset, limit);
  }

  detail(id: number): Promise<PairDetail> {
    return this.#reader.detail(id);
  }

  body(id: number, side: MessageSide, form: BodyForm, offset: number, length: number): Promise<BodySlice> {
    return this.#reader.body(id, side, form, offset, length);
  }

  record(id: number): Promise<PairRecord> {
    return this.#reader.record(id);
  }

  ids(query: PairQuery): AsyncIterable<number> {
    return this.#reader.ids(query);
  }

  summaries(ids: readonly number[]): Promise<PairSummary[]> {
    return this.#reader.summaries(ids);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
