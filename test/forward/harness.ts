import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { dial } from '../../proxy-core/capture/dial.ts';
import { createForwardFront } from '../../proxy-core/capture/forward/front.ts';
import type { DialFailure, ForwardFront, ForwardParts, Target } from '../../proxy-core/capture/route.ts';
import type { FailureCode } from '../../proxy-core/rrpair/pair.ts';
import type { ExchangeHandle } from '../../proxy-core/wire/decoder.ts';
import { createHttp1Decoder } from '../../proxy-core/wire/http1/decoder.ts';

/** One exchange as the real decoder read it from the tap. Text is latin-1. */
interface SeenExchange {
  target: Target;
  request: string;
  response: string;
  ended: boolean;
  failure: FailureCode | null;
}

export interface TestProxy {
  port: number;
  url: string;
  front: ForwardFront;
  server: Server;
  exchanges: SeenExchange[];
  refused: { target: Target; head: string; failure: DialFailure }[];
  tunnels: { host: string; port: number; head: Buffer }[];
  close(): Promise<void>;
}

/** The front behind a listener, with the capture room's dial, the real decoder behind the tap, and a plain splice for tunnels. */
export async function startProxy(overrides: Partial<ForwardParts> = {}): Promise<TestProxy> {
  const exchanges: SeenExchange[] = [];
  const refused: TestProxy['refused'] = [];
  const tunnels: TestProxy['tunnels'] = [];
  let own: AddressInfo | null = null;
  const isOwn = (_address: string, port: number): boolean => port === own?.port;
  const parts: ForwardParts = {
    dial: (target) => dial(target, isOwn),
    secure: () => Promise.resolve({ ok: false, code: 'upstream-tls-failed', message: 'not in this test' }),
    tunnel: (socket, request) => {
      tunnels.push({ host: request.host, port: request.port, head: request.head });
      void dial({ host: request.host, port: request.port }, isOwn).then((result) => {
        if (!result.ok) {
          request.onFailed(result.code, result.message);
          return;
        }
        request.onDialed();
        if (request.head.length > 0) result.socket.write(request.head);
        splice(socket, result.socket);
      });
    },
    tap: (_client, target) => {
      const decoder = createHttp1Decoder({ exchangeStarted: () => record(exchanges, target) });
      return {
        data: (side, bytes, at) => decoder.push(side, bytes, at),
        end: (side, how, at) => decoder.end(side, how, at),
        idle: true,
      };
    },
    takenForApp: () => undefined,
    recordRefused: (_client, target, head, failure) => {
      refused.push({ target, head: head.toString('latin1'), failure });
    },
    ...overrides,
  };
  const front = createForwardFront(parts);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => front.accept(socket));
  own = await listen(server);
  return {
    port: own.port,
    url: `http://127.0.0.1:${own.port}`,
    front,
    server,
    exchanges,
    refused,
    tunnels,
    close: async () => {
      server.close();
      await front.close();
    },
  };
}

function splice(a: Socket, b: Socket): void {
  a.pipe(b);
  b.pipe(a);
  a.on('error', () => b.destroy());
  b.on('error', () => a.destroy());
  a.on('close', () => b.destroy());
  b.on('close', () => a.destroy());
}

function record(exchanges: SeenExchange[], target: Target): ExchangeHandle {
  const exchange: SeenExchange = { target, request: '', response: '', ended: false, failure: null };
  exchanges.push(exchange);
  return {
    requestHead: (bytes) => {
      exchange.request += bytes.toString('latin1');
    },
    requestBody: (bytes) => {
      exchange.request += bytes.toString('latin1');
    },
    requestEnded: () => undefined,
    responseStarted: () => undefined,
    responseHead: (bytes) => {
      exchange.response += bytes.toString('latin1');
    },
    responseBody: (bytes) => {
      exchange.response += bytes.toString('latin1');
    },
    streams: () => undefined,
    context: () => undefined,
    responseEnded: () => {
      exchange.ended = true;
    },
    failed: (code) => {
      exchange.failure = code;
    },
  };
}

export async function listen(server: Server, host = '127.0.0.1'): Promise<AddressInfo> {
  server.listen(0, host);
  await once(server, 'listening');
  return server.address() as AddressInfo;
}

/** An origin that is played by hand: what it receives is kept, byte for byte. */
export interface RawOrigin {
  port: number;
  host: string;
  /** The connections, in the order they came. */
  connections: RawPeer[];
  /** The nth connection, once it is there. */
  connection(index: number): Promise<RawPeer>;
  /** Calls back for every connection, at once; returns what ends it. */
  onConnection(listener: (peer: RawPeer) => void): () => void;
  close(): Promise<void>;
}

export async function startOrigin(address = '127.0.0.1'): Promise<RawOrigin> {
  const connections: RawPeer[] = [];
  const sockets = new Set<Socket>();
  const listeners = new Set<(peer: RawPeer) => void>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: false }, (socket) => {
    const peer = new RawPeer(socket);
    connections.push(peer);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    for (const listener of Array.from(listeners)) listener(peer);
  });
  const { port } = await listen(server, address);
  return {
    port,
    host: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
    connections,
    connection: async (index) => {
      for (;;) {
        const peer = connections[index];
        if (peer !== undefined) return peer;
        await new Promise<void>((resolve) => {
          const listener = (): void => {
            listeners.delete(listener);
            resolve();
          };
          listeners.add(listener);
        });
      }
    },
    onConnection: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One end of a connection that is driven by hand. */
export class RawPeer {
  readonly socket: Socket;
  received = Buffer.alloc(0);
  ended = false;
  closed = false;
  error: NodeJS.ErrnoException | null = null;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.#wake();
    });
    socket.on('end', () => {
      this.ended = true;
      this.#wake();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error;
    });
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  get text(): string {
    return this.received.toString('latin1');
  }

  send(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Waits for a state that this peer's own events lead to. */
  async until(reached: (peer: this) => boolean): Promise<void> {
    while (!reached(this)) {
      if (this.closed) throw new Error(`closed (${this.error?.code ?? 'no error'}) after ${JSON.stringify(this.text.slice(-300))}`);
      // Not `once`: that rejects on `error`, which is one of the states to wait for.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async untilText(part: string): Promise<void> {
    await this.until((peer) => peer.text.includes(part));
  }

  async untilEnd(): Promise<void> {
    await this.until((peer) => peer.ended);
  }

  async untilClosed(): Promise<void> {
    await this.until((peer) => peer.closed).catch((error: unknown) => {
      if (!this.closed) throw error;
    });
  }

  /** Takes what came so far. */
  take(): string {
    const text = this.text;
    this.received = Buffer.alloc(0);
    return text;
  }
}

export async function connectTo(port: number, host = '127.0.0.1'): Promise<RawPeer> {
  const socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
  await once(socket, 'connect');
  return new RawPeer(socket);
}
