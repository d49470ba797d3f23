/** First in, first out, without moving what stands behind. */
export class Queue<T> {
  #all: T[] = [];
  #next = 0;

  get first(): T | undefined {
    return this.#all[this.#next];
  }

  get last(): T | undefined {
    return this.length === 0 ? undefined : this.#all.at(-1);
  }

  get length(): number {
    return this.#all.length - this.#next;
  }

  add(item: T): void {
    this.#all.push(item);
  }

  shift(): T | undefined {
    const first = this.#all[this.#next];
    if (this.#next === this.#all.length) return undefined;
    this.#next += 1;
    if (this.#next === this.#all.length || this.#next >= 1_024) {
      this.#all = this.#all.slice(this.#next);
      this.#next = 0;
    }
    return first;
  }
}
