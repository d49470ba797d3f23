import { limits } from '../limits.ts';
import { countPairs } from '../store/batch.ts';
import type { Store } from '../store/store.ts';
import { ForeignPairs } from './foreign-pairs.ts';

/** Takes an agent's batches into the store, and tells it when there is room for more. */
export class PairIntake {
  readonly #store: Store;
  readonly #pairs: ForeignPairs;
  readonly #unsubscribe: () => void;
  #taken: ((bytes: number) => void) | null = null;
  /** Bytes of batches for which the agent was not told that they are taken. */
  #untold = 0;
  /** Pairs that were dropped here because the store was too far behind. */
  shedPairs = 0;

  constructor(store: Store, takeId: () => number) {
    this.#store = store;
    this.#pairs = new ForeignPairs(takeId);
    this.#unsubscribe = store.onChange(() => this.#tell());
  }

  /**
   * The agent's wall clock, µs. Containers usually share ours, and what differs then is how long the message took; so only a clock that is
   * clearly another one is corrected.
   */
  clock(now: number): void {
    const shift = Date.now() * 1000 - now;
    this.#pairs.shiftMicros = Math.abs(shift) > limits.agentClockMicros ? Math.round(shift) : 0;
  }

  /** `taken` is called, now or later, with the bytes that no longer wait. Throws when these are no batch. */
  batch(batch: Uint8Array<ArrayBuffer>, taken: (bytes: number) => void): void {
    this.#taken = taken;
    this.#untold += batch.byteLength;
    if (this.#store.pendingBytes > limits.linkHardBytes) {
      this.shedPairs += countPairs(batch);
    } else {
      this.#pairs.adopt(batch);
      this.#store.write(batch);
    }
    this.#tell();
  }

  /** No more will come: what is open is closed. */
  end(): void {
    this.#unsubscribe();
    this.#taken = null;
    for (const batch of this.#pairs.abandon()) this.#store.write(batch);
  }

  #tell(): void {
    if (this.#untold === 0 || this.#taken === null || this.#store.pendingBytes > limits.recorderSoftBytes) return;
    const bytes = this.#untold;
    this.#untold = 0;
    this.#taken(bytes);
  }
}
