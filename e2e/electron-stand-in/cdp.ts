import { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';

export interface CdpEvent {
  method: string;
  params: Record<string, unknown>;
  sessionId?: string;
}

interface Pending {
  resolve: (result: Record<string, unknown>) => void;
  reject: (error: Error) => void;
}

/** A connection to Chromium's DevTools protocol. Emits `event`. */
export class Cdp extends EventEmitter<{ event: [CdpEvent]; close: [] }> {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    // DevTools sends text, which comes in one piece.
    socket.on('message', (data: Buffer) => this.#receive(data.toString()));
    socket.addEventListener('close', () => {
      for (const { reject } of this.#pending.values()) reject(new Error('Chromium has gone'));
      this.#pending.clear();
      this.emit('close');
    });
  }

  static async connect(url: string): Promise<Cdp> {
    // Not Node's own: one in two hundred of its handshakes with Chromium fails on a busy machine, and it does not say why.
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', ({ message }) => reject(new Error(`no DevTools protocol at ${url}: ${message}`)), {
        once: true,
      });
    });
    return new Cdp(socket);
  }

  send(method: string, params: Record<string, unknown> = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error('Chromium has gone'));
    this.#pending.set(id, { resolve, reject });
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return promise;
  }

  /** The same where the answer does not matter and the target may be gone already. */
  tell(method: string, params: Record<string, unknown> = {}, sessionId?: string): void {
    this.send(method, params, sessionId).catch(() => {
      // The page or the browser is gone, and what was to be told with it.
    });
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as { id?: number; result?: Record<string, unknown>; error?: { message: string } } & CdpEvent;
    if (message.id === undefined) {
      this.emit('event', message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.error === undefined) pending?.resolve(message.result ?? {});
    else pending?.reject(new Error(message.error.message));
  }
}
