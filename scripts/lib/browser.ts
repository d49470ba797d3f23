import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './debian.ts';

/** Browsers of Chromium's family, which can show one page as a window of its own. */
const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'brave-browser'];

const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'];

const WINDOWS_PATHS = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];

export function findBrowser(): string | null {
  if (process.platform === 'darwin') {
    return MAC_APPS.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`).find((path) => existsSync(path)) ?? null;
  }
  if (process.platform === 'win32') {
    const folders = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].map((name) => process.env[name] ?? '');
    const paths = folders.flatMap((folder) => WINDOWS_PATHS.map((path) => join(folder, path)));
    return paths.find((path) => existsSync(path)) ?? null;
  }
  for (const name of COMMANDS) {
    const path = findProgram(name);
    if (path !== null) return path;
  }
  return null;
}

/** Whether a window could be seen. */
export function hasDisplay(): boolean {
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return (process.env['DISPLAY'] ?? '') !== '' || (process.env['WAYLAND_DISPLAY'] ?? '') !== '';
}

/** Chromium and Electron refuse to run as root on Linux with their sandbox on. */
export function isRootOnLinux(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** Opens an address as a window of its own, with a profile of its own, so that the process lives exactly as long as the window. */
export function openAppWindow(browser: string, url: string): ChildProcess {
  const profile = mkdtempSync(join(tmpdir(), 'sidetap-window-'));
  const args = [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--window-size=1320,860',
  ];
  const child = spawn(browser, isRootOnLinux() ? [...args, '--no-sandbox'] : args, { stdio: 'ignore' });
  const forget = (): void => rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  child.once('exit', forget);
  return child;
}
