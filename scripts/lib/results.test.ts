import { expect, test } from 'vitest';
import { add, failuresOfPlaywright, tallyPlaywright, tallyVitest } from './results.ts';

const vitest = { passed: 5, failures: [] };
const playwright = { stats: { expected: 3, unexpected: 0, flaky: 0, skipped: 0 }, errors: [], suites: [] };

test('passes are passes', () => {
  expect(add(tallyVitest(vitest, 0), tallyPlaywright(playwright, 0))).toEqual({ passed: 8, failed: 0 });
});

test('a skipped test counts as failed', () => {
  expect(tallyVitest({ ...vitest, failures: [{ name: 'a.test.ts › adds', reason: 'skipped' }] }, 0).failed).toBe(1);
  expect(tallyPlaywright({ ...playwright, stats: { ...playwright.stats, skipped: 1 } }, 0).failed).toBe(1);
});

test('a run that ended badly has failed, whatever its report says', () => {
  expect(tallyVitest(vitest, 1).failed).toBe(1);
  expect(tallyVitest(null, 0).failed).toBe(1);
  expect(tallyPlaywright({ ...playwright, errors: [{ message: 'cannot load' }] }, 0).failed).toBe(1);
  expect(tallyPlaywright(null, 0).failed).toBe(1);
});

test('each failure is named with its reason, in the project in which it failed', () => {
  const inChromium = { projectName: 'chromium', status: 'expected' as const, results: [{ errors: [] }] };
  const inDesktop = { projectName: 'desktop', status: 'unexpected' as const, results: [{ errors: [{ message: 'gone' }] }] };
  const passed = { title: 'opens', tests: [inChromium] };
  const failed = { title: 'closes', tests: [inDesktop, inChromium] };
  const suites = [{ title: 'w.spec.ts', specs: [passed], suites: [{ title: 'window', specs: [failed] }] }];
  expect(failuresOfPlaywright({ ...playwright, suites })).toEqual([
    { name: '[desktop] w.spec.ts › window › closes', reason: 'gone' },
  ]);
  const skipped = { title: 'waits', tests: [{ projectName: 'desktop', status: 'skipped' as const, results: [] }] };
  expect(failuresOfPlaywright({ ...playwright, suites: [{ title: 'w.spec.ts', specs: [skipped] }] })).toEqual([
    { name: '[desktop] w.spec.ts › waits', reason: 'skipped' },
  ]);
});
