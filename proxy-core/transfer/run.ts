import { Worker } from 'node:worker_threads';
import { assertNever } from '../errors.ts';
import { limits } from '../limits.ts';
import type { SnapshotDifference } from '../rrpair/transfers.ts';
import { errorOf } from '../store/calls.ts';
import type { FromTransfer, ToTransfer, TransferData } from './messages.ts';
import type { Task, TaskResults } from './tasks.ts';

/** Where imported pairs go. */
export interface PairSink {
  /** An id that no other pair has or will have. Called several times in a row it gives consecutive ones. */
  takeId(): number;
  write(batch: Uint8Array<ArrayBuffer>): void;
  /** Resolves when the store has room for more. */
  room(): Promise<void>;
}

export interface RunOptions {
  signal?: AbortSignal;
  sink?: PairSink;
  /** Told of the thread's end, which comes after it has removed what is not to stay. */
  track?: (ended: Promise<void>) => void;
}

export type TaskEvent<Kind extends Task['kind']> =
  | { type: 'progress'; done: number; total: number; differences: SnapshotDifference[] }
  | { type: 'done'; result: TaskResults[Kind]; differences: SnapshotDifference[] };

/**
 * Does a task on a thread of its own and tells how far it is; the last event has the result. Whoever stops listening, or aborts, cancels
 * it: then what it wrote is removed before this ends. Progress that nobody has fetched is replaced by what is newer.
 */
export async function* runTask<Kind extends Task['kind']>(
  task: Extract<Task, { kind: Kind }>,
  { signal, sink, track }: RunOptions = {},
): AsyncGenerator<TaskEvent<Kind>> {
  const running = new RunningTask(task, sink);
  track?.(running.ended);
  const abort = (): void => running.cancel();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  try {
    for (;;) {
      const message = await running.next();
      if (message === null) return;
      if (message.type === 'failed') throw message.error;
      yield message as TaskEvent<Kind>;
      if (message.type === 'done') return;
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    running.cancel();
    await running.ended;
  }
}

/** The result of a task whose progress nobody watches. */
export async function taskResult<Kind extends Task['kind']>(
  task: Extract<Task, { kind: Kind }>,
  options: RunOptions = {},
): Promise<TaskResults[Kind] | null> {
  for await (const event of runTask<Kind>(task, options)) if (event.type === 'done') return event.result;
  return null;
}

type Message =
  | { type: 'progress'; done: number; total: number; differences: SnapshotDifference[] }
  | { type: 'done'; result: unknown; differences: SnapshotDifference[] }
  | { type: 'failed'; error: Error };

class RunningTask {
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #stop = new SharedArrayBuffer(4);
  readonly #sink: PairSink | undefined;
  #progress: { done: number; total: number } | null = null;
  #differences: SnapshotDifference[] = [];
  #end: Message | null = null;
  #over = false;
  #wake: (() => void) | null = null;
  #deadline: NodeJS.Timeout | undefined;

  constructor(task: Task, sink: PairSink | undefined) {
    const source = import.meta.url.endsWith('.ts');
    const data: TransferData = { task, stop: this.#stop };
    this.#sink = sink;
    this.#worker = new Worker(new URL(source ? './worker.ts' : './transfer-worker.js', import.meta.url), {
      name: 'transfer',
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: limits.transferMegabytes },
    });
    this.#worker.on('message', (message: FromTransfer) => this.#receive(message));
    this.#worker.on('error', (error) =>
      this.#finish({ type: 'failed', error: error instanceof Error ? error : new Error(String(error)) }),
    );
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        clearTimeout(this.#deadline);
        if (this.#end === null && !this.#over) {
          this.#finish({ type: 'failed', error: new Error(`the thread of a transfer ended with code ${String(code)}`) });
        }
        resolve();
      });
    });
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    Atomics.store(new Int32Array(this.#stop), 0, 1);
    // One that waits for something, or is lost in a file, is not waited for.
    this.#deadline = setTimeout(() => void this.#worker.terminate(), this.#end === null ? limits.transferCancelMillis : 0);
    this.#wake?.();
  }

  /** What is new; null when it was cancelled. */
  async next(): Promise<Message | null> {
    for (;;) {
      if (this.#progress !== null || this.#differences.length > 0) {
        const { done, total } = this.#progress ?? { done: 0, total: 0 };
        const differences = this.#differences;
        this.#progress = null;
        this.#differences = [];
        if (this.#end === null) return { type: 'progress', done, total, differences };
        if (this.#end.type === 'done') return { ...this.#end, differences };
      }
      if (this.#end !== null) return this.#end;
      if (this.#over) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #receive(message: FromTransfer): void {
    switch (message.type) {
      case 'progress':
        this.#progress = { done: message.done, total: message.total };
        this.#wake?.();
        return;
      case 'found':
        this.#differences.push(...message.differences);
        return;
      case 'ids':
        this.#post({ type: 'ids', first: this.#takeIds(message.count) });
        return;
      case 'batch':
        void this.#store(message.batch);
        return;
      case 'done':
        this.#finish({ type: 'done', result: message.result, differences: [] });
        return;
      case 'cancelled':
        return;
      case 'failed':
        this.#finish({ type: 'failed', error: errorOf(message.error) });
        return;
      default:
        assertNever(message);
    }
  }

  #takeIds(count: number): number {
    if (this.#sink === undefined) throw new Error('this task was given no store');
    const first = this.#sink.takeId();
    for (let more = 1; more < count; more += 1) this.#sink.takeId();
    return first;
  }

  async #store(batch: Uint8Array<ArrayBuffer>): Promise<void> {
    const bytes = batch.byteLength;
    this.#sink?.write(batch);
    await this.#sink?.room();
    this.#post({ type: 'taken', bytes });
  }

  #post(message: ToTransfer): void {
    this.#worker.postMessage(message);
  }

  #finish(end: Message): void {
    this.#end ??= end;
    this.#wake?.();
  }
}
