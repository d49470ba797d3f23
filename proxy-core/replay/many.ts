import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import type { Pace, ReplayManyProgress } from '../rrpair/replay-many.ts';
import { type Compare, Comparisons } from './comparisons.ts';
import { Pacer } from './pacer.ts';

export interface ManyOptions {
  pace: Pace;
  /** How often all of them are sent, one time after the other. */
  times: number;
  /** Exchanges that may be open at once. */
  concurrency: number;
  /** Pauses between two recorded requests are not longer than this, ms. */
  longestPauseMs: number;
}

export interface ManyParts {
  /** Throws `pair-not-found`. */
  read: (id: number) => Promise<PairRecord>;
  /** Sends the request of a pair and resolves with the new pair's id when the exchange is over. Throws `pair-not-replayable`. */
  send: (record: PairRecord, signal: AbortSignal) => Promise<{ id: number }>;
  /** Makes the pairs that were recorded so far readable. */
  flush: () => Promise<void>;
  compare: Compare;
}

/**
 * Sends the requests of many pairs again, in the order given, and compares each answer with the recorded one. Yields how far it is every
 * now and then, and last of all the summary. Ends early when `signal` aborts or the consumer goes away; what is open then is ended too.
 * Memory is bounded by `concurrency` records; of the results only numbers and the first few differences are kept.
 */
export async function* replayMany(
  ids: Float64Array | readonly number[],
  options: ManyOptions,
  parts: ManyParts,
  signal?: AbortSignal,
): AsyncGenerator<ReplayManyProgress, void, void> {
  const abort = new AbortController();
  const giveUp = (): void => abort.abort();
  signal?.addEventListener('abort', giveUp, { once: true });
  if (signal?.aborted === true) giveUp();
  const run = new ManyRun(ids, options, parts, abort.signal);
  const over = run.work();
  // A failure is thrown below, where it is awaited; until then nobody listens.
  over.catch(() => undefined);
  try {
    for (let running = true; running; ) {
      running = await Promise.race([over.then(() => false), run.wait(limits.replayProgressMillis).then(() => true)]);
      if (running) yield run.progress('running');
    }
    yield run.progress(abort.signal.aborted ? 'cancelled' : 'done');
  } finally {
    signal?.removeEventListener('abort', giveUp);
    giveUp();
    run.endWait();
    await over.catch(() => undefined);
  }
}

class ManyRun {
  readonly #ids: Float64Array | readonly number[];
  readonly #options: ManyOptions;
  readonly #parts: ManyParts;
  readonly #signal: AbortSignal;
  readonly #pacer: Pacer;
  readonly #comparisons: Comparisons;
  readonly #startedAt = performance.now();
  readonly #open = new Set<Promise<void>>();
  readonly #problems: ReplayManyProgress['problems'] = [];
  #sent = 0;
  #skipped = 0;
  #unrecorded = 0;
  #failure: unknown = null;
  #endWait: (() => void) | null = null;

  constructor(ids: Float64Array | readonly number[], options: ManyOptions, parts: ManyParts, signal: AbortSignal) {
    this.#ids = ids;
    this.#options = options;
    this.#parts = parts;
    this.#signal = signal;
    this.#pacer = new Pacer(options.pace, options.longestPauseMs, signal);
    this.#comparisons = new Comparisons(parts, signal, (original, text) => this.#lost(original, text));
  }

  /** Resolves when everything is sent and compared, or the signal has aborted and what was open has ended. */
  async work(): Promise<void> {
    try {
      await this.#sendAll();
    } finally {
      await Promise.all(this.#open);
      await this.#comparisons.finish();
    }
    if (this.#failure !== null) throw this.#failure;
  }

  async #sendAll(): Promise<void> {
    for (let time = 0; time < this.#options.times; time++) {
      this.#pacer.restart();
      for (const id of this.#ids) {
        if (this.#signal.aborted || this.#failure !== null) return;
        await this.#next(id);
      }
    }
  }

  async #next(id: number): Promise<void> {
    const record = await this.#read(id);
    if (record === null) return;
    try {
      await this.#pacer.turn(record.startedAtMicros);
    } catch (error) {
      if (this.#signal.aborted) return;
      throw error;
    }
    while (this.#open.size >= this.#options.concurrency) await Promise.race(this.#open);
    await this.#comparisons.room();
    if (this.#signal.aborted) return;
    const exchange = this.#exchange(record).finally(() => this.#open.delete(exchange));
    this.#open.add(exchange);
  }

  async #read(id: number): Promise<PairRecord | null> {
    try {
      return await this.#parts.read(id);
    } catch (error) {
      if (!(error instanceof SidetapError) || error.code !== 'pair-not-found') throw error;
      this.#skip(id, error.message);
      return null;
    }
  }

  async #exchange(record: PairRecord): Promise<void> {
    const original = record.id;
    this.#sent += 1;
    try {
      const { id } = await this.#parts.send(record, this.#signal);
      this.#comparisons.add(original, id);
    } catch (error) {
      if (error instanceof SidetapError && error.code === 'pair-not-replayable') {
        this.#sent -= 1;
        this.#skip(original, error.message);
      } else if (error instanceof SidetapError && error.code === 'internal') this.#lost(original, error.message);
      else this.#failure ??= error;
    }
  }

  #skip(original: number, text: string): void {
    this.#skipped += 1;
    this.#problem(original, text);
  }

  #lost(original: number, text: string): void {
    this.#unrecorded += 1;
    this.#problem(original, text);
  }

  #problem(original: number, text: string): void {
    if (this.#problems.length < limits.replayListed) this.#problems.push({ original, text });
  }

  async wait(millis: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  endWait(): void {
    this.#endWait?.();
  }

  progress(state: ReplayManyProgress['state']): ReplayManyProgress {
    return {
      state,
      total: this.#ids.length * this.#options.times,
      sent: this.#sent,
      skipped: this.#skipped,
      unrecorded: this.#unrecorded,
      ...this.#comparisons.counts(),
      behindMs: Math.round(this.#pacer.behindMs),
      elapsedMs: Math.round(performance.now() - this.#startedAt),
      problems: [...this.#problems],
    };
  }
}
