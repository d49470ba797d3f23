const NONE = new Float64Array(0);

/**
 * A sorted list of ids that grows at both ends and takes changes anywhere. Ids are numbers above 2^32 in principle, so each costs 8
 * bytes; two million of them are 16 MB.
 */
export class IdList {
  #items = NONE;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  get bytes(): number {
    return this.#items.byteLength;
  }

  at(index: number): number | undefined {
    return index < 0 || index >= this.length ? undefined : this.#items[this.#start + index];
  }

  /** Adds ids that are all above those in the list, in order. */
  append(ids: readonly number[]): void {
    this.#room(0, ids.length);
    this.#items.set(ids, this.#end);
    this.#end += ids.length;
  }

  /** Adds ids that are all below those in the list, in order. */
  prepend(ids: readonly number[]): void {
    this.#room(ids.length, 0);
    this.#start -= ids.length;
    this.#items.set(ids, this.#start);
  }

  add(id: number): void {
    const last = this.at(this.length - 1);
    if (last === undefined || id > last) {
      this.append([id]);
      return;
    }
    const index = this.lowerBound(id);
    if (this.at(index) === id) return;
    this.#room(1, 1);
    const place = this.#start + index;
    if (index < this.length / 2) {
      this.#items.copyWithin(this.#start - 1, this.#start, place);
      this.#start -= 1;
      this.#items[place - 1] = id;
    } else {
      this.#items.copyWithin(place + 1, place, this.#end);
      this.#end += 1;
      this.#items[place] = id;
    }
  }

  remove(id: number): void {
    const index = this.lowerBound(id);
    if (this.at(index) !== id) return;
    const place = this.#start + index;
    if (index < this.length / 2) {
      this.#items.copyWithin(this.#start + 1, this.#start, place);
      this.#start += 1;
    } else {
      this.#items.copyWithin(place, place + 1, this.#end);
      this.#end -= 1;
    }
  }

  /** Removes what is at or below `id`, except `kept`. */
  removeUpTo(id: number, kept: ReadonlySet<number>): void {
    const count = this.lowerBound(id + 1);
    const survivors: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const item = this.at(index);
      if (item !== undefined && kept.has(item)) survivors.push(item);
    }
    this.#start += count;
    this.prepend(survivors);
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

  #room(front: number, back: number): void {
    if (this.#start >= front && this.#items.length - this.#end >= back) return;
    const { length } = this;
    const spare = 64 + (length >>> 2);
    const start = front > 0 ? front + spare : Math.min(this.#start, spare);
    const grown = new Float64Array(start + length + back + (back > 0 ? spare : 0));
    grown.set(this.#items.subarray(this.#start, this.#end), start);
    this.#items = grown;
    this.#start = start;
    this.#end = start + length;
  }
}
