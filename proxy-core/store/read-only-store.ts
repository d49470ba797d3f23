import { ReaderClient, type StartReader } from './reader-client.ts';
import { ReaderService } from './reader-service.ts';
import { ReadingStore } from './reading-store.ts';
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
export class ReadOnlyStore extends ReadingStore implements ReadableStore {
  protected readonly reader: ReaderClient;
  #status: StoreStatus;

  /** With `thread` the reading is done in one of its own: where others wait for this one. */
  constructor(path: string, dataDir: string, { snapshot = false, thread = false }: { snapshot?: boolean; thread?: boolean } = {}) {
    super();
    this.#status = { path, pairs: 0, unlisted: 0, bytes: 0, unwritten: 0, problem: '', revision: 0 };
    this.reader = new ReaderClient(
      { path, dataDir, patient: true, snapshot },
      { revision: () => 0 },
      thread ? undefined : startHere,
    );
  }

  async start(): Promise<void> {
    await this.reader.start();
    this.#status = { ...this.#status, ...(await this.reader.counts()) };
  }

  status(): StoreStatus {
    return this.#status;
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}
