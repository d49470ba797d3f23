import type { Worker } from 'node:worker_threads';
import { limits } from '../limits.ts';
import { countPairs } from './batch.ts';
import { Calls } from './calls.ts';
import type { FromWriter, StoreNotice, WriterBounds, WriterCalls, WriterData, WriterStatus } from './messages.ts';
import { SpareMemory } from './spare-memory.ts';
import type { BatchSink } from './store.ts';
import { startWorker } from './worker.ts';

export interface WriterEvents {
  onChanged(): void;
  onDamaged(): void;
  onNotice(notice: StoreNotice): void;
}

interface Sent {
  bytes: number;
  pairs: number;
}

/**
 * The writer thread, seen from the engine's. If it dies it is started again: what it had is counted as unwritten, and capture notices
 * nothing of it.
 */
export class WriterClient implements BatchSink {
  /** A copy of its own. */
  readonly #data: WriterData;
  readonly #events: WriterEvents;
  #worker: Worker | undefined;
  #calls: Calls<WriterCalls> | undefined;
  /** Batches that the thread has not answered for yet, oldest first. */
  #sent: Sent[] = [];
  #pending = 0;
  readonly #spares = new SpareMemory();
  #lost = 0;
  #reported: WriterStatus = { pairs: 0, unlisted: 0, bytes: 0, unwritten: 0, problem: '' };
  #trouble = '';
  #closing: Promise<void> | undefined;
  #restart: NodeJS.Timeout | undefined;
  #pause: number = limits.storeRetryMillis[0];
  nextPairId = 1;

  constructor(data: WriterData, events: WriterEvents) {
    this.#data = { ...data };
    this.#events = events;
  }

  /** Throws what keeps the file from being written. */
  async start(): Promise<void> {
    const worker = await startWorker(
      'writer-worker',
      this.#data,
      (message) => this.#receive(message),
      (error) => this.#died(error),
    );
    if (this.#closing !== undefined) {
      // It was closed while the thread was started again: nobody else knows of this one.
      await worker.terminate();
      return;
    }
    this.#worker = worker;
    this.#calls = new Calls<WriterCalls>(worker);
    this.#trouble = '';
    this.#pause = limits.storeRetryMillis[0];
  }

  spareMemory(): ArrayBuffer | undefined {
    return this.#spares.take();
  }

  get pendingBytes(): number {
    return this.#pending;
  }

  get status(): WriterStatus {
    return {
      ...this.#reported,
      unwritten: this.#reported.unwritten + this.#lost,
      problem: this.#trouble || this.#reported.problem,
    };
  }

  write(batch: Uint8Array<ArrayBuffer>): void {
    const sent = { bytes: batch.byteLength, pairs: countPairs(batch) };
    if (this.#worker === undefined || this.#closing !== undefined) {
      this.#lost += sent.pairs;
      return;
    }
    this.#sent.push(sent);
    this.#pending += sent.bytes;
    this.#worker.postMessage({ type: 'batch', batch }, [batch.buffer]);
  }

  call<K extends keyof WriterCalls>(method: K, ...args: WriterCalls[K]['args']): Promise<WriterCalls[K]['result']> {
    if (this.#closing !== undefined) return Promise.reject(new Error('the store was closed'));
    if (this.#calls === undefined) return Promise.reject(new Error('the store cannot be written at the moment'));
    return this.#calls.call(method, ...args);
  }

  /** Also holds when the thread has to be started again. */
  async configure(bounds: WriterBounds): Promise<void> {
    Object.assign(this.#data, bounds);
    await this.call('configure', bounds);
  }

  /** Writes what was handed over. Further calls get the promise of the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#restart);
    this.#spares.close();
    try {
      await this.#calls?.call('close');
    } finally {
      await this.#worker?.terminate();
      this.#calls?.abandon(new Error('the store was closed'));
    }
  }

  #receive(message: FromWriter): void {
    switch (message.type) {
      case 'reply':
        this.#calls?.reply(message);
        return;
      case 'opened':
        this.nextPairId = Math.max(this.nextPairId, message.nextPairId);
        this.#reported = message.status;
        return;
      case 'changed':
        this.#reported = message.status;
        this.#settle(message.bytes);
        this.#spares.add(message.spares);
        this.#events.onChanged();
        return;
      case 'notice':
        this.#events.onNotice(message.notice);
        return;
      case 'damaged':
        this.#events.onDamaged();
        return;
      case 'failed':
        return;
    }
  }

  /** So many bytes of the oldest batches are done with. */
  #settle(bytes: number): void {
    this.#pending -= bytes;
    let rest = bytes;
    let count = 0;
    for (; rest > 0 && count < this.#sent.length; count += 1) rest -= this.#sent[count]?.bytes ?? 0;
    this.#sent.splice(0, count);
  }

  #died(error: Error): void {
    if (this.#closing !== undefined) {
      this.#calls?.abandon(error);
      return;
    }
    for (const { pairs } of this.#sent.splice(0)) this.#lost += pairs;
    this.#lost += this.#reported.unwritten;
    this.#reported = { ...this.#reported, unwritten: 0, problem: '' };
    this.#pending = 0;
    this.#worker = undefined;
    this.#calls?.abandon(error);
    this.#calls = undefined;
    this.#startLater(error);
  }

  #startLater(error: Error): void {
    this.#trouble = `New pairs are not stored at the moment (${error.message}). Capture goes on, and it is tried again.`;
    this.#events.onChanged();
    this.#restart = setTimeout(() => void this.#startAgain(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, limits.storeRetryMillis[1]);
  }

  async #startAgain(): Promise<void> {
    try {
      await this.start();
      this.#events.onChanged();
    } catch (error) {
      this.#startLater(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
