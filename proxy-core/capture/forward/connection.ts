import type { Socket } from 'node:net';
import { limits } from '../../limits.ts';
import { reset } from '../pump.ts';
import { gatewayResponse } from '../refusal.ts';
import type { ClientAddress, ForwardParts, Target } from '../route.ts';
import { connectRequest, lingerUntilClosed } from './connect.ts';
import { BodyEnd, keepsAlive, ResponseEnd, requestFraming } from './framing.ts';
import type { MitmFront } from './mitm-front.ts';
import { originOf, reachOrigin } from './origin.ts';
import { encodeReply } from './replies.ts';
import type { ForwardRequest } from './request.ts';
import { RequestReader } from './request-reader.ts';
import { rewriteRequestHead } from './rewrite.ts';
import { Upstream, type UpstreamListener } from './upstream.ts';
import { UpstreamPool } from './upstream-pool.ts';

/**
 * - `head`: between requests, or in the middle of a request's head
 * - `busy`: the head is with the front, or its origin is being dialled
 * - `leaving`: it is a CONNECT, and the socket is about to be somebody else's: nothing more is read
 * - `exchange`: request and response pass, and their ends are looked for
 * - `raw`: bytes pass both ways until both sides have ended
 * - `closing`: the last answer was given; what the client still sends is dropped
 * - `gone`: the socket is closed, or somebody else's
 */
type Phase = 'head' | 'busy' | 'leaving' | 'exchange' | 'raw' | 'closing' | 'gone';

interface Exchange {
  body: BodyEnd;
  response: ResponseEnd;
  /** The client means to keep its connection. */
  keepAlive: boolean;
}

/**
 * One client of the proxy. Requests are served one after the other: the head is rewritten for the origin, everything else passes as the bytes
 * it came in, both ways. Upstream connections belong to their client connection and die with it, so that the client sees what it
 * would have seen without a proxy: an origin that closes, resets or switches protocols does so to the client too.
 */
export class ForwardConnection implements UpstreamListener {
  readonly #socket: Socket;
  readonly #parts: ForwardParts;
  readonly #front: MitmFront;
  readonly #onGone: () => void;
  readonly #client: ClientAddress;
  readonly #reader: RequestReader;
  readonly #upstreams = new UpstreamPool();
  /** The upstream of the current exchange, or of the last one. */
  #current: Upstream | null = null;
  #exchange: Exchange | null = null;
  #phase: Phase = 'head';
  /** Bytes that came before their turn. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #paused = false;
  #clientEnded = false;
  #clientBroken = false;
  #finishing = false;

  constructor(socket: Socket, parts: ForwardParts, front: MitmFront, onGone: () => void) {
    this.#socket = socket;
    this.#parts = parts;
    this.#front = front;
    this.#onGone = onGone;
    const ownUrl = `http://${hostInUrl(socket.localAddress ?? '')}:${socket.localPort ?? 0}`;
    this.#reader = new RequestReader(ownUrl, (reply) => this.#answer(encodeReply(reply, '')));
    this.#client = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
  }

  start(): void {
    const socket = this.#socket;
    if (socket.destroyed) {
      this.#gone();
      return;
    }
    socket.setNoDelay(true);
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('drain', this.#onDrain);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    socket.resume();
  }

  /** Lets the exchange that is under way end, and takes no other. */
  finish(): void {
    this.#finishing = true;
    if (this.#phase !== 'head') return;
    if (this.#socket.writableLength > 0) this.#closeAfterAnswer();
    else this.destroy();
  }

  /** Gives up at once. A client in the middle of an exchange gets a reset: a clean end could pass for that of the response. */
  destroy(): void {
    const passing = this.#phase === 'exchange' || this.#phase === 'raw';
    this.#upstreams.destroy('stopped');
    if (passing) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#take(chunk);
    this.#updateFlow();
  };

  readonly #onEnd = (): void => {
    this.#clientEnded = true;
    if (this.#phase === 'head') this.#closeClient();
    else this.#passClientEnd();
  };

  readonly #onDrain = (): void => {
    this.#current?.resume();
  };

  readonly #onError = (): void => {
    // `close` follows every error, and is where it is dealt with.
    this.#clientBroken = true;
  };

  readonly #onClose = (): void => {
    const endedItself = this.#clientEnded && !this.#clientBroken;
    this.#upstreams.destroy(this.#clientBroken ? 'reset' : endedItself ? 'closed' : 'stopped');
    this.#gone();
  };

  #take(chunk: Buffer): void {
    switch (this.#phase) {
      case 'head':
        this.#takeHead(chunk);
        return;
      case 'busy':
      case 'leaving':
        this.#hold(chunk);
        return;
      case 'exchange':
        this.#takeBody(chunk);
        return;
      case 'raw':
        this.#current?.write(chunk);
        return;
      case 'closing':
      case 'gone':
        return;
    }
  }

  #hold(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
  }

  /** Gives the held bytes to whoever takes them now, which may be to hold them again. */
  #release(): void {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const chunk of held) this.#take(chunk);
    this.#updateFlow();
  }

  /** Reads from the client only as fast as the upstream takes it, and not far ahead of the exchange. */
  #updateFlow(): void {
    const passing = this.#phase === 'exchange' || this.#phase === 'raw';
    const full = passing && this.#current?.full === true;
    const pause = this.#phase === 'leaving' || full || this.#heldBytes > limits.pumpHighWaterBytes;
    if (pause === this.#paused || this.#phase === 'gone') return;
    this.#paused = pause;
    if (pause) this.#socket.pause();
    else this.#socket.resume();
  }

  #takeHead(chunk: Buffer): void {
    const read = this.#reader.push(chunk);
    if (read === null) return;
    const { asked } = read;
    this.#hold(read.rest);
    if (asked.kind === 'refused') {
      if (asked.takenForApp === true) this.#parts.takenForApp();
      this.#answer(encodeReply(asked.reply, asked.method));
      return;
    }
    this.#phase = asked.kind === 'connect' ? 'leaving' : 'busy';
    const served = asked.kind === 'connect' ? this.#connect(read.head, asked.target) : this.#forward(asked.request);
    served.catch(() => {
      // None of the parts rejects. Should one ever, this client must not hang, and the others must not suffer.
      this.destroy();
    });
  }

  async #connect(head: Buffer, target: Target): Promise<void> {
    await this.#front.dispatch(head, '');
    if (this.#phase !== 'leaving') return;
    const socket = this.#socket;
    this.#upstreams.finish('stopped');
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('drain', this.#onDrain);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    const following = Buffer.concat(this.#held);
    this.#gone();
    this.#parts.tunnel(socket, connectRequest(socket, target, following));
  }

  async #forward(request: ForwardRequest): Promise<void> {
    // A head of enormous size would keep the package's parser busy for long enough to be felt by other connections.
    if (request.bytes.length <= limits.headBytes && request.head.fields.length <= limits.headFields) {
      await this.#front.dispatch(request.bytes, request.target.authority);
      if (this.#phase !== 'busy') return;
    }
    const upstream = this.#upstreams.use(originOf(request.target)) ?? (await this.#reach(request));
    if (upstream !== null) this.#begin(request, upstream);
  }

  /** Null when the origin was not reached and the client was told, or when there is no client any more. */
  async #reach(request: ForwardRequest): Promise<Upstream | null> {
    const reached = await reachOrigin(this.#parts, this.#client, request.target, () => this.#phase === 'busy');
    if (!reached.ok) {
      const { host, port, secure } = request.target;
      this.#parts.recordRefused(this.#client, { host, port, secure }, request.bytes, reached);
      if (this.#phase === 'busy') this.#answer(gatewayResponse(reached, request.line.method === 'HEAD'));
      return null;
    }
    const upstream = new Upstream(originOf(request.target), reached.leg, reached.tap, this);
    this.#upstreams.add(upstream);
    return upstream;
  }

  #begin(request: ForwardRequest, upstream: Upstream): void {
    const { head, line, target } = request;
    const body = new BodyEnd(requestFraming(head, line.version));
    this.#current = upstream;
    this.#exchange = { body, response: new ResponseEnd(line.method), keepAlive: keepsAlive(head, line.version) };
    this.#phase = 'exchange';
    upstream.write(rewriteRequestHead(head, line, target), request.startedAt);
    upstream.resume();
    if (body.lost) this.#goRaw();
    else this.#release();
    if (this.#clientEnded) this.#passClientEnd();
  }

  #takeBody(chunk: Buffer): void {
    const body = this.#exchange?.body;
    if (body === undefined) return;
    const taken = body.take(chunk);
    this.#current?.write(taken === chunk.length ? chunk : chunk.subarray(0, taken));
    this.#hold(chunk.subarray(taken));
    if (body.lost) this.#goRaw();
    else this.#settle();
  }

  /** From here on nobody knows where messages end, or there are none: bytes pass both ways. */
  #goRaw(): void {
    this.#phase = 'raw';
    this.#exchange = null;
    this.#release();
    if (this.#clientEnded) this.#passClientEnd();
  }

  upstreamData(upstream: Upstream, bytes: Buffer): void {
    if (upstream !== this.#current || (this.#phase !== 'exchange' && this.#phase !== 'raw')) {
      // Nobody asked: a 408 before an idle connection is closed, usually. It answers no request of this client.
      upstream.seen(bytes);
      this.#loseIdle(upstream);
      upstream.finish('stopped');
      return;
    }
    const exchange = this.#exchange;
    const taken = exchange === null ? bytes.length : exchange.response.take(bytes);
    if (!this.#socket.write(taken === bytes.length ? bytes : bytes.subarray(0, taken))) upstream.pause();
    upstream.seen(bytes);
    if (exchange === null) return;
    if (exchange.response.raw) this.#goRaw();
    else if (taken < bytes.length) this.#closeAfterAnswer();
    else this.#settle();
  }

  /** Goes on to the next request when this one is over. */
  #settle(): void {
    const exchange = this.#exchange;
    if (exchange === null || !exchange.response.done || !exchange.body.done) return;
    if (!exchange.keepAlive || !exchange.response.keepAlive || this.#current?.ended !== false || this.#finishing) {
      this.#closeAfterAnswer();
      return;
    }
    this.#exchange = null;
    this.#phase = 'head';
    this.#release();
    if (this.#clientEnded && this.#isWaiting()) this.#closeClient();
  }

  upstreamEnded(upstream: Upstream): void {
    if (upstream !== this.#current || (this.#phase !== 'exchange' && this.#phase !== 'raw')) {
      this.#loseIdle(upstream);
      upstream.finish('stopped');
      return;
    }
    if (this.#exchange?.body.done === true) {
      this.#closeAfterAnswer();
      return;
    }
    // Half-closed: the server may still want the rest of the request, or of what passes raw.
    this.#socket.end();
    if (this.#clientEnded) this.#closeClient();
  }

  upstreamBroken(upstream: Upstream): void {
    if (upstream !== this.#current || (this.#phase !== 'exchange' && this.#phase !== 'raw')) {
      this.#loseIdle(upstream);
      return;
    }
    this.#upstreams.forget(upstream);
    this.#current = null;
    this.#resetClient();
  }

  upstreamDrained(upstream: Upstream): void {
    if (upstream === this.#current) this.#updateFlow();
  }

  /** An upstream that waited for a request is gone. If it gave the last answer, the client's connection ends too, as it would without a proxy. */
  #loseIdle(upstream: Upstream): void {
    this.#upstreams.forget(upstream);
    if (upstream !== this.#current) return;
    this.#current = null;
    if (this.#isWaiting() && this.#reader.idle) this.#closeAfterAnswer();
  }

  /** There is no complete request. */
  #isWaiting(): boolean {
    return this.#phase === 'head';
  }

  /** A reset for a reset, once the client has what came before it. */
  #resetClient(): void {
    this.#phase = 'closing';
    this.#exchange = null;
    reset({ stream: this.#socket, socket: this.#socket });
  }

  /** The client sent FIN: so do we, once it has nothing more to say to this upstream. */
  #passClientEnd(): void {
    if ((this.#phase !== 'exchange' && this.#phase !== 'raw') || this.#heldBytes > 0) return;
    this.#current?.end('closed');
    if (this.#current?.ended !== false) this.#closeClient();
  }

  /** Answers by itself, and closes. */
  #answer(response: Buffer): void {
    this.#socket.write(response);
    this.#closeAfterAnswer();
  }

  /** Nothing more will be sent to the client, nor taken from it. */
  #closeAfterAnswer(): void {
    this.#phase = 'closing';
    this.#exchange = null;
    this.#held = [];
    this.#heldBytes = 0;
    this.#reader.stop();
    this.#upstreams.finish('stopped');
    this.#socket.end();
    lingerUntilClosed(this.#socket);
  }

  /** Both sides have said what they had to say. */
  #closeClient(): void {
    this.#phase = 'closing';
    this.#reader.stop();
    this.#upstreams.finish('closed');
    this.#socket.destroySoon();
  }

  #gone(): void {
    this.#phase = 'gone';
    this.#reader.stop();
    this.#onGone();
  }
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
