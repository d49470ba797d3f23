/**
 * One deadline for many: things that must happen within the same time. Ten thousand waiting connections cost a map entry each and one timer
 * together.
 */
export class Sweep<T> {
  readonly #millis: number;
  readonly #expired: (item: T) => void;
  /** In the order of their deadlines, because all have the same time. */
  readonly #waiting = new Map<T, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(millis: number, expired: (item: T) => void) {
    this.#millis = millis;
    this.#expired = expired;
  }

  /** An item that waits already keeps its deadline: whoever dribbles must not put off its own, nor those of all who came after it. */
  /** Gives the item its time, anew if it is waiting already. */
  add(item: T): void {
    this.#waiting.delete(item);
    if (this.#waiting.has(item)) return;
    this.#waiting.set(item, performance.now() + this.#millis);
    this.#arm();
  }

  delete(item: T): void {
    this.#waiting.delete(item);
  }

  close(): void {
    this.#waiting.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #arm(): void {
    if (this.#timer !== null || this.#waiting.size === 0) return;
    // A tenth late at most: nothing that is swept needs more.
    this.#timer = setTimeout(this.#sweep, this.#millis / 10);
    this.#timer.unref();
  }

  readonly #sweep = (): void => {
    this.#timer = null;
    const now = performance.now();
    for (const [item, deadline] of this.#waiting) {
      if (deadline > now) break;
      this.#waiting.delete(item);
      this.#expired(item);
    }
    this.#arm();
  };
}
