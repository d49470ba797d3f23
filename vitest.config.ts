import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{proxy-core,cli,electron,renderer,scripts,bench,test}/**/*.test.{ts,tsx}'],
    pool: 'forks',
    // Most of the time goes into waiting for processes and sockets, so one test file a core (less one) leaves the machine idle.
    maxWorkers: Math.max(3, availableParallelism()),
    // Integration tests start real servers, databases and processes; a slow machine is no failure.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
