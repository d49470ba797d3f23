/** What a test run came to. */
export interface Tally {
  passed: number;
  failed: number;
}

export interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
}

export interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: unknown[];
}

/** A test that was skipped has checked nothing, so it counts as failed; so does a file that could not be loaded. */
export function tallyVitest(report: VitestReport | null, exitCode: number): Tally {
  if (report === null) return { passed: 0, failed: 1 };
  const failed = report.numFailedTests + report.numPendingTests + report.numTodoTests;
  return atLeastOne({ passed: report.numPassedTests, failed }, exitCode !== 0);
}

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
