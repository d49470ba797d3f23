import { type ChildProcess, spawn } from 'node:child_process';
import { findBrowser, hasDisplay, isRootOnLinux, openAppWindow } from './lib/browser.ts';
import { build, describe } from './lib/build.ts';
import { fetchElectron, findElectron } from './lib/electron-binary.ts';
import { startEngineChild, stopEngineChild } from './lib/engine-child.ts';
import { root } from './lib/paths.ts';

/**
 * `npm start [-- --demo]`: builds, and opens the desktop app. Where Electron cannot be had the same window opens in a browser; where
 * there is no display, its address is printed.
 */

/** Time the desktop app may take to end, its engine included, ms. */
const STOP_MILLIS = 10_000;

const NO_DISPLAY = 'There is no display, so the window is served for a browser instead of the desktop app.';

function say(text: string): void {
  console.log(`sidetap: ${text}`);
}

/** Resolves with the first request to end: Ctrl-C, a closed terminal, a `kill`. */
let ending = false;
const asked = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      ending = true;
      resolve();
    });
  }
});

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', (error) => {
      say(error.message);
      resolve(1);
    });
  });
}

/** Path of Electron's binary; null, with the reason said in a sentence, when it cannot be used here. */
async function electronForHere(): Promise<string | null> {
  if (!hasDisplay()) {
    say(NO_DISPLAY);
    return null;
  }
  const found = findElectron();
  if (found !== null) return found;
  try {
    return await fetchElectron(say);
  } catch (error) {
    const reason = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
    say(`Electron could not be downloaded (${reason}), so the same window opens in a browser.`);
    return null;
  }
}

async function runElectron(binary: string, args: readonly string[]): Promise<number> {
  if (isRootOnLinux()) say('running as root, where Chromium’s sandbox cannot be used: it is switched off with --no-sandbox');
  const child = spawn(binary, [...(isRootOnLinux() ? ['--no-sandbox'] : []), root, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exit = exitOf(child);
  const forward = asked.then(() => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), STOP_MILLIS);
    return exit;
  });
  return Promise.race([exit, forward]);
}

async function runInBrowser(demo: boolean): Promise<number> {
  const engine = await startEngineChild();
  const address = `${engine.url}/#token=${encodeURIComponent(engine.token)}`;
  try {
    if (demo) await startDemo(engine.url, engine.token);
    const browser = hasDisplay() ? findBrowser() : null;
    const window = browser === null ? null : openAppWindow(browser, address);
    say(window === null ? `open ${address}` : `the window is open; its address is ${address}`);
    say('Ctrl-C ends it');
    const ends: Array<Promise<number>> = [asked.then(() => 0)];
    if (engine.process !== null) ends.push(exitOf(engine.process));
    if (window !== null) ends.push(closed(window, address));
    const code = await Promise.race(ends);
    window?.kill();
    return code;
  } finally {
    await stopEngineChild(engine);
  }
}

/** Resolves when the user has closed the window. A browser that could not show one is no reason to end: the address still works. */
async function closed(window: ChildProcess, address: string): Promise<number> {
  const code = await exitOf(window);
  // A terminal's Ctrl-C ends the browser as well.
  if (code === 0 || ending) return 0;
  say(`the browser could not show the window (exit code ${code}); open ${address}`);
  return new Promise(() => {});
}

async function startDemo(url: string, token: string): Promise<void> {
  const response = await fetch(`${url}/api/demo/start`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
  if (response.ok) {
    say('the demo shop is running, under capture');
    const { notices } = (await response.json()) as { notices: { id: string; text: string }[] };
    const lacking = notices.find(({ id }) => id === 'demo-services');
    if (lacking !== undefined) say(lacking.text);
  } else say(`the demo could not be started: ${await response.text()}`);
}

const args = process.argv.slice(2);
say(describe(await build()));
const electron = await electronForHere();
try {
  process.exitCode = electron === null ? await runInBrowser(args.includes('--demo')) : await runElectron(electron, args);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
// A window that is just closing may keep a pipe open for a moment: nothing is left to wait for.
process.exit();
