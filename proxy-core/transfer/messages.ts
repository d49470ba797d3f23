import type { SnapshotDifference } from '../rrpair/transfers.ts';
import type { FailureValue } from '../store/messages.ts';
import type { Task, TaskResults } from './tasks.ts';

/** What goes between the engine's thread and that of a transfer. */

export interface TransferData {
  task: Task;
  /** An Int32: not 0 when the result is not wanted any more. Seen in the middle of synchronous work, where no message is. */
  stop: SharedArrayBuffer;
}

export type ToTransfer = { type: 'ids'; first: number } | { type: 'taken'; bytes: number };

export type FromTransfer =
  | { type: 'progress'; done: number; total: number }
  | { type: 'found'; differences: SnapshotDifference[] }
  | { type: 'ids'; count: number }
  | { type: 'batch'; batch: Uint8Array<ArrayBuffer> }
  | { type: 'done'; result: TaskResults[Task['kind']] }
  | { type: 'cancelled' }
  | { type: 'failed'; error: FailureValue };
