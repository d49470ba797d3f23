import type { Caused } from '../rrpair/caused.ts';
import type { Conversation, ConversationQuery, MessageBody } from '../rrpair/conversation.ts';
import type { MarkChange, Marked } from '../rrpair/marks.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import type { Reading } from '../rrpair/reading.ts';
import type { ServiceMap } from '../rrpair/service-map.ts';
import type { NoiseSettings } from '../rrpair/settings.ts';
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

/** What goes between the engine's thread and the two threads of the store. */

/** Something that the user should know, once. */
export interface StoreNotice {
  id: string;
  level: 'info' | 'warning' | 'error';
  text: string;
}

/** What the writer knows about the store after each change. */
export interface WriterStatus {
  pairs: number;
  /** Pairs that are on disk and have no row yet. */
  unlisted: number;
  bytes: number;
  unwritten: number;
  problem: string;
}

export interface WriterData {
  path: string;
  maxPairs: number;
  maxBytes: number;
  /** What the user takes for noise. */
  noise?: NoiseSettings;
}

/** What may change while the store is open. */
export type WriterBounds = Pick<WriterData, 'maxPairs' | 'maxBytes' | 'noise'>;

/** Calls to the writer, each with its arguments and result. */
export interface WriterCalls {
  mark: { args: [changes: readonly MarkChange[]]; result: Marked };
  clear: { args: []; result: number };
  undoClear: { args: []; result: number };
  /** Deletes some of the unpinned pairs between two ids; answers how many, 0 when there are none left. */
  discard: { args: [first: number, last: number]; result: number };
  configure: { args: [bounds: WriterBounds]; result: null };
  /** Answered after all batches that were sent before it. */
  flush: { args: []; result: null };
  /** Moves the file away and starts a new one; the reader must have let go of it. */
  setAside: { args: []; result: null };
  close: { args: []; result: null };
}

export interface ReaderData {
  path: string;
  /** The data directory, where the names of messages are kept. */
  dataDir: string;
  /** Answers only when a list is complete. */
  patient: boolean;
  /** The file of a snapshot, which may come from anybody. */
  snapshot?: boolean;
}

export interface ReaderStatus {
  pairs: number;
  /** As in `WriterStatus`. */
  unlisted: number;
  bytes: number;
}

export interface ReaderCalls {
  list: { args: [query: ListQuery, offset: number, limit: number]; result: Omit<PairPage, 'revision'> };
  search: { args: [question: Pick<PairQuery, 'filter' | 'noise'>, until: number]; result: null };
  detail: { args: [id: number]; result: PairDetail };
  body: { args: [id: number, side: MessageSide, form: BodyForm, offset: number, length: number]; result: BodyBytes };
  reading: { args: [id: number, firstRow: number]; result: Reading | null };
  conversation: { args: [id: number, query: ConversationQuery]; result: Conversation | null };
  message: { args: [id: number, number: number]; result: MessageBody };
  record: { args: [id: number]; result: PairRecord };
  ids: { args: [query: PairQuery]; result: Float64Array<ArrayBuffer> };
  values: { args: [field: ValueField, text: string]; result: FieldValue[] };
  histogram: { args: [query: PairQuery, range: HistogramRange]; result: PairHistogram };
  paths: { args: [query: PairQuery]; result: PathTreeAnswer };
  caused: { args: [id: number]; result: Caused };
  map: { args: [query: PairQuery]; result: ServiceMap };
  summaries: { args: [ids: readonly number[]]; result: PairSummary[] };
  counts: { args: []; result: ReaderStatus };
  /** Lets go of the file; other calls wait for `reopen`. */
  release: { args: []; result: null };
  reopen: { args: []; result: null };
  close: { args: []; result: null };
}

export type CallsOf = Record<string, { args: readonly unknown[]; result: unknown }>;

/** A call as it is posted. */
export interface CallMessage {
  type: 'call';
  call: number;
  method: string;
  args: readonly unknown[];
}

export interface FailureValue {
  name: string;
  message: string;
  code: string | undefined;
  details: Readonly<Record<string, unknown>> | undefined;
  stack: string | undefined;
}

export type ReplyMessage =
  | { type: 'reply'; call: number; ok: true; value: unknown }
  | { type: 'reply'; call: number; ok: false; error: FailureValue };

export type ToWriter = CallMessage | { type: 'batch'; batch: Uint8Array<ArrayBuffer> };

export type FromWriter =
  | ReplyMessage
  | { type: 'opened'; nextPairId: number; status: WriterStatus }
  | { type: 'failed'; error: FailureValue }
  /** Batches of so many bytes are on disk, or were refused; or something else changed. `spares` is their memory, given back. */
  | { type: 'changed'; bytes: number; status: WriterStatus; spares: ArrayBuffer[] }
  | { type: 'notice'; notice: StoreNotice }
  /** The file is damaged; nothing more is written until `setAside`. */
  | { type: 'damaged' };

export type FromReader =
  | ReplyMessage
  | { type: 'opened' }
  | { type: 'failed'; error: FailureValue }
  /** A search that was answered before its end has found more, or has ended. */
  | { type: 'progress' }
  | { type: 'damaged' };
