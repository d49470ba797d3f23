import { describe, expect, it } from 'vitest';
import { PageCache } from './pageCache.ts';

const page = (from: number, size = 10): number[] => Array.from({ length: size }, (_, at) => from + at);

describe('PageCache', () => {
  it('finds rows by position across pages', () => {
    const cache = new PageCache<number>(10, 4);
    cache.put(0, page(0));
    cache.put(2, page(20));
    expect(cache.row(3)).toBe(3);
    expect(cache.row(27)).toBe(27);
    expect(cache.row(15)).toBeUndefined();
    expect(cache.pagesOf(5, 21)).toEqual([0, 1, 2]);
    expect(cache.pagesOf(10, 20)).toEqual([1]);
    expect(cache.pagesOf(0, 0)).toEqual([]);
  });

  it('lets the least recently used page go', () => {
    const cache = new PageCache<number>(10, 3);
    for (const at of [0, 1, 2]) cache.put(at, page(at * 10));
    cache.touch([0]);
    cache.put(3, page(30));
    expect([0, 1, 2, 3].map((at) => cache.has(at))).toEqual([true, false, true, true]);
    expect(cache.size).toBe(3);
  });

  it('never holds more than it may, whatever passes', () => {
    const cache = new PageCache<number>(10, 3);
    for (let at = 0; at < 10_000; at += 1) cache.put(at, page(at * 10));
    expect(cache.size).toBe(3);
  });

  it('keeps only what is asked for, and changes rows in place', () => {
    const cache = new PageCache<number>(10, 3);
    cache.put(0, page(0));
    cache.put(1, page(10));
    cache.keepOnly([1]);
    cache.update((row) => (row === 12 ? -12 : row));
    expect(cache.row(0)).toBeUndefined();
    expect([...cache.entries()].slice(0, 3)).toEqual([
      [10, 10],
      [11, 11],
      [12, -12],
    ]);
  });
});
