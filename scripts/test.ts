import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, describe } from './lib/build.ts';
import { ensureTestPrograms } from './lib/debian.ts';
import { root } from './lib/paths.ts';
import { add, tallyPlaywright, tallyVitest } from './lib/results.ts';
import { packageCommand, runNode } from './lib/run.ts';

/** `npm test`: unit, integration and end-to-end, ending in one line: `N passed, N failed`. */

const results = join(root, 'test-results');
const vitestReport = join(results, 'vitest.json');
const playwrightReport = join(results, 'playwright.json');

function readReport<Report>(path: string): Report | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
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
  tallyVitest(readReport(vitestReport), vitest.code),
  tallyPlaywright(readReport(playwrightReport), playwright.code),
);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;
