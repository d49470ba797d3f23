import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { findBrowser, isRootOnLinux } from './lib/browser.ts';
import { build } from './lib/build.ts';
import { startEngineChild, stopEngineChild } from './lib/engine-child.ts';
import { root } from './lib/paths.ts';
import { seenTour } from './lib/seen-tour.ts';

/** `npm run screenshots`: the window's main states, from the demo, into docs/. Look at them before they are committed. */

const folder = join(root, 'docs', 'screens');
const SIZE = { width: 1_440, height: 900 };
/** The demo needs so much time to fill the list, and to show a shape over time. */
const DEMO_MILLIS = 25_000;

/** The window under a name, and what brings it there from the state before. */
const states: readonly { name: string; reach: (page: Page) => Promise<unknown> }[] = [
  { name: 'list', reach: async (page) => page.getByRole('grid', { name: 'Request list' }).focus() },
  {
    name: 'detail',
    reach: async (page) => {
      await page.getByRole('row').filter({ hasText: 'POST' }).filter({ hasText: '/orders' }).first().click();
      await page.getByRole('tab', { name: 'Overview' }).waitFor();
    },
  },
  {
    name: 'body',
    reach: async (page) => {
      // Of one that was found: what is not there causes no calls to show.
      const rows = page.getByRole('row').filter({ hasText: '/api/products/' });
      await rows.filter({ hasNotText: '404' }).first().click();
      await page.getByRole('tab', { name: 'Response' }).click();
    },
  },
  { name: 'timing', reach: async (page) => page.getByRole('tab', { name: 'Timing' }).click() },
  {
    name: 'caused',
    reach: async (page) => {
      await page.getByRole('tab', { name: 'Caused' }).click();
      await page.getByRole('table', { name: 'What the request caused' }).waitFor();
    },
  },
  { name: 'palette', reach: async (page) => page.keyboard.press('Control+k') },
  {
    name: 'preferences',
    reach: async (page) => {
      await close(page);
      await page.keyboard.press('Control+,');
      await page.getByRole('radio', { name: 'Capture' }).click();
    },
  },
  {
    name: 'map',
    reach: async (page) => {
      await close(page);
      await page.getByRole('button', { name: 'Close details' }).click();
      await page.getByRole('button', { name: 'Service map' }).click();
      await page.getByRole('region', { name: 'Service map' }).getByRole('button').first().waitFor();
    },
  },
];

async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // What was opened is drawn, and what points at it has gone.
    await page.waitForTimeout(600);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
  console.log(`${name}: dark and light`);
}

await build();
mkdirSync(folder, { recursive: true });
const dataDir = mkdtempSync(join(tmpdir(), 'sidetap-screens-'));
seenTour(dataDir);
// The machine's own containers are nobody's business.
const engine = await startEngineChild({ dataDir, env: { ...process.env, DOCKER_HOST: 'unix:///run/no-docker.sock' } });
let browser: Browser | null = null;
try {
  browser = await chromium.launch({
    executablePath: findBrowser() ?? undefined,
    args: isRootOnLinux() ? ['--no-sandbox', '--disable-gpu'] : ['--disable-gpu'],
  });
  const page = await browser.newPage({ viewport: SIZE, locale: 'en', timezoneId: 'UTC' });
  await page.goto(`${engine.url}/#token=${encodeURIComponent(engine.token)}`);
  await page.getByText(/\d stored/).waitFor();
  await shoot(page, 'empty');
  await page.getByRole('switch', { name: 'Run the demo shop' }).click();
  await page.getByRole('grid', { name: 'Request list' }).waitFor();
  await page.waitForTimeout(DEMO_MILLIS);
  for (const { name, reach } of states) {
    await reach(page);
    await shoot(page, name);
  }
} finally {
  await browser?.close();
  await stopEngineChild(engine);
  rmSync(dataDir, { recursive: true, force: true });
}
