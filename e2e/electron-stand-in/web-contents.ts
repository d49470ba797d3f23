import { EventEmitter } from 'node:events';
import type { IpcMainInvokeEvent, WebContents } from 'electron';
import { ipcMain } from './ipc.ts';
import type { Page } from './page.ts';
import { decode } from './preload.ts';
import { PreventableEvent } from './preventable-event.ts';
import { session } from './session.ts';

interface Incoming {
  type: 'invoke' | 'send';
  id: number;
  channel: string;
  args: unknown[];
}

type OpenHandler = Parameters<WebContents['setWindowOpenHandler']>[0];

type Implemented =
  | 'close'
  | 'executeJavaScript'
  | 'getURL'
  | 'id'
  | 'isDestroyed'
  | 'openDevTools'
  | 'reload'
  | 'send'
  | 'setWindowOpenHandler';

export class StandInWebContents extends EventEmitter implements Pick<WebContents, Implemented> {
  readonly id: number;
  readonly session = session.defaultSession;
  #page: Page | null = null;
  #url = '';
  #destroyed = false;
  #openHandler: OpenHandler = () => ({ action: 'deny' });
  readonly #closeWindow: () => void;

  constructor(id: number, closeWindow: () => void) {
    super();
    this.id = id;
    this.#closeWindow = closeWindow;
  }

  /** The page of this window is there. */
  attach(page: Page): void {
    this.#page = page;
    page.on('loaded', () => this.emit('did-finish-load', {}));
    page.on('crashed', () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 }));
    page.on('popup', (url) => {
      this.#openHandler({ url, frameName: '', features: '', disposition: 'new-window', referrer: { url: '', policy: 'default' } });
    });
    page.on('navigation', (url, decide) => {
      const event = Object.assign(new PreventableEvent(), { url, isMainFrame: true, isSameDocument: false });
      this.emit('will-navigate', event, url);
      decide(!event.defaultPrevented);
      if (!event.defaultPrevented) this.#url = url;
    });
    page.on('message', (text, contextId) => {
      this.#receive(decode(text) as Incoming, contextId);
    });
  }

  async navigate(url: string): Promise<void> {
    this.#url = url;
    const reason = await this.#page?.navigate(url);
    if (reason === undefined || reason === '' || reason === 'net::ERR_ABORTED') return;
    this.emit('did-fail-load', {}, -1, reason, url, true);
    throw new Error(`${reason} loading '${url}'`);
  }

  markDestroyed(): void {
    this.#destroyed = true;
    this.emit('destroyed');
  }

  getURL(): string {
    return this.#url;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  send(channel: string, ...args: unknown[]): void {
    this.#page?.tellPreload({ type: 'event', channel, args });
  }

  executeJavaScript(code: string): Promise<unknown> {
    return this.#page?.evaluate(code) ?? Promise.reject(new Error('the page is not there yet'));
  }

  reload(): void {
    this.#page?.reload();
  }

  close(): void {
    this.#closeWindow();
  }

  openDevTools(): void {}

  get targetId(): string {
    return this.#page?.targetId ?? '';
  }

  #receive({ type, id, channel, args }: Incoming, contextId: number): void {
    const event = { sender: this, senderFrame: { url: this.#url, parent: null } } as unknown as IpcMainInvokeEvent;
    if (type === 'send') {
      ipcMain.emit(channel, event, ...args);
      return;
    }
    const answer = (outcome: { value?: unknown; error?: string }): void =>
      this.#page?.tellPreload({ type: 'result', id, ...outcome }, contextId);
    ipcMain.invoke(channel, event, args).then(
      (value) => answer({ value }),
      (error: unknown) => answer({ error: String(error) }),
    );
  }
}
