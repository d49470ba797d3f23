import type { RunOptions } from './run.ts';

/** The transfers that are under way, so that whoever ends can end them first. */
export class Transfers {
  readonly #stop = new AbortController();
  readonly #open = new Set<Promise<unknown>>();

  /** For a transfer that was asked for by a call. */
  options(call: AbortSignal | undefined): RunOptions & { signal: AbortSignal } {
    const signal = call === undefined ? this.#stop.signal : AbortSignal.any([call, this.#stop.signal]);
    return { signal, track: (work) => this.track(work) };
  }

  /** Work that has to be over before the store is closed. */
  track(work: Promise<unknown>): void {
    this.#open.add(work);
    const over = (): void => {
      this.#open.delete(work);
    };
    work.then(over, over);
  }

  /** Cancels what is under way and waits until it has taken back what it did. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#open);
  }
}
