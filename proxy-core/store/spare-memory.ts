import { giveBackMemory } from '../give-back.ts';
import { limits } from '../limits.ts';

/** Memory of batches that are done with, for those that come. After a load it is given back, with what else the load took of this thread. */
export class SpareMemory {
  readonly #spares: ArrayBuffer[] = [];
  /** Runs from the last batch on. */
  #rest: NodeJS.Timeout | undefined;

  take(): ArrayBuffer | undefined {
    return this.#spares.pop();
  }

  add(memories: readonly ArrayBuffer[]): void {
    for (const memory of memories) if (this.#spares.length < limits.spareBatches) this.#spares.push(memory);
    clearTimeout(this.#rest);
    // A request now and then needs one or two: nothing that is worth the milliseconds of looking for garbage between two requests.
    if (this.#spares.length > limits.restingSpareBatches) {
      this.#rest = setTimeout(() => this.#giveBack(), limits.engineGiveBackMillis).unref();
    }
  }

  close(): void {
    clearTimeout(this.#rest);
    this.#spares.length = 0;
  }

  #giveBack(): void {
    this.#spares.length = limits.restingSpareBatches;
    void giveBackMemory('all');
  }
}
