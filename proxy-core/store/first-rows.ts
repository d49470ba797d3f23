import type { Key } from './keyed-rows.ts';

interface Row {
  id: number;
  key: Key;
}

/** The rows that come first in a sorted list: found in a fraction of the time that sorting all of it takes. */
export class FirstRows {
  readonly #most: number;
  readonly #before: (a: Row, b: Row) => number;
  #rows: Row[] = [];

  constructor(most: number, descending: boolean) {
    this.#most = most;
    this.#before = (a, b) => compare(a, b, descending ? -1 : 1);
  }

  /** Key of the last of them when there are as many as are wanted: in a part where time goes on in the list's direction, only what comes before that key counts. */
  get bound(): Key {
    return this.#rows.length < this.#most ? null : (this.#rows.at(-1)?.key ?? null);
  }

  /** Takes in what comes first in a part of the list. */
  add(ids: readonly number[], keys: readonly Key[]): void {
    const rows = ids.map((id, index) => ({ id, key: keys[index] ?? null }));
    this.#rows = [...this.#rows, ...rows].sort(this.#before).slice(0, this.#most);
  }

  ids(offset: number, limit: number): number[] {
    return this.#rows.slice(offset, offset + limit).map(({ id }) => id);
  }
}

/** What has no key comes last in either direction; what is equal stays in the order of time, in that direction. */
function compare(a: Row, b: Row, sign: number): number {
  if (a.key === b.key) return sign * (a.id - b.id);
  if (a.key === null) return 1;
  if (b.key === null) return -1;
  return a.key < b.key ? -sign : sign;
}
