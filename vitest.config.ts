import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{proxy-core,cli,electron,renderer,scripts,bench,test}/**/*.test.{ts,tsx}'],
    pool: 'forks',
    // Integration tests start real servers, databases and processes; a slow machine is no failure.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
