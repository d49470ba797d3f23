import { EventEmitter } from 'node:events';
import type { BrowserWindow, BrowserWindowConstructorOptions, Rectangle } from 'electron';
import type { StandInApp } from './app.ts';
import { Page } from './page.ts';
import { PreventableEvent } from './preventable-event.ts';
import { StandInWebContents } from './web-contents.ts';

type Implemented =
  | 'close'
  | 'destroy'
  | 'focus'
  | 'getBounds'
  | 'getNormalBounds'
  | 'hide'
  | 'id'
  | 'isDestroyed'
  | 'isFullScreen'
  | 'isMaximized'
  | 'isMinimized'
  | 'isVisible'
  | 'loadURL'
  | 'maximize'
  | 'minimize'
  | 'restore'
  | 'setBackgroundColor'
  | 'show';

/** `BrowserWindow` of one app. Its windows are pages of headless Chromium: their place on a screen exists only in these fields. */
export class StandInBrowserWindow extends EventEmitter implements Pick<BrowserWindow, Implemented> {
  static readonly all = new Set<StandInBrowserWindow>();
  static app: StandInApp;
  static #lastId = 0;

  static getAllWindows(): StandInBrowserWindow[] {
    return [...StandInBrowserWindow.all];
  }

  static getFocusedWindow(): StandInBrowserWindow | null {
    return StandInBrowserWindow.getAllWindows().at(-1) ?? null;
  }

  static fromWebContents(contents: unknown): StandInBrowserWindow | null {
    return StandInBrowserWindow.getAllWindows().find((window) => window.webContents === contents) ?? null;
  }

  readonly id: number;
  readonly webContents: StandInWebContents;
  /** What the app asked for, for tests. */
  readonly options: BrowserWindowConstructorOptions;
  /** How often the window was brought to the front, for tests. */
  focusCount = 0;
  #page: Page | null = null;
  readonly #opened: Promise<void>;
  #bounds: Rectangle;
  #visible: boolean;
  #maximized = false;
  #minimized = false;
  #destroyed = false;

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    this.options = options;
    StandInBrowserWindow.#lastId += 1;
    this.id = StandInBrowserWindow.#lastId;
    this.#visible = options.show !== false;
    this.#bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 };
    this.webContents = new StandInWebContents(this.id, () => this.close());
    const cdp = StandInBrowserWindow.app.cdp;
    StandInBrowserWindow.all.add(this);
    StandInBrowserWindow.app.emit('web-contents-created', {}, this.webContents);
    StandInBrowserWindow.app.emit('browser-window-created', {}, this);
    this.#opened = Page.open(cdp, { ...this.#bounds, preload: options.webPreferences?.preload }).then((page) => {
      this.#page = page;
      this.webContents.attach(page);
      page.once('loaded', () => this.emit('ready-to-show'));
    });
    this.#opened.catch((error: unknown) => {
      if (!this.#destroyed) process.stderr.write(`electron-stand-in: no window: ${String(error)}\n`);
    });
  }

  async loadURL(url: string): Promise<void> {
    await this.#opened;
    await this.webContents.navigate(url);
  }

  show(): void {
    this.#visible = true;
    this.emit('show');
  }

  hide(): void {
    this.#visible = false;
    this.emit('hide');
  }

  focus(): void {
    this.focusCount += 1;
    this.emit('focus');
  }

  restore(): void {
    this.#minimized = false;
    this.emit('restore');
  }

  minimize(): void {
    this.#minimized = true;
    this.emit('minimize');
  }

  maximize(): void {
    this.#maximized = true;
    this.emit('maximize');
  }

  setBackgroundColor(): void {}

  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.#page?.resize(this.#bounds.width, this.#bounds.height);
    this.emit('move');
    this.emit('resize');
  }

  getBounds(): Rectangle {
    return { ...this.#bounds };
  }

  getNormalBounds(): Rectangle {
    return this.getBounds();
  }

  isVisible(): boolean {
    return this.#visible;
  }

  isMinimized(): boolean {
    return this.#minimized;
  }

  isMaximized(): boolean {
    return this.#maximized;
  }

  isFullScreen(): boolean {
    return false;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  close(): void {
    if (this.#destroyed) return;
    const event = new PreventableEvent();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    StandInBrowserWindow.all.delete(this);
    this.#page?.close();
    this.webContents.markDestroyed();
    this.emit('closed');
    const { app } = StandInBrowserWindow;
    if (StandInBrowserWindow.all.size > 0 || app.isQuitting) return;
    if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed');
    else app.quit();
  }
}
