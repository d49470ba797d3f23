import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { seenTour } from '../../scripts/lib/seen-tour.ts';
import { EngineApi } from './engine.ts';
import { closeBrowser, dataDirOf, openSurface, type Surface, type SurfaceName } from './surfaces.ts';
import { startUpstream, type Upstream } from './upstream.ts';

export interface Options {
  /** Set by the project. */
  surfaceName: SurfaceName;
  /** Of somebody who opens the window for the first time, to whom the tour is shown. */
  newUser: boolean;
}

export interface Fixtures {
  /** Variables for this test's Sidetap. */
  environment: Readonly<Record<string, string>>;
  /** Everything this test's Sidetap keeps; removed afterwards. */
  home: string;
  surface: Surface;
  /** The window. */
  window: Page;
  api: EngineApi;
  /** The application that is captured. */
  upstream: Upstream;
  /** `http://127.0.0.1:PORT`, where `upstream` is reached through the capture. */
  inbound: string;
}

interface WorkerFixtures {
  /** Ends the browser that the worker's tests shared. */
  browserEnds: void;
}

export const test = base.extend<Fixtures & Options, WorkerFixtures>({
  browserEnds: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing
    async ({}, use) => {
      await use();
      await closeBrowser();
    },
    { scope: 'worker', auto: true },
  ],
  surfaceName: ['chromium', { option: true }],
  newUser: [false, { option: true }],
  home: async ({ surfaceName, newUser }, use) => {
    const home = mkdtempSync(join(tmpdir(), `sidetap-e2e-${surfaceName}-`));
    if (!newUser) seenTour(dataDirOf(home));
    await use(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  },
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing
  environment: async ({}, use) => {
    await use({});
  },
  surface: async ({ surfaceName, home, environment }, use) => {
    const surface = await openSurface(surfaceName, { home, environment });
    await use(surface);
    await surface.close();
  },
  window: async ({ surface }, use) => {
    await use(surface.page);
  },
  // The surface is asked for because it brings the engine.
  api: async ({ surface: _surface, home }, use) => {
    await use(new EngineApi(dataDirOf(home)));
  },
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing
  upstream: async ({}, use) => {
    const upstream = await startUpstream();
    await use(upstream);
    await upstream.close();
  },
  inbound: async ({ api, upstream }, use) => {
    const { inbound } = await api.startCapture(upstream.port);
    await use(inbound?.url ?? '');
  },
});

export { expect };
