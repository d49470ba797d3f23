import { limits } from '../limits.ts';

/** Memory that all connections take from together, so that it is bounded however many there are. */
export class Allowance {
  #left: number;

  /** Of so many bytes. */
  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** False, and nothing is taken, when there is not enough left. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

/** What one holder has of an allowance. Only what is above `free` counts: small things are nobody's concern. */
export class Share {
  readonly #allowance: Allowance;
  readonly #free: number;
  #taken = 0;

  constructor(allowance: Allowance, free: number) {
    this.#allowance = allowance;
    this.#free = free;
  }

  /** Makes it a share of so many bytes. False when that is too much; then it stays as it was. */
  grow(bytes: number): boolean {
    const more = bytes - this.#taken;
    if (bytes <= this.#free || more <= 0) return true;
    if (!this.#allowance.take(more)) return false;
    this.#taken = bytes;
    return true;
  }

  /** Gives all of it back. */
  end(): void {
    if (this.#taken === 0) return;
    this.#allowance.give(this.#taken);
    this.#taken = 0;
  }
}

/** Heads that are not complete, of all connections: clients that begin a large one and leave it at that would otherwise cost a megabyte each. */
export const largeHeads = new Allowance(limits.largeHeadsBytes);
