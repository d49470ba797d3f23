import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Proxy } from 'http-mitm-proxy';
import { limits } from '../../limits.ts';
import { type Dispatched, HeadFeed } from './head-feed.ts';

/**
 * http-mitm-proxy as the front of plain HTTP requests and CONNECT: its HTTP server parses every head that a proxy client sends, and its
 * `onRequest` and `onConnect` hooks tell what is asked for. The hooks never call back, which is the package's own way to say "taken over":
 * none of what it would do next (dialling, RSA keys, TLS servers with a port for each host, header rewriting, buffering without limit) is reached.
 *
 * Internals that are used (version 1.1.0, pinned; `test/forward/package-internals.test.ts` fails when an upgrade changes them):
 * - `_onHttpServerRequest(false, req, res)` and `_onHttpServerConnect(req, socket, head)`: what `listen` wires to its server's events. We
 *   wire them to a server of our own, because `listen` makes an RSA CA in a folder and opens a port.
 * - `options`, set by `listen` and read by `_onHttpServerRequest`.
 * - `_onError` and `_onSocketError`, overridden because they print to the console.
 */
export class MitmFront {
  readonly #proxy: SilentProxy;
  readonly #server: Server;
  /** Between two heads. Setting up a connection costs more than parsing a head, so one serves all clients in turn. */
  #idle: HeadFeed | null = null;

  constructor() {
    this.#proxy = new SilentProxy();
    this.#proxy.onRequest((context) => {
      const { clientToProxyRequest: request, proxyToClientResponse: response } = context;
      const feed: unknown = request.socket;
      if (feed instanceof HeadFeed) {
        feed.exchange = { request, response };
        feed.settle({ kind: 'request' });
      }
      // Swallowed by the feed. To Node's server this exchange is over, and the next may come.
      response.sendDate = false;
      response.end();
    });
    this.#proxy.onConnect((_request, socket) => settle(socket, { kind: 'connect' }));
    this.#server = this.#createServer();
    this.#proxy.httpServer = this.#server;
  }

  /** Lets the package parse a head and tells through which hook it came out. Never rejects. */
  dispatch(head: Buffer, authority: string): Promise<Dispatched> {
    return new Promise((resolve) => {
      const feed = this.#take();
      feed.ask(head, authority, resolve, () => this.#giveBack(feed));
    });
  }

  #take(): HeadFeed {
    const idle = this.#idle;
    this.#idle = null;
    if (idle?.reusable === true) return idle;
    idle?.destroy();
    const feed = new HeadFeed();
    this.#server.emit('connection', feed);
    return feed;
  }

  #giveBack(feed: HeadFeed): void {
    if (this.#idle === null && feed.reusable) this.#idle = feed;
    else feed.destroy();
  }

  #createServer(): Server {
    const server = createServer({
      maxHeaderSize: limits.forwardHeadBytes,
      // Heads are forwarded as bytes, by our own reading of them; strictness here would only turn working clients away.
      insecureHTTPParser: true,
      requireHostHeader: false,
    });
    server.maxHeadersCount = 0;
    server.timeout = 0;
    server.headersTimeout = 0;
    server.requestTimeout = 0;
    server.keepAliveTimeout = 0;
    const request = (message: IncomingMessage, response: ServerResponse): void => {
      const feed: unknown = message.socket;
      if (feed instanceof HeadFeed) message.headers.host ??= feed.authority;
      this.#proxy._onHttpServerRequest(false, message, response);
    };
    server.on('request', request);
    // Without listeners Node would answer these by itself.
    server.on('checkContinue', request);
    server.on('checkExpectation', request);
    server.on('connect', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#proxy._onHttpServerConnect(message, socket, head);
    });
    server.on('clientError', (error: Error, socket: Duplex) => settle(socket, { kind: 'refused', reason: error.message }));
    return server;
  }
}

function settle(feed: unknown, result: Dispatched): void {
  if (feed instanceof HeadFeed) feed.settle(result);
}

/** The package with its console output taken away and `listen` made impossible. */
class SilentProxy extends Proxy {
  constructor() {
    super();
    this.options = {};
  }

  override listen(): this {
    throw new Error('http-mitm-proxy must not listen: it would create a CA and open ports');
  }

  override _onError(): void {
    // A feed that is destroyed in the middle of a message is "aborted" to the package's listeners. Errors of a client's own socket are
    // handled where it is owned.
  }

  override _onSocketError(): void {
    // As above.
  }
}
