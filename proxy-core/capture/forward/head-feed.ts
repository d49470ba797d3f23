import type { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';

/** What the front made of one request head. `refused`: its parser is stricter than what applications send. */
export type Dispatched = { kind: 'request' } | { kind: 'connect' } | { kind: 'refused'; reason: string };

/**
 * A connection on which nothing but request heads arrives: what the HTTP server of the front reads instead of the clients' sockets. It
 * swallows whatever the server writes. So the server can neither read bodies nor answer clients.
 */
export class HeadFeed extends Duplex {
  /** Of the request that is being asked about; stands in for a missing `Host`, without which the package answers by itself. */
  authority = '';
  /** What the server made of the last head, if it was a request. */
  exchange: { request: IncomingMessage; response: ServerResponse } | null = null;
  #settle: ((result: Dispatched) => void) | null = null;

  constructor() {
    super({ allowHalfOpen: true });
    this.on('error', () => {
      // Nothing can be lost here: `close` follows, and with it the question is settled.
    });
    this.once('close', () => this.settle({ kind: 'refused', reason: 'the HTTP server closed the connection' }));
  }

  /**
   * Hands over one head; `settled` is called once, and `parsed` when the server is through with it.
   *
   * The server reads at once when it reads already, and in the next tick when the connection is new to it: a head that has not come
   * out after that is not complete in the eyes of the server, and never will be.
   */
  ask(head: Buffer, authority: string, settled: (result: Dispatched) => void, parsed: () => void): void {
    this.authority = authority;
    this.exchange = null;
    let reading = true;
    this.#settle = (result) => {
      settled(result);
      if (!reading) process.nextTick(parsed);
    };
    this.push(head);
    reading = false;
    if (this.#settle === null) parsed();
    else setImmediate(() => this.settle({ kind: 'refused', reason: 'the HTTP server waits for more' }));
  }

  /** The server has decided on the head. */
  settle(result: Dispatched): void {
    const settled = this.#settle;
    this.#settle = null;
    settled?.(result);
  }

  /** The server stands at the start of a message: the last one had no body and did not ask to close. */
  get reusable(): boolean {
    return !this.destroyed && this.exchange !== null && this.exchange.request.complete && this.exchange.response.shouldKeepAlive;
  }

  override _read(): void {
    // Everything there is was pushed by `ask`.
  }

  override _write(_chunk: unknown, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    callback();
  }
}
