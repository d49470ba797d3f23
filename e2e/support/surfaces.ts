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
  /** Variables beside those of this process. */
  environment?: Readonly<Record<string, string>>;
}

/** Tests never touch the Docker of the machine that they run on: there is none, unless a test brings one. */
function withoutDocker(home: string): { DOCKER_HOST: string } {
  return { DOCKER_HOST: `unix://${join(home, 'no-docker.sock')}` };
}

export function dataDirOf(home: string): string {
  return join(home, 'data');
}

/** How the app is started, for Playwright and for a second start beside it. */
export function desktopCommand({ home, appPath = root, environment: given = {} }: DesktopOptions): {
  executablePath: string;
  args: string[];
  env: Record<string, string>;
} {
  mkdirSync(home, { recursive: true });
  const environment = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    executablePath: findElectron() ?? standIn,
    args: [`--user-data-dir=${join(home, 'shell')}`, appPath],
    env: {
      ...Object.fromEntries(environment),
      ...withoutDocker(home),
      ...given,
      SIDETAP_HOME: dataDirOf(home),
      SIDETAP_STANDIN_NODE: process.execPath,
    },
  };
}

export async function openDesktop(options: DesktopOptions): Promise<Surface & { app: ElectronApplication }> {
  const app = await _electron.launch(desktopCommand(options));
  const said = lastWordsOf(app);
  const open = async (): Promise<Page> => {
    const first = await app.firstWindow();
    await first.waitForURL(/^http:\/\/127\.0\.0\.1:/);
    await ready(first);
    return first;
  };
  const page = await open().catch((error: unknown) => {
    throw new Error(`the app did not get as far as its window; it said:\n${said()}`, { cause: error });
  });
  return {
    app,
    page,
    readClipboard: async () => app.evaluate(async ({ clipboard }) => clipboard.readText()),
    close: () => app.close(),
  };
}

/** What the app wrote to its error stream, and how it ended: nothing else tells why there is no window. */
function lastWordsOf(app: ElectronApplication): () => string {
  const child = app.process();
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  });
  return () => `${output}\n(exit code ${child.exitCode}, signal ${child.signalCode})`;
}

/** The window is connected to its engine. */
async function ready(page: Page): Promise<void> {
  await page.getByText(/\d stored/).waitFor();
}

let browser: Promise<Browser> | null = null;

/** One browser for all tests of a worker: each has a context of its own, which shares nothing with others but the clipboard. */
async function openBrowser(): Promise<Browser> {
  const running = await browser?.catch(() => null);
  if (running?.isConnected() === true) return running;
  browser = chromium.launch({
    executablePath: findBrowser() ?? undefined,
    args: [...QUIET_FLAGS, '--no-sandbox', '--disable-gpu'],
  });
  return browser;
}

/** Ends this worker's browser, if it has one. */
export async function closeBrowser(): Promise<void> {
  const running = await browser?.catch(() => null);
  browser = null;
  await running?.close();
}

/** A window in a browser, on an engine that runs and goes on when the window is closed. */
export async function openWindow({ url, token }: { url: string; token: string }): Promise<Surface> {
  const context = await (await openBrowser()).newContext({
    permissions: ['clipboard-read', 'clipboard-write'],
    viewport: { width: 1_320, height: 860 },
  });
  try {
    const page = await context.newPage();
    await page.goto(`${url}/#token=${encodeURIComponent(token)}`);
    await ready(page);
    return {
      app: null,
      page,
      readClipboard: () => page.evaluate('navigator.clipboard.readText()'),
      close: () => context.close(),
    };
  } catch (error) {
    await context.close();
    throw error;
  }
}

async function openChromium({ home, environment }: DesktopOptions): Promise<Surface> {
  mkdirSync(home, { recursive: true });
  const [started, opened] = await Promise.allSettled([
    startEngineChild({ dataDir: dataDirOf(home), env: { ...process.env, ...withoutDocker(home), ...environment } }),
    openBrowser(),
  ]);
  if (started.status === 'rejected') throw started.reason;
  const engine = started.value;
  try {
    if (opened.status === 'rejected') throw opened.reason;
    const window = await openWindow(engine);
    // Nothing that a test before this one has copied.
    await window.page.evaluate(`navigator.clipboard.writeText('')`);
    const close = async (): Promise<void> => {
      await window.close();
      await stopEngineChild(engine);
    };
    return { ...window, close };
  } catch (error) {
    await stopEngineChild(engine);
    throw error;
  }
}

export function openSurface(name: SurfaceName, options: DesktopOptions): Promise<Surface> {
  return name === 'desktop' ? openDesktop(options) : openChromium(options);
}
