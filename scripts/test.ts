import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { build, describe } from './lib/build.ts';
import { ensureTestPrograms } from './lib/debian.ts';
import { root } from './lib/paths.ts';
import {
  add,
  failuresOfPlaywright,
  type PlaywrightReport,
  tallyPlaywright,
  tallyVitest,
  type VitestReport,
} from './lib/results.ts';
import { packageCommand, runNode } from './lib/run.ts';

/** `npm test`: unit, integration and end-to-end, ending in one line: `N passed, N failed`. */

const results = join(root, 'test-results');
const vitestReport = join(results, 'vitest.json');
const playwrightReport = join(results, 'playwright.json');

/** Of a failure's reason: enough for how it differs, its message and the first lines of its stack. */
const REASON_CHARACTERS = 3_000;

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

const vitest = await runNode([packageCommand('vitest'), 'run'], {
  show: true,
  env: { ...process.env, VITEST_REPORT: vitestReport },
});
const playwright = await runNode([packageCommand('@playwright/test', 'playwright'), 'test'], {
  show: true,
  env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport },
});

const unit = readReport(vitestReport) as VitestReport | null;
const endToEnd = readReport(playwrightReport) as PlaywrightReport | null;
// Said once more at the end: whoever sees only a log's last lines is to see what failed and why.
for (const { name, reason } of [...(unit?.failures ?? []), ...failuresOfPlaywright(endToEnd)]) {
  console.log(`failed: ${name.replace(`${root}/`, '')}\n${stripVTControlCharacters(reason).slice(0, REASON_CHARACTERS)}\n`);
}
const tally = add(tallyVitest(unit, vitest.code), tallyPlaywright(endToEnd, playwright.code));
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;
