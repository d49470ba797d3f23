import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, describe } from './lib/build.ts';
import { ensureTestPrograms } from './lib/debian.ts';
import { root } from './lib/paths.ts';
import { add, type PlaywrightReport, tallyPlaywright, tallyVitest, type VitestReport } from './lib/results.ts';
import { packageCommand, runNode } from './lib/run.ts';

/** `npm test`: unit, integration and end-to-end, ending in one line: `N passed, N failed`. */

const results = join(root, 'test-results');
const vitestReport = join(results, 'vitest.json');
const playwrightReport = join(results, 'playwright.json');

function readReport(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    // The runner ended before it could write one: the tally counts that as a failure.
    return null;
  }
}

await ensureTestPrograms();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
console.log(describe(await build()));

const vitest = await runNode(
  [packageCommand('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`],
  { show: true },
);
const playwright = await runNode([packageCommand('@playwright/test', 'playwright'), 'test'], {
  show: true,
  env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport },
});

const tally = add(
  tallyVitest(readReport(vitestReport) as VitestReport | null, vitest.code),
  tallyPlaywright(readReport(playwrightReport) as PlaywrightReport | null, playwright.code),
);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;
