import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { EngineApi } from './engine.ts';
import { dataDirOf, openSurface, type Surface, type SurfaceName } from './surfaces.ts';
import { startUpstream, type Upstream } from './upstream.ts';

export interface Options {
  /** Set by the project. */
  surfaceName: SurfaceName;
}

interface Fixtures {
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

export const test = base.extend<Fixtures & Options>({
  surfaceName: ['chromium', { option: true }],
  home: async ({ surfaceName }, use) => {
    const home = mkdtempSync(join(tmpdir(), `sidetap-e2e-${surfaceName}-`));
    await use(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  },
  surface: async ({ surfaceName, home }, use) => {
    const surface = await openSurface(surfaceName, home);
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
