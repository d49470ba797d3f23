const NONE = new Float64Array(0);
const NO_FACTS = new Int32Array(0);

/**
 * A sorted list of ids that grows at both ends and takes changes anywhere. Ids are numbers above 2^32 in principle, so each costs 8
 * bytes, and 4 for a number that goes with it; two million of them are 24 MB.
 */
export class IdList {
  #items = NONE;
  /** Beside each id, at the same place. */
  #facts = NO_FACTS;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  get bytes(): number {
    return this.#items.byteLength + this.#facts.byteLength;
  }

  at(index: number): number | undefined {
    return index < 0 || index >= this.length ? undefined : this.#items[this.#start + index];
  }

  /** The numbers beside the ids, in the order of the list; a view of it. */
  facts(): Int32Array {
    return this.#facts.subarray(this.#start, this.#end);
  }

  /** Adds ids that are all above those in the list, in order. */
  append(ids: readonly number[], facts: readonly number[] = []): void {
    this.#room(0, ids.length);
    this.#set(this.#end, ids, facts);
    this.#end += ids.length;
  }

  /** Adds ids that are all below those in the list, in order. */
  prepend(ids: readonly number[], facts: readonly number[] = []): void {
    this.#room(ids.length, 0);
    this.#start -= ids.length;
    this.#set(this.#start, ids, facts);
  }

  /** Adds an id, or changes what goes with it. */
  add(id: number, fact = 0): void {
    const last = this.at(this.length - 1);
    if (last === undefined || id > last) {
      this.append([id], [fact]);
      return;
    }
    const index = this.lowerBound(id);
    if (this.at(index) === id) {
      this.#facts[this.#start + index] = fact;
      return;
    }
    this.#room(1, 1);
    const place = this.#start + index;
    if (index < this.length / 2) {
      this.#move(this.#start, place, -1);
      this.#start -= 1;
      this.#items[place - 1] = id;
      this.#facts[place - 1] = fact;
    } else {
      this.#move(place, this.#end, 1);
      this.#end += 1;
      this.#items[place] = id;
      this.#facts[place] = fact;
    }
  }

  remove(id: number): void {
    const index = this.lowerBound(id);
    if (this.at(index) !== id) return;
    const place = this.#start + index;
    if (index < this.length / 2) {
      this.#move(this.#start, place, 1);
      this.#start += 1;
    } else {
      this.#move(place + 1, this.#end, -1);
      this.#end -= 1;
    }
  }

  /** Removes what is at or below `id`, except `kept`. */
  removeUpTo(id: number, kept: ReadonlySet<number>): void {
    const count = this.countUpTo(id);
    const survivors: number[] = [];
    const facts: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const item = this.at(index);
      if (item === undefined || !kept.has(item)) continue;
      survivors.push(item);
      facts.push(this.#facts[this.#start + index] ?? 0);
    }
    this.#start += count;
    this.prepend(survivors, facts);
  }

  /** The ids at these places, from the front or, `backwards`, from the back. */
  page(offset: number, limit: number, backwards: boolean): number[] {
    const from = Math.min(offset, this.length);
    const to = Math.min(offset + limit, this.length);
    if (!backwards) return Array.from(this.#items.subarray(this.#start + from, this.#start + to));
    return Array.from(this.#items.subarray(this.#end - to, this.#end - from)).toReversed();
  }

  /** A copy. */
  all(backwards: boolean): Float64Array<ArrayBuffer> {
    const copy = this.#items.slice(this.#start, this.#end);
    return backwards ? copy.toReversed() : copy;
  }

  /** How many ids are at or below `id`. */
  countUpTo(id: number): number {
    return id === Number.POSITIVE_INFINITY ? this.length : this.lowerBound(id + 1);
  }

  /** The first index whose id is at or above `id`. */
  lowerBound(id: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#items[this.#start + middle] ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #set(place: number, ids: readonly number[], facts: readonly number[]): void {
    this.#items.set(ids, place);
    if (facts.length === ids.length) this.#facts.set(facts, place);
    else this.#facts.fill(0, place, place + ids.length);
  }

  #move(from: number, to: number, by: 1 | -1): void {
    this.#items.copyWithin(from + by, from, to);
    this.#facts.copyWithin(from + by, from, to);
  }

  #room(front: number, back: number): void {
    if (this.#start >= front && this.#items.length - this.#end >= back) return;
    const { length } = this;
    const spare = 64 + (length >>> 2);
    const start = front > 0 ? front + spare : Math.min(this.#start, spare);
    const grown = new Float64Array(start + length + back + (back > 0 ? spare : 0));
    grown.set(this.#items.subarray(this.#start, this.#end), start);
    const facts = new Int32Array(grown.length);
    facts.set(this.#facts.subarray(this.#start, this.#end), start);
    this.#items = grown;
    this.#facts = facts;
    this.#start = start;
    this.#end = start + length;
  }
}
