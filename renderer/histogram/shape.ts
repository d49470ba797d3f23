import type { PairHistogram } from '../../proxy-core/rrpair/shapes.ts';

/** Widest bar, pixels: a single one would fill the strip with its colour. */
const WIDEST_BAR = 14;
/** Least height of a bar that counts anything, pixels. */
const LOWEST_BAR = 1.5;

export const DIRECTIONS = ['in', 'out'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface Counts {
  in: number;
  inErrors: number;
  out: number;
  outErrors: number;
}

export function barCount(data: PairHistogram): number {
  return data.inOk.length;
}

/** What a stretch of bars counts, both ends included. Errors are part of their direction's number. */
export function countsOf(data: PairHistogram, first = 0, last = barCount(data) - 1): Counts {
  const sum = (numbers: readonly number[]): number => {
    let total = 0;
    for (let at = first; at <= last; at += 1) total += numbers[at] ?? 0;
    return total;
  };
  const [inErrors, outErrors] = [sum(data.inErrors), sum(data.outErrors)];
  return { in: sum(data.inOk) + inErrors, inErrors, out: sum(data.outOk) + outErrors, outErrors };
}

/** How time lies in the strip. */
export interface Scale {
  /** Pixels of a bar, the gap to the next included. */
  step: number;
  bars: number;
}

export function scaleOf(data: PairHistogram, width: number): Scale {
  const bars = Math.max(1, barCount(data));
  return { step: Math.min(WIDEST_BAR, width / bars), bars };
}

export function barAt({ step, bars }: Scale, x: number): number {
  return Math.min(bars - 1, Math.max(0, Math.floor(x / step)));
}

export interface Bars {
  ok: string;
  errors: string;
}

/** Outlines of the bars of one direction, errors next to the axis. `up` grows from the axis at `height` to 0, down from 0 to `height`. */
export function barsOf(data: PairHistogram, direction: Direction, scale: Scale, height: number, highest: number): Bars {
  const [oks, errors] = direction === 'in' ? [data.inOk, data.inErrors] : [data.outOk, data.outErrors];
  const up = direction === 'in';
  const gap = scale.step > 3 ? 1 : 0;
  const path = { ok: '', errors: '' };
  const pixels = (count: number): number => (count === 0 ? 0 : Math.max(LOWEST_BAR, (count / highest) * height));
  for (let at = 0; at < oks.length; at += 1) {
    const [ok, error] = [oks[at] ?? 0, errors[at] ?? 0];
    if (ok + error === 0) continue;
    const whole = pixels(ok + error);
    const red = Math.min(whole, pixels(error));
    const rect = (from: number, to: number): string => {
      const [top, bottom] = up ? [height - to, height - from] : [from, to];
      return `M${round(at * scale.step)} ${round(top)}h${round(scale.step - gap)}V${round(bottom)}h${round(gap - scale.step)}z`;
    };
    if (red > 0) path.errors += rect(0, red);
    if (whole > red) path.ok += rect(red, whole);
  }
  return path;
}

const round = (value: number): string => value.toFixed(2).replace(/\.?0+$/, '');

export function highestOf(data: PairHistogram): number {
  let highest = 1;
  for (let at = 0; at < barCount(data); at += 1) {
    const { in: inbound, out } = countsOf(data, at, at);
    highest = Math.max(highest, inbound, out);
  }
  return highest;
}
