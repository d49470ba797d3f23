import type { Caused } from '../rrpair/caused.ts';
import type { Conversation, ConversationQuery, MessageBody } from '../rrpair/conversation.ts';
import type { MarkChange, Marked } from '../rrpair/marks.ts';
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
import type { WriterBounds } from './messages.ts';

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
  /** Pairs that are on disk and will be in the lists when traffic slackens, or within seconds. */
  unlisted: number;
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
  list(query: ListQuery, offset: number, limit: number): Promise<PairPage>;
  /** Says how far to search for a question, whatever it is sorted by: 0 ends its searches now, 1 lets them go on. Throws `filter-invalid`. */
  search(question: Pick<PairQuery, 'filter' | 'noise'>, until: number): Promise<void>;
  /** Throws `pair-not-found`. */
  detail(id: number): Promise<PairDetail>;
  /** One page of a body, decoded for reading on request. */
  body(id: number, side: MessageSide, form: BodyForm, offset: number, length: number): Promise<BodyBytes>;
  /** What a pair of a decoded protocol says, with the page of its tables that begins with that row; null for all others. Throws `pair-not-found`. */
  reading(id: number, firstRow: number): Promise<Reading | null>;
  /** A page of the messages of a pair whose bodies are a stream of them; null for all others. Throws `pair-not-found`. */
  conversation(id: number, query: ConversationQuery): Promise<Conversation | null>;
  /** One of those messages. Throws `pair-not-found`, `message-not-found`. */
  message(id: number, number: number): Promise<MessageBody>;
  /** The pair with its bytes as captured, for replay and export. Throws `pair-not-found`. */
  record(id: number): Promise<PairRecord>;
  /** The query's pairs counted by time. Like a list, it may be answered before it is complete. */
  histogram(query: PairQuery, range: HistogramRange): Promise<PairHistogram>;
  /** The query's newest pairs counted by host and path. Like a list, it may be answered before it is complete. */
  paths(query: PairQuery): Promise<PathTreeAnswer>;
  /** Who calls whom among the query's newest pairs. Like a list, it may be answered before it is complete. */
  map(query: PairQuery): Promise<ServiceMap>;
  /** What caused a pair, or what it caused. Throws `pair-not-found`. */
  caused(id: number): Promise<Caused>;
  /** Values of a field in recent pairs that contain `text`, the most frequent first. */
  values(field: ValueField, text: string): Promise<FieldValue[]>;
  /** Ids in the order of the query, for exports of any size. */
  ids(query: PairQuery): AsyncIterable<number>;
  /** The same at once. */
  idList(query: PairQuery): Promise<Float64Array<ArrayBuffer>>;
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
  /** Pins or unpins pairs. Returns how many of them exist. */
  pin(ids: readonly number[], pinned: boolean): Promise<number>;
  /**
   * Colours pairs, writes notes on them, pins them, or takes that away. Answers what those that exist had before, which can be given back the
   * same way.
   */
  mark(changes: readonly MarkChange[]): Promise<Marked>;
  /** Hides all pairs that are not pinned; they are deleted for good at the next clear or after a while. Returns how many. */
  clear(): Promise<number>;
  /** Brings back what the last `clear` hid. Returns how many. */
  undoClear(): Promise<number>;
  /** Deletes all unpinned pairs between two ids, both included: those of an import that was cancelled. */
  discard(first: number, last: number): Promise<void>;
  /** New bounds, from now on. */
  configure(bounds: WriterBounds): Promise<void>;
  /** Resolves when everything written so far can be read. */
  flush(): Promise<void>;
  /** Writes what was handed over, and closes the file. */
  close(): Promise<void>;
}
