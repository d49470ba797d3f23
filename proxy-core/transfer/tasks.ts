import type { MaskingPreview, MaskingRules } from '../rrpair/masking.ts';
import type { ImportProblem, SnapshotDiffCounts, SnapshotDifference } from '../rrpair/transfers.ts';
import type { SnapshotFacts } from '../store/snapshot-file.ts';

/** What is done by a thread of its own because it goes through any number of pairs, or through large files. */

/** Pairs of a database: the store's, or a snapshot's. */
export interface Selected {
  path: string;
  snapshot: boolean;
  /** Those that are meant; null for all. */
  ids: Float64Array | null;
}

export interface SaveTask {
  kind: 'save';
  from: Selected;
  /** The new file; one of this name is replaced. */
  path: string;
  facts: SnapshotFacts;
  /** Null when secrets are left in. */
  masking: MaskingRules | null;
}

export interface WriteTask {
  kind: 'write';
  format: 'har' | 'postman' | 'rrpair' | 'rrpair-json';
  from: Selected;
  /** A file, or for RRPairs a folder. */
  path: string;
  masking: MaskingRules | null;
  version: string;
}

export interface ImportTask {
  kind: 'import';
  paths: readonly string[];
  /** What the pairs are marked with as their source. */
  source: string;
  /** A snapshot's file to write them into; null for the store. */
  snapshot: { path: string; facts: SnapshotFacts } | null;
}

export interface PreviewTask {
  kind: 'preview';
  from: Selected;
  masking: MaskingRules;
}

export interface CompareTask {
  kind: 'compare';
  before: Selected;
  after: Selected;
}

/** Counts pairs by ranges of ids, both ends included. */
export interface CountTask {
  kind: 'count';
  path: string;
  ranges: readonly { first: number; last: number }[];
}

export type Task = SaveTask | WriteTask | ImportTask | PreviewTask | CompareTask | CountTask;

export interface WriteResult {
  pairs: number;
  files: number;
  bytes: number;
  /** Pairs that the format cannot hold. */
  left: number;
  /** Values that were masked. */
  masked: number;
}

export interface ImportResult {
  pairs: number;
  files: number;
  problems: ImportProblem[];
  problemCount: number;
}

export interface RangeCount {
  pairs: number;
  outbound: number;
  errors: number;
  /** Unix epoch µs; 0 when there is none. */
  firstStart: number;
  lastStart: number;
}

/** What each kind of task comes to. */
export interface TaskResults {
  save: WriteResult;
  write: WriteResult;
  import: ImportResult;
  preview: Omit<MaskingPreview, 'done' | 'total' | 'finished'>;
  compare: SnapshotDiffCounts;
  count: RangeCount[];
}

/** What a task may ask of whoever started it. */
export interface TaskHost {
  /** How far it is. Cheap enough to be called for every pair. Throws `Cancelled` when nobody wants the result any more. */
  progress(done: number, total: number): void;
  /** Differences, as they are found. */
  found(differences: SnapshotDifference[]): void;
  /** So many ids of the store, one after the other; gives the first. */
  ids(count: number): Promise<number>;
  /** Hands over a batch for the store; its memory goes with it. Waits while too much is on its way. */
  batch(batch: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** Nobody wants the result any more. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}
