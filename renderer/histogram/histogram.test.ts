import { describe, expect, it } from 'vitest';
import type { PairHistogram } from '../../proxy-core/rrpair/shapes.ts';
import { barAt, barsOf, countsOf, highestOf, scaleOf } from './shape.ts';
import { isTime, spanText, ticksOf, timeTerm } from './time.ts';

const data: PairHistogram = {
  from: 1_795_168_800_000,
  barMs: 1_000,
  inOk: [4, 0, 1],
  inErrors: [1, 0, 0],
  outOk: [0, 0, 2],
  outErrors: [0, 0, 8],
  complete: true,
};

describe('bars', () => {
  it('count both directions and their errors', () => {
    expect(countsOf(data)).toEqual({ in: 6, inErrors: 1, out: 10, outErrors: 8 });
    expect(countsOf(data, 2, 2)).toEqual({ in: 1, inErrors: 0, out: 10, outErrors: 8 });
    expect(highestOf(data)).toBe(10);
  });

  it('stand on the axis, errors next to it', () => {
    const scale = { step: 10, bars: 3 };
    expect(barsOf(data, 'in', scale, 20, 10)).toEqual({ errors: 'M0 18h9V20h-9z', ok: 'M0 10h9V18h-9zM20 18h9V20h-9z' });
    expect(barsOf(data, 'out', scale, 20, 10)).toEqual({ errors: 'M20 0h9V16h-9z', ok: 'M20 16h9V20h-9z' });
  });

  it('are found by the pointer, also beyond the ends', () => {
    const scale = scaleOf(data, 30);
    expect([-5, 0, 9.9, 10, 29, 400].map((x) => barAt(scale, x))).toEqual([0, 0, 0, 1, 2, 2]);
  });

  it('of a moment do not fill the strip', () => {
    expect(scaleOf(data, 1_200).step).toBeLessThan(20);
  });
});

const at = (text: string): number => new Date(text).getTime();

describe('a range of time as a condition', () => {
  const now = new Date('2026-11-20T18:00:00');

  it('is as exact as the bars, and ends with the last whole unit', () => {
    expect(timeTerm(at('2026-11-20T10:00:05'), at('2026-11-20T10:00:08'), 1_000, now)).toBe('time:10:00:05..10:00:07');
    expect(timeTerm(at('2026-11-20T10:00'), at('2026-11-20T10:10'), 60_000, now)).toBe('time:10:00..10:09');
    expect(timeTerm(at('2026-11-20T10:00:05.2'), at('2026-11-20T10:00:05.3'), 20, now)).toBe('time:10:00:05.20..10:00:05.29');
  });

  it('names the day where it is not today', () => {
    expect(timeTerm(at('2026-11-19T23:00'), at('2026-11-20T01:00'), 60_000, now)).toBe('time:2026-11-19T23:00..00:59');
  });

  it('is told from other conditions', () => {
    expect(['time:-5m', 'time>=10:00', 'not time:10:00', '-time:10:00'].every(isTime)).toBe(true);
    expect(['timeout', 'path:time', 'latency:>1s'].some(isTime)).toBe(false);
  });
});

it('writes a few round moments under the strip', () => {
  const from = new Date('2026-11-20T10:00:03').getTime();
  expect(ticksOf(from, from + 60_000, 5).map(({ text }) => text)).toEqual(['10:00:15', '10:00:30', '10:00:45', '10:01:00']);
  expect(ticksOf(from, from + 5 * 86_400_000, 6)).toHaveLength(5);
});

it('says spans in words', () => {
  expect([400, 1_200, 90_000, 7_200_000].map(spanText)).toEqual(['400 milliseconds', '1 second', '2 minutes', '2 hours']);
});
