import { EventEmitter } from 'node:events';
import type { Cdp, CdpEvent } from './cdp.ts';
import { encode, isolatedWorldScript, mainWorldScript, PRELOAD_BINDING, PRELOAD_WORLD } from './preload.ts';

export interface PageEvents {
  loaded: [];
  crashed: [];
  /** The preload script's world says something; answer in the same world. */
  message: [text: string, contextId: number];
  /** The page itself wants to go somewhere. */
  navigation: [url: string, decide: (allow: boolean) => void];
  popup: [url: string];
}

interface Options {
  width: number;
  height: number;
  preload: string | undefined;
}

/** One page of Chromium, driven over CDP: what the window and its contents are made of. */
export class Page extends EventEmitter<PageEvents> {
  readonly targetId: string;
  readonly #cdp: Cdp;
  readonly #session: string;
  /** The world of the preload script in the document that is shown. */
  #preloadContext = 0;
  /** Where the app itself has sent the page: not a navigation of the page's own. */
  #ordered = '';

  private constructor(cdp: Cdp, targetId: string, session: string) {
    super();
    this.targetId = targetId;
    this.#cdp = cdp;
    this.#session = session;
    cdp.on('event', (event) => this.#receive(event));
  }

  static async open(cdp: Cdp, options: Options): Promise<Page> {
    const { width, height } = options;
    await cdp.send('Target.setDiscoverTargets', { discover: true });
    const { targetId } = await cdp.send('Target.createTarget', { url: 'about:blank', newWindow: true, width, height });
    const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(cdp, String(targetId), String(sessionId));
    await page.#send('Page.enable');
    await page.#send('Inspector.enable');
    await page.#send('Runtime.enable');
    await page.#send('Fetch.enable', { patterns: [{ urlPattern: '*', resourceType: 'Document', requestStage: 'Request' }] });
    if (options.preload !== undefined) {
      await page.#send('Runtime.addBinding', { name: PRELOAD_BINDING, executionContextName: PRELOAD_WORLD });
      await page.#send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldScript });
      const source = isolatedWorldScript(options.preload);
      await page.#send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: PRELOAD_WORLD });
    }
    return page;
  }

  /** Resolves to the reason why it did not load, empty when it did. */
  async navigate(url: string): Promise<string> {
    this.#ordered = url;
    const { errorText } = await this.#send('Page.navigate', { url });
    return typeof errorText === 'string' ? errorText : '';
  }

  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.#send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    return (result as { value?: unknown }).value;
  }

  reload(): void {
    this.#cdp.tell('Page.reload', {}, this.#session);
  }

  /** Gives a message to the preload script's world: that of `contextId`, or that of the document that is shown. */
  tellPreload(message: unknown, contextId: number = this.#preloadContext): void {
    const expression = `__standInIn(${JSON.stringify(encode(message))})`;
    this.#cdp.tell('Runtime.evaluate', { expression, contextId }, this.#session);
  }

  close(): void {
    this.#cdp.tell('Target.closeTarget', { targetId: this.targetId });
  }

  resize(width: number, height: number): void {
    this.#cdp
      .send('Browser.getWindowForTarget', { targetId: this.targetId })
      .then(({ windowId }) => this.#cdp.send('Browser.setWindowBounds', { windowId, bounds: { width, height } }))
      .catch(() => {
        // The window was closed meanwhile.
      });
  }

  #send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return this.#cdp.send(method, params, this.#session);
  }

  #receive({ method, params, sessionId }: CdpEvent): void {
    if (sessionId === undefined && method === 'Target.targetCreated') this.#targetCreated(params);
    if (sessionId !== this.#session) return;
    switch (method) {
      case 'Page.windowOpen':
        this.emit('popup', String(params['url']));
        break;
      case 'Page.loadEventFired':
        this.emit('loaded');
        break;
      case 'Inspector.targetCrashed':
        this.emit('crashed');
        break;
      case 'Runtime.executionContextCreated': {
        const context = params['context'] as { id: number; name: string; auxData: { frameId: string } };
        // The main frame of a page has the target's id.
        if (context.name === PRELOAD_WORLD && context.auxData.frameId === this.targetId) this.#preloadContext = context.id;
        break;
      }
      case 'Runtime.bindingCalled':
        if (params['name'] === PRELOAD_BINDING) {
          this.emit('message', String(params['payload']), Number(params['executionContextId']));
        }
        break;
      case 'Fetch.requestPaused':
        this.#requestPaused(params as unknown as { requestId: string; frameId: string; request: { url: string } });
        break;
      default:
    }
  }

  #requestPaused({ requestId, frameId, request }: { requestId: string; frameId: string; request: { url: string } }): void {
    const proceed = (allow: boolean): void => {
      if (allow) this.#cdp.tell('Fetch.continueRequest', { requestId }, this.#session);
      else this.#cdp.tell('Fetch.failRequest', { requestId, errorReason: 'Aborted' }, this.#session);
    };
    const ordered = withoutFragment(request.url) === withoutFragment(this.#ordered);
    if (frameId !== this.targetId || ordered || this.listenerCount('navigation') === 0) proceed(true);
    else this.emit('navigation', request.url, proceed);
  }

  /** A page that one of ours opened: it is not wanted, and Electron would not have made it. */
  #targetCreated(params: Record<string, unknown>): void {
    const { targetId, openerId } = params['targetInfo'] as { targetId: string; openerId?: string };
    if (openerId === this.targetId) this.#cdp.tell('Target.closeTarget', { targetId });
  }
}

function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '');
}
