import type { PairEntry } from './batch.ts';
import type { DescribedRow } from './row.ts';

interface Described {
  entry: PairEntry;
  row: DescribedRow;
}

/** Lengths up to here tell apart what is said on one connection. */
const LENGTHS = 2 ** 20;

/**
 * What was said of a pair holds for every other pair of its connection with the same bytes, and finding that they are the same costs a tenth
 * of saying it again: polling, health checks and load tests repeat themselves, and it is then that storing has to be fast. The
 * entries are views of their batches: forget them with those.
 */
export class RepeatedPairs {
  readonly #latest = new Map<number, Described>();

  /** What `describe` says of an entry, or said of its like. `connection` is the row of its connection. */
  row(entry: PairEntry, connection: number, describe: () => DescribedRow): DescribedRow {
    // A failure or a summary is part of the description; a body in parts is not in the entry.
    if (entry.extra.length > 0 || entry.requestInParts || entry.responseInParts) return describe();
    const lengths = entry.requestHead.length * 31 + entry.responseHead.length * 7 + entry.responseBody.length;
    const key = connection * LENGTHS + (lengths % LENGTHS);
    const before = this.#latest.get(key);
    if (before !== undefined && sameBytes(before.entry, entry)) return before.row;
    const row = describe();
    this.#latest.set(key, { entry, row });
    return row;
  }

  forget(): void {
    this.#latest.clear();
  }
}

function sameBytes(a: PairEntry, b: PairEntry): boolean {
  return (
    a.requestHead.equals(b.requestHead) &&
    a.responseHead.equals(b.responseHead) &&
    a.requestBody.equals(b.requestBody) &&
    a.responseBody.equals(b.responseBody)
  );
}
