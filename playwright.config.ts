import { defineConfig } from '@playwright/test';
import type { Options } from './e2e/support/fixtures.ts';

export default defineConfig<Options>({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  // A test that passes only at its second attempt is a defect.
  retries: 0,
  // Every test starts an engine and a browser of its own.
  workers: 1,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ?? 'test-results/playwright.json' }]],
  projects: [
    // The desktop app: on Electron itself where its binary is, else on the stand-in (docs/electron-stand-in.md).
    { name: 'desktop', testMatch: ['desktop/*.spec.ts', 'window/*.spec.ts'], use: { surfaceName: 'desktop' } },
    // The same window in a plain browser.
    { name: 'chromium', testMatch: 'window/*.spec.ts', use: { surfaceName: 'chromium' } },
  ],
});
