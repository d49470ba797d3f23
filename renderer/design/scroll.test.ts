import { describe, expect, it } from 'vitest';
import {
  type Extent,
  kept,
  MAX_PIXELS,
  marginFor,
  moved,
  noMargin,
  physicalHeight,
  placeAt,
  restingMargin,
  topShowing,
  visibleRows,
} from './scroll.ts';

const small: Extent = { rows: 1_000, rowHeight: 28, viewport: 560 };
const huge: Extent = { rows: 2_000_000, rowHeight: 28, viewport: 560 };

describe('a list that the browser can lay out', () => {
  it('moves one to one', () => {
    expect(moved(small, { top: 0, physical: 0 }, 123)).toEqual({ top: 123, physical: 123 });
    expect(placeAt(small, 1e9)).toEqual({ top: 27_440, physical: 27_440 });
  });

  it('draws the rows in sight and a few around them', () => {
    expect(visibleRows(small, 280, { above: 5, below: 2 })).toEqual({ first: 5, end: 32 });
    expect(visibleRows(small, 0, { above: 2, below: 5 })).toEqual({ first: 0, end: 25 });
    expect(visibleRows({ ...small, rows: 0 }, 0, restingMargin)).toEqual({ first: 0, end: 0 });
  });

  it('draws more rows ahead of one who scrolls on, and not of one who jumps', () => {
    expect(marginFor(3, 20).below).toBeGreaterThan(restingMargin.below);
    expect(marginFor(3, 20).above).toBe(restingMargin.above);
    expect(marginFor(-3, 20).above).toBeGreaterThan(restingMargin.above);
    expect(marginFor(300, 20)).toBe(restingMargin);
    expect(marginFor(-300, 20)).toBe(restingMargin);
  });

  it('brings a row into sight with the least movement', () => {
    expect(topShowing(small, 280, 15)).toBe(280);
    expect(topShowing(small, 280, 3)).toBe(84);
    expect(topShowing(small, 0, 20)).toBe(28);
  });
});

describe('a list taller than a browser allows', () => {
  it('has a scroll area of a height that every browser takes', () => {
    expect(physicalHeight(huge)).toBe(MAX_PIXELS);
  });

  it('reaches both ends', () => {
    const end = placeAt(huge, Number.MAX_SAFE_INTEGER);
    expect(end.top).toBe(2_000_000 * 28 - 560);
    expect(end.physical).toBe(MAX_PIXELS - 560);
    expect(visibleRows(huge, end.top, noMargin).end).toBe(2_000_000);
  });

  it('moves one to one for small movements and in proportion for large ones', () => {
    const start = placeAt(huge, 10_000_000);
    const step = moved(huge, start, start.physical + 100);
    expect(step.top - start.top).toBeCloseTo(100, 5);
    const drag = moved(huge, start, 4_000_000);
    expect(drag.top / (2_000_000 * 28)).toBeCloseTo(0.5, 2);
  });

  it('reaches every row by small steps alone, downwards and upwards', () => {
    let place = placeAt(huge, 2_000_000 * 28 - 3_000);
    for (let step = 0; step < 80; step += 1) place = moved(huge, place, Math.min(MAX_PIXELS - 560, place.physical + 50));
    expect(place).toEqual(placeAt(huge, Number.MAX_SAFE_INTEGER));
    place = placeAt(huge, 3_000);
    for (let step = 0; step < 80; step += 1) place = moved(huge, place, Math.max(0, place.physical - 50));
    expect(place).toEqual({ top: 0, physical: 0 });
  });

  it('keeps the rows in sight when rows are added', () => {
    const before = placeAt(huge, 20_000_000);
    expect(kept({ ...huge, rows: huge.rows + 500 }, before).top).toBe(before.top);
  });
});
