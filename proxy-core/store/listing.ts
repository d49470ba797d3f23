import { giveBackMemory } from '../give-back.ts';
import { limits } from '../limits.ts';
import { countPairs } from './batch.ts';
import { ListingPace } from './listing-pace.ts';
import type { CallMessage } from './messages.ts';
import { troubleOf } from './sqlite-error.ts';
import type { PairWriter } from './writer.ts';

/** A call that needs the rows of everything that was stored before it. */
interface HeldCall {
  message: CallMessage;
  /** The newest block at that time. */
  block: number;
}

/**
 * Stores batches, and makes their rows when it is time (`listing-pace.ts`): at once while there are few, later under load. Calls that need the rows of what was
 * stored before them wait here, and see nothing of what came after them.
 */
export class Listing {
  readonly #writer: PairWriter;
  readonly #wake: () => void;
  readonly #pace = new ListingPace(performance.now());
  #held: HeldCall[] = [];
  #timer: NodeJS.Timeout | undefined;
  #rest: NodeJS.Timeout | undefined;
  /** Until then the thread must not be ended: it is in native code, and the whole process would go down. */
  givenBack: Promise<void> = Promise.resolve();

  /** `wake` is called when there may be something to do for `step`. */
  constructor(writer: PairWriter, wake: () => void) {
    this.#writer = writer;
    this.#wake = wake;
  }

  /** Pairs that are stored and have no rows yet. */
  get unlisted(): number {
    return this.#pace.pairs;
  }

  /** Stores batches, all or nothing. Throws SQLite's errors. */
  store(batches: readonly Uint8Array<ArrayBuffer>[]): void {
    const writer = this.#writer;
    const pace = this.#pace;
    const now = performance.now();
    // What comes after a load (the ends of its connections) puts the rest off, and must not put an end to it.
    this.#rest?.refresh();
    if (!writer.unlisted && pace.allows(now)) {
      writer.write(batches);
      pace.spent(performance.now() - now);
    } else {
      const blocks = writer.keep(batches);
      for (const [index, batch] of batches.entries()) pace.waits(blocks[index] ?? 0, batch.length, countPairs(batch), now);
    }
    pace.arrived(now);
  }

  /** Makes some rows if it is time. False when there was nothing to do. Throws when the disk keeps them from being made. */
  step(gaveUp: (pairs: number, error: unknown) => void): boolean {
    const writer = this.#writer;
    const pace = this.#pace;
    if (!writer.unlisted || this.#timer !== undefined) return false;
    const now = performance.now();
    if (this.#held.length === 0 && !pace.allows(now)) {
      this.later(limits.listingQuietMillis);
      return false;
    }
    listSome(writer, gaveUp, this.#held[0]?.block);
    pace.spent(performance.now() - now);
    pace.listed(writer.state.listedTo);
    // The load is over, it seems, and blocks were read by the hundreds.
    if (!writer.unlisted) {
      clearTimeout(this.#rest);
      this.#rest = setTimeout(() => this.#giveBack(), limits.giveBackMillis);
    }
    return true;
  }

  #giveBack(): void {
    this.#rest = undefined;
    // Its rows are still to be made, and then the rest comes again.
    if (this.#writer.unlisted) return;
    this.givenBack = giveBackMemory('all');
  }

  /** Does nothing more for so long, ms. */
  later(millis: number): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#wake();
    }, millis);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Does nothing more at all. */
  close(): void {
    this.stop();
    clearTimeout(this.#rest);
    this.#rest = undefined;
  }

  /** Keeps a call back until what was stored before it has its rows. False when it need not wait. */
  holds(message: CallMessage): boolean {
    if (!this.#writer.unlisted) return false;
    this.#held.push({ message, block: this.#writer.state.keptTo });
    this.stop();
    return true;
  }

  /** The next call that need not wait any longer. */
  released(): CallMessage | undefined {
    const [first] = this.#held;
    if (first === undefined || first.block > this.#writer.state.listedTo) return undefined;
    this.#held.shift();
    return first.message;
  }

  /** All calls that wait; they do so no longer. */
  releaseAll(): CallMessage[] {
    return this.#held.splice(0).map(({ message }) => message);
  }
}

/**
 * Makes rows of what waits longest, up to block `last`. Throws when the disk keeps them from being made. What is wrong with a batch costs no more than that batch,
 * which is given up.
 */
export function listSome(writer: PairWriter, gaveUp: (pairs: number, error: unknown) => void, last?: number): void {
  try {
    writer.list(limits.transactionBytes, last);
  } catch (error) {
    if (troubleOf(error) !== 'other') throw error;
    listOne(writer, gaveUp);
  }
}

function listOne(writer: PairWriter, gaveUp: (pairs: number, error: unknown) => void): void {
  try {
    writer.list(0);
  } catch (error) {
    if (troubleOf(error) !== 'other') throw error;
    // A pair whose row says that it is open is not missing, though its end is.
    gaveUp(
      countPairs(writer.skip(), (id) => !writer.showsOpen(id)),
      error,
    );
  }
}
