import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AnyRouter, Context } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { limits } from '../limits.ts';
import { subprotocol } from './guard.ts';
import { errorInterceptor } from './router.ts';

/** The WebSocket side of the API: calls and event streams of one client each. */
export class ApiSockets {
  readonly #handler: RPCHandler<Context>;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.apiRequestBytes,
    perMessageDeflate: false,
    clientTracking: true,
    handleProtocols: () => subprotocol,
  });
  readonly #report: (error: unknown) => void;

  readonly #pingMillis: number;

  constructor(router: AnyRouter, options: { report: (error: unknown) => void; pingMillis: number }) {
    const { report } = options;
    this.#handler = new RPCHandler(router, { clientInterceptors: [errorInterceptor(report)] });
    this.#report = report;
    this.#pingMillis = options.pingMillis;
  }

  get clients(): number {
    return this.#server.clients.size;
  }

  /** Takes over a connection that the guard has let through. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => {
        // A broken frame or a reset: `close` follows and cleans up, and the client knows better than we what it did.
      });
      this.#watch(client);
      this.#handler.upgrade(withBackPressure(client)).catch(this.#report);
    });
  }

  /** Ends all connections. */
  close(): void {
    for (const client of this.#server.clients) {
      client.close(1001, 'Sidetap is ending');
      setTimeout(() => client.terminate(), 500).unref();
    }
    this.#server.close();
  }

  /** A client that answers no ping has vanished: its streams would otherwise live until TCP gives up. */
  #watch(client: WebSocket): void {
    let alive = true;
    client.on('pong', () => {
      alive = true;
    });
    const timer = setInterval(() => {
      if (!alive) {
        client.terminate();
        return;
      }
      alive = false;
      client.ping();
    }, this.#pingMillis).unref();
    client.on('close', () => clearInterval(timer));
  }
}

/** oRPC awaits what `send` returns, so a stream goes on only when its last event has left: no backlog for a slow client. */
function withBackPressure(client: WebSocket): Pick<WebSocket, 'addEventListener' | 'send'> {
  const send = (data: string | Uint8Array): unknown => sent(client, data);
  return { addEventListener: client.addEventListener.bind(client), send: send as WebSocket['send'] };
}

/** Resolves when the message has left this process, or the connection is gone. */
function sent(client: WebSocket, data: string | Uint8Array): Promise<void> {
  if (client.readyState !== client.OPEN) return Promise.resolve();
  // Answers that a client asks for but does not read must not pile up: it is not heard before it has read.
  if (client.bufferedAmount + data.length > limits.apiClientBytes) client.pause();
  return new Promise((resolve) => {
    client.send(data, () => {
      if (client.isPaused && client.bufferedAmount <= limits.apiClientBytes) client.resume();
      resolve();
    });
  });
}
