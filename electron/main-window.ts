import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import type { EngineAddress } from './engine-host.ts';
import { limits } from './limits.ts';
import { fittingState, readWindowState, writeWindowState } from './window-state.ts';

/** The app's one window. */
export class MainWindow {
  #window: BrowserWindow | null = null;

  get browserWindow(): BrowserWindow | null {
    return this.#window;
  }

  /** Shows the engine's page, in a new window or in the one that there is. */
  open(address: EngineAddress): void {
    const window = this.#window ?? this.#create();
    // The token travels in the fragment: no server, log or referrer sees that.
    window.loadURL(`${address.url}/#token=${encodeURIComponent(address.token)}`).catch((error: unknown) => {
      // The engine died in this moment: the next one's address follows.
      console.error('the window could not be loaded', error);
    });
  }

  /** Brings the window to the front; false when there is none. */
  focus(): boolean {
    if (this.#window === null) return false;
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
    return true;
  }

  #create(): BrowserWindow {
    const statePath = join(app.getPath('userData'), 'window.json');
    const areas = screen.getAllDisplays().map((display) => display.workArea);
    const state = fittingState(readWindowState(statePath), areas);
    const window = new BrowserWindow({
      x: state.x,
      y: state.y,
      width: state.width,
      height: state.height,
      minWidth: 640,
      minHeight: 400,
      title: 'Sidetap',
      show: false,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#14171c' : '#ffffff',
      icon: join(import.meta.dirname, 'assets', 'icon.png'),
      webPreferences: {
        preload: join(import.meta.dirname, 'preload.cjs'),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
      },
    });
    if (state.maximized) window.maximize();
    this.#window = window;
    window.once('ready-to-show', () => window.show());
    window.webContents.on('render-process-gone', (_event, details) => {
      console.error('the window’s process has gone', details);
      // Not at once: a page that cannot be shown would crash again and again as fast as it can.
      if (details.reason !== 'clean-exit') setTimeout(() => this.#window?.webContents.reload(), limits.reloadMillis);
    });
    this.#keepState(window, statePath);
    window.once('closed', () => {
      this.#window = null;
    });
    return window;
  }

  #keepState(window: BrowserWindow, path: string): void {
    const write = (): void => {
      if (window.isFullScreen()) return;
      try {
        writeWindowState(path, { ...window.getNormalBounds(), maximized: window.isMaximized() });
      } catch (error) {
        console.error('the window’s place could not be written down', error);
      }
    };
    let timer: NodeJS.Timeout | undefined;
    const writeSoon = (): void => {
      clearTimeout(timer);
      timer = setTimeout(write, limits.windowStateMillis);
    };
    window.on('resize', writeSoon);
    window.on('move', writeSoon);
    window.on('close', () => {
      clearTimeout(timer);
      write();
    });
  }
}
