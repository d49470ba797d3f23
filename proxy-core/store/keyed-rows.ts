/** What a list is sorted by: a number or a text; null where a pair has none. */
export type Key = number | string | null;

/** Different texts that are told apart in full; beyond that only their beginnings are, so that memory stays bounded. */
const DISTINCT_TEXTS = 400_000;
/** Characters by which texts are sorted, as long as there are not too many different ones. */
export const TEXT_CHARS = 64;
/** Rows that are sorted at one stretch: about 10 ms. */
const STRETCH = 65_536;
/** Steps of a merge between two chances to give way. */
const STEPS = 65_536;
/** A prime: steps of it, modulo a count of rows, visit each row once. */
const SCATTER = 611_953;
/** Stands for a row without a key. */
const MISSING = -1;

/**
 * Rows that are to be sorted: ids in the order of time, each with a key. All in typed arrays, so that two million of them cost 64 MB
 * while they are sorted and 16 MB afterwards; all in steps, so that others get their turn.
 */
export class KeyedRows {
  readonly #descending: boolean;
  #ids = new Float64Array(1_024);
  /** Numbers as they are, texts by their place in `#texts`. */
  #keys = new Float64Array(1_024);
  #count = 0;
  #texts = new Map<string, number>();
  #textChars = TEXT_CHARS;

  constructor(descending: boolean) {
    this.#descending = descending;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes rows in, in the order of time. */
  add(ids: readonly number[], keys: readonly Key[]): void {
    this.#reserve(ids.length);
    for (let index = 0; index < ids.length; index += 1) {
      this.#ids[this.#count] = ids[index] ?? 0;
      this.#keys[this.#count] = this.#keyOf(keys[index] ?? null);
      this.#count += 1;
    }
  }

  /** The rows that would come first if there were no more, without sorting them all. */
  first(count: number): number[] {
    const names = [...this.#texts.keys()];
    const valueOf = (index: number): number | string => {
      const key = this.#keys[index] ?? 0;
      return names.length > 0 ? (names[key] ?? '') : key;
    };
    const best: number[] = [];
    // Keys may rise from row to row; in a scattered order few rows are better than all before them.
    const stride = this.#count % SCATTER === 0 ? 1 : SCATTER;
    for (let step = 0; step < this.#count; step += 1) {
      const index = (step * stride) % this.#count;
      const last = best.at(-1);
      if (last !== undefined && best.length >= count && !this.#isBefore(index, last, valueOf)) continue;
      let place = best.length;
      while (place > 0 && this.#isBefore(index, best[place - 1] ?? 0, valueOf)) place -= 1;
      best.splice(place, 0, index);
      if (best.length > count) best.pop();
    }
    return best.map((index) => this.#ids[index] ?? 0);
  }

  /** The ids in order. What has no key comes last in either direction; what is equal stays in the order of time, in that direction. */
  *sorted(): Generator<undefined, Float64Array<ArrayBuffer>> {
    if (this.#texts.size > 0) yield* this.#rankTexts();
    const order = yield* sortInSteps(this.#places());
    yield;
    const ids = new Float64Array(order.length);
    const count = this.#count;
    for (let at = 0; at < order.length; at += 1) {
      const ordinal = (order[at] ?? 0) % count;
      ids[at] = this.#ids[this.#descending ? count - 1 - ordinal : ordinal] ?? 0;
    }
    return ids;
  }

  #isBefore(a: number, b: number, valueOf: (index: number) => number | string): boolean {
    const [left, right] = [valueOf(a), valueOf(b)];
    if (left === right) return this.#descending ? a > b : a < b;
    if (left === MISSING) return false;
    if (right === MISSING) return true;
    return left < right !== this.#descending;
  }

  /** Key and place of each row in one number, so that sorting them is sorting numbers. */
  #places(): Float64Array<ArrayBuffer> {
    const count = this.#count;
    const { low, high } = this.#extent();
    const span = high - low + 2;
    // Numbers are exact up to 2^53: where keys are too far apart, nearly equal ones are taken as equal.
    const scale = Math.min(1, (Number.MAX_SAFE_INTEGER - count) / (span * count));
    const places = new Float64Array(count);
    for (let index = 0; index < count; index += 1) {
      const key = this.#keys[index] ?? 0;
      const rank = key === MISSING ? span - 1 : this.#descending ? high - key : key - low;
      places[index] = Math.floor(rank * scale) * count + (this.#descending ? count - 1 - index : index);
    }
    return places;
  }

  #extent(): { low: number; high: number } {
    let [low, high] = [Number.POSITIVE_INFINITY, 0];
    for (let index = 0; index < this.#count; index += 1) {
      const key = this.#keys[index] ?? 0;
      if (key === MISSING) continue;
      if (key < low) low = key;
      if (key > high) high = key;
    }
    return { low: Math.min(low, high), high };
  }

  #keyOf(key: Key): number {
    if (key === null) return MISSING;
    if (typeof key === 'number') return key;
    const text = key.length > this.#textChars ? key.slice(0, this.#textChars) : key;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= DISTINCT_TEXTS && this.#textChars > 4) {
      this.#shortenTexts();
      return this.#keyOf(key);
    }
    const place = this.#texts.size;
    this.#texts.set(text, place);
    return place;
  }

  /** Too many different texts: from now on half as much of each is looked at. */
  #shortenTexts(): void {
    this.#textChars /= 2;
    const shorter = new Map<string, number>();
    const places = new Float64Array(this.#texts.size);
    for (const [text, place] of this.#texts) {
      const beginning = text.slice(0, this.#textChars);
      const known = shorter.get(beginning) ?? shorter.size;
      shorter.set(beginning, known);
      places[place] = known;
    }
    this.#texts = shorter;
    for (let index = 0; index < this.#count; index += 1) {
      const key = this.#keys[index] ?? 0;
      if (key !== MISSING) this.#keys[index] = places[key] ?? 0;
    }
  }

  /** Replaces each text's place by its rank among all. */
  *#rankTexts(): Generator<undefined, undefined> {
    const names = yield* sortTexts([...this.#texts.keys()]);
    const ranks = new Float64Array(names.length);
    for (const [rank, name] of names.entries()) ranks[this.#texts.get(name) ?? 0] = rank;
    this.#texts.clear();
    yield;
    for (let index = 0; index < this.#count; index += 1) {
      const key = this.#keys[index] ?? 0;
      if (key !== MISSING) this.#keys[index] = ranks[key] ?? 0;
    }
  }

  #reserve(more: number): void {
    if (this.#count + more <= this.#ids.length) return;
    const size = Math.max(this.#count + more, Math.ceil(this.#ids.length * 1.5));
    const [ids, keys] = [new Float64Array(size), new Float64Array(size)];
    ids.set(this.#ids.subarray(0, this.#count));
    keys.set(this.#keys.subarray(0, this.#count));
    this.#ids = ids;
    this.#keys = keys;
  }
}

/** Sorts different numbers. */
function* sortInSteps(numbers: Float64Array<ArrayBuffer>): Generator<undefined, Float64Array<ArrayBuffer>> {
  for (let from = 0; from < numbers.length; from += STRETCH) {
    numbers.subarray(from, from + STRETCH).sort();
    yield;
  }
  let [source, target] = [numbers, new Float64Array(numbers.length)];
  for (let width = STRETCH; width < numbers.length; width *= 2) {
    for (let from = 0; from < numbers.length; from += 2 * width) yield* mergeNumbers(source, target, from, width);
    [source, target] = [target, source];
  }
  return source;
}

/** Merges two neighbouring sorted stretches of `source` into `target`. */
function* mergeNumbers(source: Float64Array, target: Float64Array, from: number, width: number): Generator<undefined, undefined> {
  const middle = Math.min(from + width, source.length);
  const end = Math.min(from + 2 * width, source.length);
  let [left, right] = [from, middle];
  for (let at = from; at < end; ) {
    const pause = Math.min(end, at + STEPS);
    for (; at < pause; at += 1) {
      const takeLeft = right >= end || (left < middle && (source[left] ?? 0) < (source[right] ?? 0));
      target[at] = (takeLeft ? source[left++] : source[right++]) ?? 0;
    }
    yield;
  }
}

function* sortTexts(texts: readonly string[]): Generator<undefined, string[]> {
  let runs: string[][] = [];
  for (let from = 0; from < texts.length; from += STRETCH / 8) {
    runs.push(texts.slice(from, from + STRETCH / 8).sort());
    yield;
  }
  while (runs.length > 1) {
    const next: string[][] = [];
    for (let index = 0; index < runs.length; index += 2) {
      const [a, b] = [runs[index] ?? [], runs[index + 1]];
      next.push(b === undefined ? a : yield* mergeTexts(a, b));
    }
    runs = next;
  }
  return runs[0] ?? [];
}

function* mergeTexts(a: readonly string[], b: readonly string[]): Generator<undefined, string[]> {
  const merged: string[] = [];
  let [left, right] = [0, 0];
  while (left < a.length || right < b.length) {
    const [first, second] = [a[left], b[right]];
    const takeLeft = second === undefined || (first !== undefined && first < second);
    merged.push((takeLeft ? first : second) ?? '');
    if (takeLeft) left += 1;
    else right += 1;
    if (merged.length % STEPS === 0) yield;
  }
  return merged;
}
