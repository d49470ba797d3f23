import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type Browser, chromium, type ElectronApplication, type Page } from 'playwright';
import { findBrowser } from '../../scripts/lib/browser.ts';
import { findElectron } from '../../scripts/lib/electron-binary.ts';
import { startEngineChild, stopEngineChild } from '../../scripts/lib/engine-child.ts';
import { root } from '../../scripts/lib/paths.ts';

/** Where the window is shown: in the desktop app, or in a plain browser. */
export type SurfaceName = 'desktop' | 'chromium';

export interface Surface {
  page: Page;
  /** Null in a browser. */
  app: ElectronApplication | null;
  /** What is on the clipboard. */
  readClipboard: () => Promise<string>;
  close: () => Promise<void>;
}

/** Without these Chromium calls home, which a test must not. */
const QUIET_FLAGS = [
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export const standIn: string = join(root, 'e2e', 'electron-stand-in', 'electron');

export interface DesktopOptions {
  /** Folder for everything that this app keeps. */
  home: string;
  /** Of the app: the repository, unless it is a packaged one. */
  appPath?: string;
}

export function dataDirOf(home: string): string {
  return join(home, 'data');
}

/** How the app is started, for Playwright and for a second start beside it. */
export function desktopCommand({ home, appPath = root }: DesktopOptions): {
  executablePath: string;
  args: string[];
  env: Record<string, string>;
} {
  mkdirSync(home, { recursive: true });
  const environment = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    executablePath: findElectron() ?? standIn,
    args: [`--user-data-dir=${join(home, 'shell')}`, appPath],
    env: { ...Object.fromEntries(environment), SIDETAP_HOME: dataDirOf(home), SIDETAP_STANDIN_NODE: process.execPath },
  };
}

export async function openDesktop(options: DesktopOptions): Promise<Surface & { app: ElectronApplication }> {
  const app = await _electron.launch(desktopCommand(options));
  const page = await app.firstWindow();
  await page.waitForURL(/^http:\/\/127\.0\.0\.1:/);
  await ready(page);
  return {
    app,
    page,
    readClipboard: async () => app.evaluate(async ({ clipboard }) => clipboard.readText()),
    close: () => app.close(),
  };
}

/** The window is connected to its engine. */
async function ready(page: Page): Promise<void> {
  await page.getByText(/\d stored/).waitFor();
}

async function openChromium(home: string): Promise<Surface> {
  mkdirSync(home, { recursive: true });
  const engine = await startEngineChild({ dataDir: dataDirOf(home) });
  let browser: Browser | null = null;
  try {
    browser = await chromium.launch({
      executablePath: findBrowser() ?? undefined,
      args: [...QUIET_FLAGS, '--no-sandbox', '--disable-gpu'],
    });
    const context = await browser.newContext({
      permissions: ['clipboard-read', 'clipboard-write'],
      viewport: { width: 1_320, height: 860 },
    });
    const page = await context.newPage();
    await page.goto(`${engine.url}/#token=${encodeURIComponent(engine.token)}`);
    await ready(page);
    return {
      app: null,
      page,
      readClipboard: () => page.evaluate('navigator.clipboard.readText()'),
      close: async () => {
        await browser?.close();
        await stopEngineChild(engine);
      },
    };
  } catch (error) {
    await browser?.close();
    await stopEngineChild(engine);
    throw error;
  }
}

export function openSurface(name: SurfaceName, home: string): Promise<Surface> {
  return name === 'desktop' ? openDesktop({ home }) : openChromium(home);
}
