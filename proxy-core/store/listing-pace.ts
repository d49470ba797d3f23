import { availableParallelism } from 'node:os';
import { limits } from '../limits.ts';

/** A block that waits for its rows. */
interface Waiting {
  block: number;
  bytes: number;
  pairs: number;
  at: number;
}

/**
 * When rows are made of what was stored. Making them costs several times what storing costs, and while pairs come by the thousands that time is better left to the
 * application that is watched and to the capture of it: then rows get a share of the thread's time, and what waits for its own has them
 * when traffic slackens, or when it has waited long enough.
 *
 * Times are monotonic, ms.
 */
export class ListingPace {
  readonly #share: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #waitingPairs = 0;
  /** Time that rows may take at once. */
  #credit: number = limits.listingBurstMillis;
  #creditAt: number;
  #arrivedAt: number;

  constructor(now: number, cores: number = availableParallelism()) {
    this.#share = Math.min(1, Math.max(1, cores - 1) * limits.listingSharePerCore);
    this.#creditAt = now;
    this.#arrivedAt = now;
  }

  /** Pairs that wait for their rows. */
  get pairs(): number {
    return this.#waitingPairs;
  }

  /** Rows may be made now. */
  allows(now: number): boolean {
    this.#refill(now);
    if (this.#credit > 0 || now - this.#arrivedAt >= limits.listingQuietMillis) return true;
    const [oldest] = this.#waiting;
    return this.#waitingBytes > limits.unlistedBytes || (oldest !== undefined && now - oldest.at >= limits.listingLagMillis);
  }

  /** Something came to be stored. */
  arrived(now: number): void {
    this.#arrivedAt = now;
  }

  /** Rows took so long. */
  spent(millis: number): void {
    this.#credit -= millis;
  }

  /** This block was stored, and waits. */
  waits(block: number, bytes: number, pairs: number, now: number): void {
    this.#waiting.push({ block, bytes, pairs, at: now });
    this.#waitingBytes += bytes;
    this.#waitingPairs += pairs;
  }

  /** All up to this block has its rows, or was given up. */
  listed(block: number): void {
    const first = this.#waiting.findIndex((waiting) => waiting.block > block);
    for (const { bytes, pairs } of this.#waiting.splice(0, first < 0 ? this.#waiting.length : first)) {
      this.#waitingBytes -= bytes;
      this.#waitingPairs -= pairs;
    }
  }

  #refill(now: number): void {
    this.#credit = Math.min(limits.listingBurstMillis, this.#credit + (now - this.#creditAt) * this.#share);
    this.#creditAt = now;
  }
}
