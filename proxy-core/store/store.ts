import type { PairRecord } from '../rrpair/pair.ts';
import type { BodyForm, BodySlice, MessageSide, PairDetail, PairPage, PairQuery, PairSummary } from '../rrpair/shapes.ts';

/** Where the recorder puts its batches. The implementation hands them to the writer thread. */
export interface BatchSink {
  /** The first id that no stored pair has. */
  readonly nextPairId: number;
  /** Hands over a batch (see `batch.ts`). Its memory is transferred: the caller must not touch it again. Never throws, never blocks. */
  write(batch: Uint8Array<ArrayBuffer>): void;
  /**
   * Memory of a batch that has been written, of `limits.batchBytes`, to be filled again; undefined when there is none. Without it the
   * memory of thousands of batches a minute waits for the garbage collectors of two threads.
   */
  spareMemory(): ArrayBuffer | undefined;
  /** Bytes handed over and not yet written to disk (or refused by it). */
  readonly pendingBytes: number;
}

export interface StoreStatus {
  path: string;
  pairs: number;
  bytes: number;
  /** Pairs that could not be written (disk full, file corrupt), since start. */
  unwritten: number;
  /** What the user has to know about the store right now, as a sentence; empty when all is well. */
  problem: string;
  /** Rises with every change. */
  revision: number;
}

/** Reading side. Every method may be called while batches are being written; none of them waits for the writer longer than one batch. */
export interface PairReader {
  list(query: PairQuery, offset: number, limit: number): Promise<PairPage>;
  /** Throws `pair-not-found`. */
  detail(id: number): Promise<PairDetail>;
  /** One page of a body, decoded for reading on request. */
  body(id: number, side: MessageSide, form: BodyForm, offset: number, length: number): Promise<BodySlice>;
  /** The pair with its bytes as captured, for replay and export. Throws `pair-not-found`. */
  record(id: number): Promise<PairRecord>;
  /** Ids in the order of the query, for exports of any size. */
  ids(query: PairQuery): AsyncIterable<number>;
  summaries(ids: readonly number[]): Promise<PairSummary[]>;
}

/** A store that is only read: by the command, while another process writes it or nobody does. Its lists are always complete. */
export interface ReadableStore extends PairReader {
  /** As of when it was opened. */
  status(): StoreStatus;
  close(): Promise<void>;
}

export interface Store extends BatchSink, ReadableStore {
  status(): StoreStatus;
  /** Calls back after every change of stored pairs or of the status, at most once a batch. Returns a function that ends it. */
  onChange(listener: (status: StoreStatus) => void): () => void;
  pin(ids: readonly number[], pinned: boolean): Promise<void>;
  /** Hides all pairs that are not pinned; they are deleted for good at the next clear or after a while. Returns how many. */
  clear(): Promise<number>;
  /** Brings back what the last `clear` hid. Returns how many. */
  undoClear(): Promise<number>;
  /** Resolves when everything written so far can be read. */
  flush(): Promise<void>;
  /** Writes what was handed over, and closes the file. */
  close(): Promise<void>;
}
