/** What a test run came to. */
export interface Tally {
  passed: number;
  failed: number;
}

/** What a run of vitest came to: `vitest-reporter.ts` writes it. A test that was skipped has checked nothing, so it is among the failures. */
export interface VitestReport {
  passed: number;
  failures: Failure[];
}

/** What Playwright's JSON reporter writes, as far as it is read here. */
export interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: { message?: string }[];
  suites: PlaywrightSuite[];
}

interface PlaywrightSuite {
  title: string;
  specs: { title: string; tests: PlaywrightTest[] }[];
  suites?: PlaywrightSuite[];
}

/** A spec's run in one project. */
interface PlaywrightTest {
  projectName: string;
  status: 'expected' | 'unexpected' | 'flaky' | 'skipped';
  results: { errors: { message?: string }[] }[];
}

/** A test that did not pass, and its first reason. */
export interface Failure {
  name: string;
  reason: string;
}

export function tallyVitest(report: VitestReport | null, exitCode: number): Tally {
  if (report === null) return { passed: 0, failed: 1 };
  return atLeastOne({ passed: report.passed, failed: report.failures.length }, exitCode !== 0);
}

/** A test that was skipped has checked nothing, so it counts as failed. */
export function tallyPlaywright(report: PlaywrightReport | null, exitCode: number): Tally {
  if (report === null) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return atLeastOne({ passed: expected, failed: unexpected + flaky + skipped }, exitCode !== 0 || report.errors.length > 0);
}

/** A runner that ended badly without naming a test (an unhandled rejection, a file that does not parse) has failed all the same. */
function atLeastOne(tally: Tally, endedBadly: boolean): Tally {
  return endedBadly && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

export function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

export function failuresOfPlaywright(report: PlaywrightReport | null): Failure[] {
  if (report === null) return [];
  const outside = report.errors.map(({ message }) => ({ name: 'playwright', reason: message ?? 'an error outside the tests' }));
  return [...outside, ...report.suites.flatMap((suite) => failuresOfSuite(suite, []))];
}

function failuresOfSuite(suite: PlaywrightSuite, above: readonly string[]): Failure[] {
  const path = [...above, suite.title];
  const own = suite.specs.flatMap(({ title, tests }) =>
    tests
      .filter(({ status }) => status !== 'expected')
      .map(({ projectName, status, results }) => ({
        name: `[${projectName}] ${[...path, title].join(' › ')}`,
        reason: results[0]?.errors[0]?.message ?? status,
      })),
  );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => failuresOfSuite(inner, path))];
}
