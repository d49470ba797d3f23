import { expect, test } from 'vitest';
import { add, tallyPlaywright, tallyVitest } from './results.ts';

const vitest = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
const playwright = { stats: { expected: 3, unexpected: 0, flaky: 0, skipped: 0 }, errors: [] };

test('passes are passes', () => {
  expect(add(tallyVitest(vitest, 0), tallyPlaywright(playwright, 0))).toEqual({ passed: 8, failed: 0 });
});

test('a skipped test counts as failed', () => {
  expect(tallyVitest({ ...vitest, numPendingTests: 2 }, 0).failed).toBe(2);
  expect(tallyPlaywright({ ...playwright, stats: { ...playwright.stats, skipped: 1 } }, 0).failed).toBe(1);
});

test('a run that ended badly has failed, whatever its report says', () => {
  expect(tallyVitest(vitest, 1).failed).toBe(1);
  expect(tallyVitest(null, 0).failed).toBe(1);
  expect(tallyPlaywright({ ...playwright, errors: ['cannot load'] }, 0).failed).toBe(1);
  expect(tallyPlaywright(null, 0).failed).toBe(1);
});
