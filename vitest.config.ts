import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { keepCompiledCode } from './cli/compile-cache.ts';
import { ReportWriter } from './scripts/lib/vitest-reporter.ts';
import { LongestFirst } from './test/support/longest-first.ts';

// For the processes that run tests, and the programs that these start, again and again.
keepCompiledCode();

/** File for what the run came to, when `npm test` runs it. */
const report = process.env['VITEST_REPORT'];

export default defineConfig({
  test: {
    reporters: ['default', ...(report === undefined ? [] : [new ReportWriter(report)])],
    include: ['{proxy-core,cli,electron,renderer,scripts,bench,test}/**/*.test.{ts,tsx}'],
    // A Docker daemon for the tests that ask for one.
    globalSetup: ['test/docker/support/global-setup.ts'],
    pool: 'forks',
    // Most of the time goes into waiting for processes and sockets, so one test file a core (less one) leaves the machine idle.
    maxWorkers: Math.max(3, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    // Integration tests start real servers, databases and processes, a command a dozen times: on a crowded machine, minutes. A slow machine is no
    // failure, and what hangs is ended all the same.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // As long as anything else in a test may take; a second by default.
    expect: { poll: { timeout: 30_000 } },
  },
});
