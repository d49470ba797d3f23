import type { Socket } from 'node:net';
import { limits } from '../limits.ts';
import type { ConnectionInfo } from '../rrpair/pair.ts';
import type { TlsPlace, WayToTls } from '../wire/decoder.ts';
import { startsWithSettings } from '../wire/http2/detect.ts';
import { type ClientHello, readClientHello } from '../wire/tls/client-hello.ts';
import { offerFor, plainOffer } from './alpn.ts';
import { nowMicros } from './clock.ts';
import { ConnectionTap } from './connection-tap.ts';
import type { CaptureContext, LiveConnection } from './context.ts';
import { type Dialling, startDial } from './dial.ts';
import { type Gate, type Leg, Pump, type PumpEvents } from './pump.ts';
import type { DialFailure, Dialled, DialResult, Target } from './route.ts';

/** What differs between the ways in. */
export interface ConnectionPlan {
  info: ConnectionInfo;
  target: Target;
  /** When the client came in, monotonic µs. */
  openedAt: number;
  /** The client's bytes that were read already. */
  head: Buffer | null;
  /** Time for the dial, ms; default `limits.dialMillis`. */
  dialMillis?: number;
  /** A connection on which nothing is ever said gets a row. */
  rowIfSilent: boolean;
  /** A client may speak TLS where the upstream does not. */
  bringsTls?: boolean;
  /** The upstream is reached. May put TLS on top of it, and fail at that. `offer` tells which ALPN protocols suit the client, as soon as its first bytes do. */
  dialled(dialled: Dialled, offer: () => Promise<readonly string[]>): Leg | Promise<Leg | DialFailure>;
  /** The upstream was not reached. The client's socket, paused, is the plan's now. */
  failed(failure: DialFailure, first: FirstBytes | null): void;
  /** The client speaks TLS. Both sockets, paused, are the plan's now. `agreement` is there when the two agreed on it before in the clear. */
  tls(hello: ClientHello, first: FirstBytes, upstream: Leg, agreement: TlsAgreement | null): void;
}

/** How the two sides came to TLS in the clear. */
export interface TlsAgreement {
  way: WayToTls;
}

export interface FirstBytes {
  bytes: Buffer;
  at: number;
}

const TLS_HANDSHAKE = 0x16;
const NOTHING = Buffer.alloc(0);

/**
 * A captured connection from the moment its target is known until it is clear what it speaks: dials at once, because the server may speak first, and lets bytes
 * pass as soon as there is somewhere to. Only TLS must be told apart before a byte of the client is passed on.
 */
class OpeningConnection implements LiveConnection {
  readonly #context: CaptureContext;
  readonly #client: Socket;
  readonly #plan: ConnectionPlan;
  #dialling: Dialling | null = null;
  #first: FirstBytes | null;
  #upstream: Leg | null = null;
  #pump: Pump | null = null;
  #tap: ConnectionTap | null = null;
  #retiring = false;
  /** Told when there are more first bytes, or will be none. */
  #onFirst: (() => void) | null = null;
  /** The two have agreed on TLS, and where the client's will begin. */
  #expected: { where: TlsPlace; way: WayToTls } | null = null;
  /** Someone else has taken over, or it is closed. */
  #over = false;

  constructor(context: CaptureContext, client: Socket, plan: ConnectionPlan) {
    this.#context = context;
    this.#client = client;
    this.#plan = plan;
    this.#first = plan.head === null || plan.head.length === 0 ? null : { bytes: plan.head, at: plan.openedAt };
  }

  start(): void {
    const client = this.#client;
    this.#context.live.add(this);
    client.on('data', this.#early);
    client.on('error', this.#clientGone);
    client.on('close', this.#clientGone);
    const dialled = (result: DialResult): void => {
      this.#onDialled(result).catch((error: unknown) => {
        this.#context.defect(error);
        this.stop();
      });
    };
    this.#dialling = startDial(this.#plan.target, this.#context.isOwn, dialled, this.#plan.dialMillis);
    // A head means that the socket was paused by whoever read it.
    if (client.destroyed) this.#clientGone();
    else if (this.#first === null) client.resume();
  }

  get idle(): boolean {
    return this.#tap?.idle ?? false;
  }

  stop(how?: 'reset'): void {
    if (this.#pump !== null) {
      this.#pump.stop(how);
      return;
    }
    this.#over = true;
    this.#onFirst?.();
    this.#context.live.delete(this);
    this.#dialling?.cancel();
    if (how === 'reset') this.#client.resetAndDestroy();
    else this.#client.destroy();
    this.#upstream?.socket.destroy();
  }

  retire(): void {
    this.#retiring = true;
    this.#pump?.retire();
  }

  /** A ClientHello that does not come to its end passes as it is. */
  expired(): void {
    if (!this.#over) this.#passPlain();
  }

  /** Goes on reading while we dial, because otherwise a client that leaves would not be noticed. */
  readonly #early = (bytes: Buffer): void => {
    this.#first = join(this.#first, bytes, nowMicros());
    if (this.#first.bytes.length > limits.sniffBytes) this.#client.pause();
    this.#onFirst?.();
  };

  /** A client that keeps silent may wait for a server that speaks first: it is not waited for long. */
  readonly #offer = async (): Promise<readonly string[]> => {
    const known = (): readonly string[] | null => (this.#over ? plainOffer : offerFor(this.#first?.bytes ?? NOTHING));
    const ready = known();
    if (ready !== null) return ready;
    return new Promise((resolve) => {
      const finish = (offer: readonly string[]): void => {
        clearTimeout(timer);
        this.#onFirst = null;
        resolve(offer);
      };
      const timer = setTimeout(() => finish(plainOffer), limits.clientOfferMillis);
      this.#onFirst = () => {
        const offer = known();
        if (offer !== null) finish(offer);
      };
    });
  };

  /** The client went away while we were dialling for it. */
  readonly #clientGone = (): void => {
    if (this.#over || this.#pump !== null) return;
    this.#leave();
    this.#dialling?.cancel();
    this.#upstream?.socket.destroy();
    this.#client.destroy();
    const at = nowMicros();
    const tap = this.#openTap();
    if (this.#first !== null) tap.data('client', this.#first.bytes, this.#first.at);
    else if (this.#plan.rowIfSilent) tap.explain('client-gone', 'the client left before the server was reached');
    tap.end('client', 'reset', at);
    tap.end('server', 'stopped', at);
  };

  async #onDialled(result: DialResult): Promise<void> {
    if (this.#over) {
      if (result.ok) result.socket.destroy();
      return;
    }
    if (!result.ok) {
      this.#fail(result);
      return;
    }
    const { info } = this.#plan;
    info.upstreamAddress = result.address;
    info.dialMicros = Math.round(result.dialMicros);
    this.#upstream = { stream: result.socket, socket: result.socket };
    const dialled = this.#plan.dialled(result, this.#offer);
    const leg = dialled instanceof Promise ? await dialled : dialled;
    if (this.#over) return;
    if ('ok' in leg) {
      this.#fail(leg);
      return;
    }
    this.#upstream = leg;
    this.#pass(leg);
  }

  #fail(failure: DialFailure): void {
    this.#leave();
    this.#client.pause();
    this.#plan.failed(failure, this.#first);
  }

  #pass(upstream: Leg): void {
    const client = this.#client;
    client.off('data', this.#early);
    client.off('error', this.#clientGone);
    client.off('close', this.#clientGone);
    this.#tap = this.#openTap();
    const leg = { stream: client, socket: client };
    const pump = new Pump(leg, upstream, this.#tap, { closed: () => this.#context.live.delete(this) }, this.#gate);
    this.#pump = pump;
    if (this.#retiring) pump.retire();
    const first = this.#first;
    this.#first = null;
    pump.start(first);
    if (!this.#over) client.resume();
  }

  /** Sees the client's first bytes before they are passed on. */
  readonly #gate: Gate = {
    data: (bytes, at) => {
      const first = join(this.#first, bytes, at);
      this.#first = first;
      if (this.#expected !== null && !this.#tlsFollows(first, this.#expected.where)) return;
      const held = this.#first;
      if (held !== null) this.#mayBeHello(held, held.bytes === bytes || this.#expected !== null);
    },
    end: () => this.#passPlain(),
    // To a client of TLS they would be nonsense; any other of HTTP/2 speaks without waiting for them (RFC 9113 3.4).
    mayWait: (chunk) => this.#plan.bringsTls === true && this.#first === null && startsWithSettings(chunk) === 'yes',
  };

  /**
   * The client may begin with TLS in mid-connection. What comes before that is passed on; returns whether a ClientHello may stand at the beginning of what
   * is still held.
   */
  #tlsFollows(first: FirstBytes, where: TlsPlace): boolean {
    const place = where(first.bytes);
    if (place === 'more') {
      this.#context.firstBytes.add(this);
      return false;
    }
    if (place === 'no') {
      this.#passPlain();
      return false;
    }
    if (place > 0) {
      const pump = this.#pump;
      this.#first = place < first.bytes.length ? { bytes: first.bytes.subarray(place), at: first.at } : null;
      if (this.#expected !== null) this.#expected = { ...this.#expected, where: tlsRecord };
      pump?.openGate();
      pump?.fromClient(first.bytes.subarray(0, place), first.at);
      pump?.closeGate(this.#gate);
    }
    return this.#first !== null;
  }

  #mayBeHello(first: FirstBytes, isNew: boolean): void {
    const pump = this.#pump;
    const upstream = this.#upstream;
    // A server that spoke first does not wait for a ClientHello.
    const inTurn = this.#expected !== null || pump?.serverSpoke === false;
    const mayBeTls = first.bytes[0] === TLS_HANDSHAKE && inTurn && upstream !== null;
    const hello = mayBeTls ? readClientHello(first.bytes) : 'not-tls';
    if (hello === 'more') {
      if (isNew) this.#context.firstBytes.add(this);
    } else if (hello === 'not-tls' || upstream === null) {
      this.#passPlain();
    } else {
      this.#leave();
      pump?.detach();
      const agreed = this.#expected;
      if (agreed !== null) this.#tap?.handOver();
      this.#plan.tls(hello, first, upstream, agreed === null ? null : { way: agreed.way });
    }
  }

  #passPlain(): void {
    this.#context.firstBytes.delete(this);
    this.#expected = null;
    const first = this.#first;
    this.#first = null;
    this.#pump?.openGate();
    if (first !== null) this.#pump?.fromClient(first.bytes, first.at);
  }

  #openTap(): ConnectionTap {
    const { info, openedAt, rowIfSilent } = this.#plan;
    return new ConnectionTap(this.#context.recorder, info, {
      openedAt,
      rowIfSilent,
      tlsMayFollow: (where, way) => {
        this.#expected = { where, way };
        this.#pump?.closeGate(this.#gate);
      },
      goesOn: (places) => this.#context.goesOn(info, places),
    });
  }

  #leave(): void {
    this.#over = true;
    this.#onFirst?.();
    const client = this.#client;
    client.off('data', this.#early);
    client.off('error', this.#clientGone);
    client.off('close', this.#clientGone);
    this.#context.live.delete(this);
    this.#context.firstBytes.delete(this);
  }
}

/** A TLS record begins here. */
function tlsRecord(bytes: Buffer): number | 'no' {
  return bytes[0] === TLS_HANDSHAKE ? 0 : 'no';
}

/** More of the first bytes; the time is that of the first of them. */
function join(before: FirstBytes | null, bytes: Buffer, at: number): FirstBytes {
  return before === null ? { bytes, at } : { bytes: Buffer.concat([before.bytes, bytes]), at: before.at };
}

/** Captures a connection whose target is known. */
export function openConnection(context: CaptureContext, client: Socket, plan: ConnectionPlan): void {
  new OpeningConnection(context, client, plan).start();
}

/** Passes a connection on from here to its end. */
export function passOn(
  context: CaptureContext,
  client: Leg,
  upstream: Leg,
  tap: ConnectionTap,
  first: FirstBytes | null,
  events: Partial<PumpEvents> = {},
): void {
  const live: LiveConnection = {
    get idle() {
      return tap.idle;
    },
    stop: (how) => pump.stop(how),
    retire: () => pump.retire(),
  };
  const pump = new Pump(client, upstream, tap, {
    ...events,
    closed: () => {
      context.live.delete(live);
      events.closed?.();
    },
  });
  context.live.add(live);
  pump.start(first);
  client.stream.resume();
  upstream.stream.resume();
}
