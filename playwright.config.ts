import { defineConfig } from '@playwright/test';
import { keepCompiledCode } from './cli/compile-cache.ts';
import type { Options } from './e2e/support/fixtures.ts';

// For the programs that tests start, again and again.
keepCompiledCode();

export default defineConfig<Options>({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  // A Docker daemon for the tests that ask for one.
  globalSetup: './test/docker/support/global-setup.ts',
  // A test that passes only at its second attempt is a defect.
  retries: 0,
  // Every test starts an engine and a window of its own.
  workers: 1,
  forbidOnly: true,
  // As long as a test of vitest may take: a slow machine is no failure, and what hangs is ended all the same.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ?? 'test-results/playwright.json' }]],
  projects: [
    // The desktop app: on Electron itself where its binary is, else on the stand-in (docs/electron-stand-in.md).
    { name: 'desktop', testMatch: ['desktop/*.spec.ts', 'window/*.spec.ts'], use: { surfaceName: 'desktop' } },
    // The same window in a plain browser.
    { name: 'chromium', testMatch: 'window/*.spec.ts', use: { surfaceName: 'chromium' } },
  ],
});
