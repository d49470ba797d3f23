import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { ListingPace } from './listing-pace.ts';

const TWO_CORES = 2;

/** A pace that has no time left, while something keeps coming. */
function exhausted(cores: number = TWO_CORES): ListingPace {
  const pace = new ListingPace(0, cores);
  pace.spent(limits.listingBurstMillis);
  pace.arrived(0);
  return pace;
}

test('rows are made at once while there are few', () => {
  const pace = new ListingPace(0, TWO_CORES);
  for (let now = 0; now < 10_000; now += 100) {
    expect(pace.allows(now)).toBe(true);
    pace.arrived(now);
    pace.spent(100 * limits.listingSharePerCore);
  }
});

test('under load rows get their share of the time and no more', () => {
  const pace = exhausted();
  let spent = 0;
  for (let now = 1; now <= 1_000; now++) {
    pace.arrived(now);
    if (!pace.allows(now)) continue;
    pace.spent(20);
    spent += 20;
  }
  expect(spent).toBeGreaterThan(1_000 * limits.listingSharePerCore - 20);
  expect(spent).toBeLessThanOrEqual(1_000 * limits.listingSharePerCore + 20);
});

test('many cores have time for all rows', () => {
  const pace = exhausted(64);
  for (let now = 1; now <= 1_000; now++) {
    pace.arrived(now);
    expect(pace.allows(now)).toBe(true);
    pace.spent(0.99);
  }
});

test('rows are made when nothing comes any more', () => {
  const pace = exhausted();
  pace.spent(1_000);
  expect(pace.allows(limits.listingQuietMillis - 1)).toBe(false);
  expect(pace.allows(limits.listingQuietMillis)).toBe(true);
});

test('nothing waits for its rows longer than it may', () => {
  const pace = exhausted();
  pace.spent(10_000);
  pace.waits(7, 1_000, 10, 100);
  const late = 100 + limits.listingLagMillis;
  pace.arrived(late - 1);
  expect(pace.allows(late - 1)).toBe(false);
  expect(pace.allows(late)).toBe(true);
  pace.listed(7);
  expect(pace.allows(late)).toBe(false);
});

test('no more waits than may', () => {
  const pace = exhausted();
  pace.spent(1_000);
  pace.waits(1, limits.unlistedBytes, 10, 0);
  expect(pace.allows(1)).toBe(false);
  pace.waits(2, 1, 1, 1);
  pace.arrived(1);
  expect(pace.allows(1)).toBe(true);
  expect(pace.pairs).toBe(11);
  pace.listed(1);
  expect(pace.pairs).toBe(1);
  expect(pace.allows(1)).toBe(false);
  pace.listed(2);
  expect(pace.pairs).toBe(0);
});
