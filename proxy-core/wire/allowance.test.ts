import { expect, test } from 'vitest';
import { Allowance, Share } from './allowance.ts';

test('shares together are bounded, what is given back can be had again, and small ones are free', () => {
  const allowance = new Allowance(100);
  const [one, two, small] = [new Share(allowance, 10), new Share(allowance, 10), new Share(allowance, 10)];
  expect(one.grow(60)).toBe(true);
  expect(one.grow(30)).toBe(true);
  expect(two.grow(40)).toBe(true);
  expect(two.grow(41)).toBe(false);
  expect(one.grow(61)).toBe(false);
  expect(small.grow(10)).toBe(true);
  expect(small.grow(11)).toBe(false);
  one.end();
  one.end();
  expect(two.grow(100)).toBe(true);
  expect(one.grow(11)).toBe(false);
  two.end();
  expect(one.grow(100)).toBe(true);
});
