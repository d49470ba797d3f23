import { limits } from '../limits.ts';
import type { ConnectionInfo } from '../rrpair/pair.ts';
import { createHttp1Decoder } from '../wire/http1/decoder.ts';
import { startsLikeHttp1Request } from '../wire/http1/detect.ts';
import { type ClientHello, readClientHello } from '../wire/tls/client-hello.ts';
import { nowMicros } from './clock.ts';
import { locationOf } from './connection-tap.ts';
import type { CaptureContext, LiveConnection } from './context.ts';
import { gatewayStatus } from './dial.ts';
import { reachedName } from './own-addresses.ts';
import { type Leg, reset } from './pump.ts';
import type { DialFailure } from './route.ts';
import { secureClient, tlsInfoOf } from './tls-legs.ts';

const TLS_HANDSHAKE = 0x16;

/**
 * What becomes of a client whose upstream cannot be had: once its bytes show HTTP it is answered with the cause, anything else gets a
 * reset, as it would have from the upstream. Either way the failure is recorded.
 */
export class Refusal implements LiveConnection {
  readonly idle = true;
  readonly #context: CaptureContext;
  readonly #leg: Leg;
  readonly #info: ConnectionInfo;
  readonly #failure: Pick<DialFailure, 'code' | 'message'>;
  readonly #openedAt: number;
  readonly #seen: { bytes: Buffer; at: number }[] = [];
  #seenBytes = 0;
  #over = false;
  /** The socket is being handed over to TLS, paused. */
  #inTls = false;

  constructor(
    context: CaptureContext,
    leg: Leg,
    info: ConnectionInfo,
    failure: Pick<DialFailure, 'code' | 'message'>,
    openedAt: number,
  ) {
    this.#context = context;
    this.#leg = leg;
    this.#info = info;
    this.#failure = failure;
    this.#openedAt = openedAt;
  }

  start(first: { bytes: Buffer; at: number } | null): void {
    const { stream } = this.#leg;
    this.#context.live.add(this);
    this.#context.firstBytes.add(this);
    stream.on('data', this.#data);
    stream.once('end', this.#giveUp);
    stream.once('error', this.#giveUp);
    stream.once('close', () => {
      this.#giveUp();
      this.#context.live.delete(this);
      this.#context.firstBytes.delete(this);
    });
    if (first !== null) this.#take(first.bytes, first.at);
    if (stream.destroyed) this.#giveUp();
    else if (!this.#inTls) stream.resume();
  }

  /** The client says nothing, or not enough to be answered. */
  expired(): void {
    if (this.#over) this.#leg.socket.destroy();
    else this.#giveUp();
  }

  stop(): void {
    this.#giveUp();
    this.#leg.stream.destroy();
    this.#leg.socket.destroy();
  }

  readonly #data = (bytes: Buffer): void => {
    this.#take(bytes, nowMicros());
  };

  #take(bytes: Buffer, at: number): void {
    // After the answer the rest of the request is read and dropped: closing on unread bytes would send an RST that overtakes the answer.
    if (this.#over) return;
    this.#seen.push({ bytes, at });
    this.#seenBytes += bytes.length;
    const all = Buffer.concat(this.#seen.map((one) => one.bytes));
    if (all[0] === TLS_HANDSHAKE && this.#leg.stream === this.#leg.socket && this.#info.entry === 'reverse') {
      const hello = readClientHello(all);
      if (hello === 'more') return;
      if (hello !== 'not-tls') {
        this.#answerInTls(hello, all).catch((error: unknown) => {
          this.#context.defect(error);
          this.#over = false;
          this.#giveUp();
        });
        return;
      }
    }
    const http = startsLikeHttp1Request(all);
    if (http === 'no' || this.#seenBytes > limits.headBytes) this.#giveUp();
    else if (http === 'yes' && /\n\r?\n/.test(all.toString('latin1')))
      this.#answer(all.subarray(0, 5).toString('latin1') === 'HEAD ');
  }

  #answer(bodiless: boolean): void {
    this.#over = true;
    const observer = this.#context.recorder.observe(this.#info);
    const decoder = createHttp1Decoder(observer);
    for (const { bytes, at } of this.#seen) decoder.push('client', bytes, at);
    observer.abandon(this.#failure.code, this.#failure.message, nowMicros());
    const { stream } = this.#leg;
    stream.end(gatewayResponse(this.#failure, bodiless));
    // Restarted: the client gets the same time again to take the answer.
    this.#context.firstBytes.delete(this);
    this.#context.firstBytes.add(this);
  }

  /** The reverse listener speaks TLS for the application, so it does in its place too. */
  async #answerInTls(hello: ClientHello, seen: Buffer): Promise<void> {
    const { socket } = this.#leg;
    this.#inTls = true;
    socket.off('data', this.#data);
    socket.off('end', this.#giveUp);
    socket.pause();
    const name = hello.serverName === '' ? reachedName(socket.localAddress) : hello.serverName;
    const leaf = await this.#context.authority.contextFor(name);
    if (this.#over) return;
    this.#over = true;
    this.#context.live.delete(this);
    this.#context.firstBytes.delete(this);
    socket.unshift(seen);
    const secured = await secureClient(socket, leaf, hello.alpn.includes('http/1.1') ? 'http/1.1' : '');
    if (!secured.ok) {
      this.#over = false;
      this.#giveUp();
      return;
    }
    this.#info.clientTls = tlsInfoOf(secured.socket, hello.serverName);
    this.#info.protocol = 'https';
    new Refusal(this.#context, { stream: secured.socket, socket }, this.#info, this.#failure, this.#openedAt).start(null);
  }

  readonly #giveUp = (): void => {
    if (this.#over) return;
    this.#over = true;
    const at = nowMicros();
    this.#info.protocol = 'tcp';
    const first = this.#seen[0];
    const row = this.#context.recorder.connectionRow(
      this.#info,
      { command: 'CONNECTION', location: locationOf(this.#info) },
      this.#openedAt,
    );
    if (first !== undefined) row.bytes('client', this.#seenBytes, first.at);
    row.closed('reset', { code: this.#failure.code, detail: this.#failure.message }, at);
    reset(this.#leg);
  };
}

/** Tells a client why an upstream's certificate keeps its request from being passed on. */
export function distrustMessage(distrust: string): string {
  return `Sidetap does not pass this request on: ${distrust}. Add the CA with --extra-ca, or accept any certificate with --insecure-upstream.`;
}

/** An answer in plain words that names the cause. */
export function gatewayResponse(failure: Pick<DialFailure, 'code' | 'message'>, bodiless: boolean): Buffer {
  const body = Buffer.from(`${failure.message}\n`);
  const head = [
    `HTTP/1.1 ${gatewayStatus(failure)}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
    `Sidetap-Error: ${failure.code}`,
    'Connection: close',
  ];
  const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n`);
  return bodiless ? bytes : Buffer.concat([bytes, body]);
}
