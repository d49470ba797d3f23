import { dirname } from 'node:path';
import { messageOf } from '../errors.ts';
import type { MarkChange, Marked } from '../rrpair/marks.ts';
import type { StoreNotice, WriterBounds, WriterData } from './messages.ts';
import { ReaderClient } from './reader-client.ts';
import { ReadingStore } from './reading-store.ts';
import type { Store, StoreStatus } from './store.ts';
import { WriterClient } from './writer-client.ts';

/** The store of a running engine: a thread that writes and a thread that reads, so that no search holds up writing. */
export class WritableStore extends ReadingStore implements Store {
  readonly #path: string;
  readonly #writer: WriterClient;
  protected readonly reader: ReaderClient;
  readonly #notify: (notice: StoreNotice) => void;
  readonly #listeners = new Set<(status: StoreStatus) => void>();
  #revision = 0;
  #repairing = false;

  constructor(data: WriterData, notify: (notice: StoreNotice) => void = () => undefined) {
    super();
    this.#path = data.path;
    this.#notify = notify;
    this.#writer = new WriterClient(data, {
      onChanged: () => this.#changed(),
      onDamaged: () => this.#damaged(),
      onNotice: notify,
    });
    this.reader = new ReaderClient(
      { path: data.path, dataDir: dirname(data.path), patient: false },
      { revision: () => this.#revision, onProgress: () => this.#changed(), onDamaged: () => this.#damaged() },
    );
  }

  async start(): Promise<void> {
    await this.#writer.start();
    try {
      await this.reader.start();
    } catch (error) {
      await this.#writer.close();
      throw error;
    }
  }

  get nextPairId(): number {
    return this.#writer.nextPairId;
  }

  spareMemory(): ArrayBuffer | undefined {
    return this.#writer.spareMemory();
  }

  get pendingBytes(): number {
    return this.#writer.pendingBytes;
  }

  write(batch: Uint8Array<ArrayBuffer>): void {
    this.#writer.write(batch);
  }

  status(): StoreStatus {
    return { path: this.#path, ...this.#writer.status, revision: this.#revision };
  }

  onChange(listener: (status: StoreStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async pin(ids: readonly number[], pinned: boolean): Promise<number> {
    return (await this.mark(ids.map((id) => ({ id, pinned })))).after.length;
  }

  mark(changes: readonly MarkChange[]): Promise<Marked> {
    return this.#writer.call('mark', changes);
  }

  clear(): Promise<number> {
    return this.#writer.call('clear');
  }

  undoClear(): Promise<number> {
    return this.#writer.call('undoClear');
  }

  async discard(first: number, last: number): Promise<void> {
    while ((await this.#writer.call('discard', first, last)) > 0);
  }

  async configure(bounds: WriterBounds): Promise<void> {
    await this.#writer.configure(bounds);
  }

  async flush(): Promise<void> {
    await this.#writer.call('flush');
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    // The reader first: the last connection to close writes the log back into the database and removes it.
    await this.reader.close();
    await this.#writer.close();
  }

  #changed(): void {
    this.#revision += 1;
    const status = this.status();
    for (const listener of this.#listeners) listener(status);
  }

  #damaged(): void {
    if (this.#repairing) return;
    this.#repairing = true;
    this.#startAnew()
      .catch((error: unknown) => {
        const text = `The stored pairs are damaged and could not be set aside (${messageOf(error)}). Capture goes on without storing.`;
        this.#notify({ id: 'store-damaged', level: 'error', text });
      })
      .finally(() => {
        this.#repairing = false;
      });
  }

  /** Both threads must let go of a damaged file before it can be moved, on Windows at least. */
  async #startAnew(): Promise<void> {
    await this.reader.release();
    try {
      await this.#writer.call('setAside');
    } finally {
      await this.reader.reopen();
    }
  }
}
