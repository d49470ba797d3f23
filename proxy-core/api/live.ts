import { limits } from '../limits.ts';
import type { LiveEvent, Status } from './contract.ts';

export interface LiveOptions {
  /** The state of now. Called at most `limits.noticesPerSecond` times a second for each watcher. */
  status: () => Status;
}

/**
 * Tells watchers what changed. There is no queue: a watcher that is slow, or away for a while, finds the newest state when it asks
 * again, so it costs the engine nothing but a flag.
 */
export class LiveHub {
  readonly #status: () => Status;
  readonly #watchers = new Set<Watcher>();
  #poll: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: LiveOptions) {
    this.#status = options.status;
  }

  /** How many watch. */
  get watchers(): number {
    return this.#watchers.size;
  }

  /** Something may have changed. Cheap enough to be called for every batch. */
  changed(): void {
    for (const watcher of this.#watchers) watcher.wake();
  }

  /** The state of now, then the newest one after each change, until `signal` aborts or the hub closes. */
  async *events(signal?: AbortSignal): AsyncGenerator<LiveEvent, void, void> {
    const watcher = new Watcher(signal);
    this.#add(watcher);
    try {
      let shown = '';
      while (!this.#closed && !watcher.ended) {
        watcher.settle();
        const status = this.#status();
        // The poll below wakes watchers without knowing that anything changed.
        const seen = JSON.stringify(status);
        if (seen !== shown) {
          shown = seen;
          yield { status, revision: status.store.revision };
          await watcher.pause(1_000 / limits.noticesPerSecond);
        }
        await watcher.woken();
      }
    } finally {
      this.#remove(watcher);
    }
  }

  /** Ends all streams. */
  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers) watcher.end();
  }

  #add(watcher: Watcher): void {
    this.#watchers.add(watcher);
    this.#poll ??= setInterval(() => this.changed(), limits.statusPollMillis).unref();
  }

  #remove(watcher: Watcher): void {
    watcher.end();
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0 || this.#poll === null) return;
    clearInterval(this.#poll);
    this.#poll = null;
  }
}

/** One stream's wake-up flag. */
class Watcher {
  /** The watcher left, or the hub closed. */
  ended = false;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.end();
  #dirty = false;
  #resume: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    if (signal?.aborted === true) this.ended = true;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  wake(): void {
    this.#dirty = true;
    // While it pauses, the flag is enough.
    if (this.#timer === null) this.#go();
  }

  /** The state is about to be read: what changed until now is part of it. */
  settle(): void {
    this.#dirty = false;
  }

  woken(): Promise<void> {
    if (this.#dirty || this.ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  pause(millis: number): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#resume = resolve;
      this.#timer = setTimeout(() => this.#go(), millis);
    });
  }

  end(): void {
    this.ended = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#go();
  }

  #go(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const resume = this.#resume;
    this.#resume = null;
    resume?.();
  }
}
