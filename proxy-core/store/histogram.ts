import { failedSql } from '../rrpair/location.ts';
import type { HistogramRange, PairHistogram } from '../rrpair/shapes.ts';
import type { IdList } from './id-list.ts';

/**
 * What a list by time knows of each pair beside its id, as one number of SQL: when it began, in hundredths of a second since the epoch, and
 * in the two lowest bits whether it went out (1) and whether it failed (2).
 */
export const factSql = `((started / 10000) * 4 + outbound + 2 * ${failedSql})`;

/** 2^29 hundredths: 62 days before and after the first pair that a list saw. What is farther off is taken for that far. */
const FARTHEST = 2 ** 29 - 1;

/** Packs facts into 32 bits, relative to the first one. */
export class FactPacker {
  #base: number | undefined;

  pack(fact: number): number {
    const time = Math.floor(fact / 4);
    this.#base ??= time;
    const since = Math.min(FARTHEST, Math.max(-FARTHEST, time - this.#base));
    return since * 4 + (fact % 4);
  }

  /** Hundredths of a second since the epoch of the time 0. */
  get base(): number {
    return this.#base ?? 0;
  }
}

/** Widths of a bar, hundredths of a second: those that clocks have. */
const WIDTHS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 1_500, 3_000, 6_000, 12_000, 30_000, 60_000, 90_000, 180_000, 360_000, 720_000,
  1_080_000, 2_160_000, 4_320_000, 8_640_000, 17_280_000, 60_480_000, 120_960_000, 241_920_000,
];

/** Counts a list's pairs by time, direction and outcome. */
export function histogramOf(list: IdList, base: number, range: HistogramRange): Omit<PairHistogram, 'complete'> {
  const facts = list.facts();
  const [first, last] = bounds(facts, base, range);
  const span = Math.max(1, last - first + 1);
  const width = WIDTHS.find((one) => span / one <= range.bars - 1) ?? Math.ceil(span / Math.max(1, range.bars - 1));
  const start = Math.floor(first / width) * width;
  const bars = Math.floor((last - start) / width) + 1;
  const counts = [0, 1, 2, 3].map(() => Array.from({ length: bars }, () => 0));
  for (const fact of facts) {
    const time = Math.floor(fact / 4) + base;
    const bar = Math.floor((time - start) / width);
    const row = counts[fact & 3];
    if (row !== undefined && bar >= 0 && bar < bars) row[bar] = (row[bar] ?? 0) + 1;
  }
  const [inOk = [], outOk = [], inErrors = [], outErrors = []] = counts;
  return { from: start * 10, barMs: width * 10, inOk, inErrors, outOk, outErrors };
}

function bounds(facts: Int32Array, base: number, { from, to }: HistogramRange): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  if (from === undefined || to === undefined) {
    for (const fact of facts) {
      const time = Math.floor(fact / 4);
      if (time < low) low = time;
      if (time > high) high = time;
    }
  }
  const first = from === undefined ? low + base : Math.floor(from / 10);
  const last = to === undefined ? high + base : Math.floor(to / 10);
  return Number.isFinite(first) && Number.isFinite(last) && first <= last ? [first, last] : [base, base];
}
