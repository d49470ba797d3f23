import { messageOf } from '../errors.ts';
import type { ConnectionInfo, FailureCode, Side } from '../rrpair/pair.ts';
import type { EndOfStream, ServerPlace, TlsPlace, WayToTls, WireDecoder } from '../wire/decoder.ts';
import { createHttp1Decoder } from '../wire/http1/decoder.ts';
import { startsLikeHttp1Request } from '../wire/http1/detect.ts';
import { createHttp2Decoder } from '../wire/http2/decoder.ts';
import { startsLikeHttp2 } from '../wire/http2/detect.ts';
import type { WireProtocol } from '../wire/protocol.ts';
import { Detection } from '../wire/registry.ts';
import { hostPort } from './app-target.ts';
import type { ConnectionObserver, ConnectionRow, Recorder } from './recorder.ts';
import type { Tap } from './route.ts';

export interface TapOptions {
  /** When the connection was opened, monotonic µs. */
  openedAt: number;
  /** Bytes that are known not to be readable get a row at once. */
  undecoded?: 'tls' | 'tcp';
  /** A connection on which nothing was said gets a row too. */
  rowIfSilent: boolean;
  /** Called at the first bytes of the client. */
  clientSpoke?: () => void;
  /** Called when the client ends the connection before anyone has said anything. */
  clientLeftSilently?: () => void;
  /** Called when the client may go on with TLS, see `WireConnection`. Without it what follows passes unread. */
  tlsMayFollow?: (where: TlsPlace, way: WayToTls) => void;
  /** Called when the server has told its clients where to connect to next. */
  goesOn?: (places: readonly ServerPlace[]) => void;
}

/** Bytes that passed before it was clear what they are. */
interface Sniffed {
  side: Side;
  bytes: Buffer;
  at: number;
}

/** First byte of a TLS record that carries a ServerHello (RFC 8446 5.1); an alert has another. */
const TLS_HANDSHAKE = 0x16;

const NOTHING = Buffer.alloc(0);
const CONNECTION_CLOSE = Buffer.from('Connection: close\r\n');
/** More than any status line has. */
const STATUS_LINE_BYTES = 256;

/**
 * Looks at the first bytes, picks who reads on, and hands it what passes: the decoder of HTTP/1 or HTTP/2, that of a protocol of the registry, or one row for the
 * whole connection. Whatever goes wrong in here stays in here.
 */
export class ConnectionTap implements Tap {
  readonly #recorder: Recorder;
  readonly #info: ConnectionInfo;
  readonly #options: TapOptions;
  #decoder: WireDecoder | null = null;
  /** Where the decoder reads no further, a row takes over. */
  #registered = false;
  #observer: ConnectionObserver | null = null;
  #row: ConnectionRow | null = null;
  /** What passed until it is clear what it is. */
  #sniffed: Sniffed[] | null = [];
  /** What else it may be, once it is not HTTP/1. */
  #detection: Detection | null = null;
  /** The server has said something since the client began the exchange that is open. */
  #answering = false;
  #clientEnd: EndOfStream | null = null;
  #serverEnd: EndOfStream | null = null;
  /** The record is complete. */
  #closed = false;
  /** Told to the row when the connection ends, unless its end tells more. */
  #failure: { code: FailureCode; detail: string } | null = null;

  #doubt: { code: FailureCode; detail: string } | null = null;

  constructor(recorder: Recorder, info: ConnectionInfo, options: TapOptions) {
    this.#recorder = recorder;
    this.#info = info;
    this.#options = options;
    if (options.undecoded !== undefined) this.#openRow();
  }

  get idle(): boolean {
    if (this.#decoder === null) return this.#sniffed?.length === 0;
    return this.#observer?.openExchanges === 0 && !this.#decoder.passedThrough;
  }

  /** Returns true when nothing of the bytes is kept: their memory may be used again. */
  data(side: 'client' | 'server', bytes: Buffer, at: number): boolean {
    try {
      const decoder = this.#decoder;
      if (decoder !== null) {
        if (decoder.passedThrough) {
          if (this.#registered || (decoder.problem ?? '') !== '') this.#readNoFurther(decoder, side, bytes, at);
          return true;
        }
        if (side === 'server') this.#answering = true;
        else if (this.#observer?.openExchanges === 0) this.#answering = false;
        const unkept = this.#observer?.unkeptBytes ?? 0;
        decoder.push(side, bytes, at);
        return (this.#observer?.unkeptBytes ?? 0) - unkept === bytes.length;
      }
      if (this.#row !== null) {
        this.#countRow(this.#row, side, bytes, at);
        return true;
      }
      if (this.#sniffed !== null) this.#sniff(side, bytes, at);
    } catch (error) {
      this.#broke(error, at);
    }
    return false;
  }

  /** As in RFC 9112 9.6: `close` in an answer says that no further one will come. */
  lastAnswer(bytes: Buffer): Buffer | null {
    if (this.#decoder === null || this.#registered || this.#decoder.passedThrough) return null;
    if (this.#observer?.openExchanges !== 1 || this.#answering) return null;
    const statusLine = /^HTTP\/1\.1 [2-5]\d\d[^\r\n]*\r\n/.exec(bytes.toString('latin1', 0, STATUS_LINE_BYTES))?.[0];
    if (statusLine === undefined) return null;
    return Buffer.concat([bytes.subarray(0, statusLine.length), CONNECTION_CLOSE, bytes.subarray(statusLine.length)]);
  }

  end(side: 'client' | 'server', how: EndOfStream, at: number): void {
    if (this.#closed) return;
    try {
      this.#end(side, how, at);
    } catch (error) {
      this.#broke(error, at);
    }
  }

  #end(side: 'client' | 'server', how: EndOfStream, at: number): void {
    if (side === 'server') {
      this.#serverEnd = how;
    } else {
      this.#clientEnd = how;
      if (how !== 'stopped' && this.#serverEnd === null && this.#sniffed?.length === 0) this.#options.clientLeftSilently?.();
    }
    // A client that has said all may be told by what the server answers.
    const undecided = this.#sniffed !== null && this.#sniffed.length > 0;
    if (undecided && (side === 'server' || how !== 'closed' || this.#serverEnd !== null)) this.#openRow();
    this.#decoder?.end(side, how, at);
    if (this.#clientEnd === null || this.#serverEnd === null) return;
    if (this.#decoder === null && this.#row === null && (this.#options.rowIfSilent || this.#failure !== null)) this.#openRow();
    if (this.#row !== null) {
      this.#closed = true;
      this.#closeRow(this.#row, at);
    }
  }

  /** The upstream could not be had: what the client has asked for failed. */
  refused(failure: { code: FailureCode; detail: string }, at: number): void {
    this.#failure = failure;
    this.#observer?.abandon(failure.code, failure.detail, at);
    if (this.#observer !== null) this.#forget();
    else this.end('client', 'closed', at);
    this.end('server', 'reset', at);
  }

  /** What a row is to say when it ends. */
  explain(code: FailureCode, detail: string): void {
    this.#failure = { code, detail };
  }

  /** As `explain`, unless the server answers the client's ClientHello after all. */
  doubt(code: FailureCode, detail: string): void {
    this.#doubt = { code, detail };
  }

  #sniff(side: Side, bytes: Buffer, at: number): void {
    const sniffed = this.#sniffed;
    if (sniffed === null) return;
    if (sniffed.length === 0 && side === 'client') this.#options.clientSpoke?.();
    sniffed.push({ side, bytes, at });
    const protocol = this.#recognised(sniffed, side);
    if (protocol === 'none') this.#openRow();
    else if (protocol !== 'more') this.#openDecoder(sniffed, protocol);
  }

  /** HTTP comes first, because most is that; the others are asked once it is something else. */
  #recognised(sniffed: readonly Sniffed[], side: Side): 'http1' | 'http2' | WireProtocol | 'more' | 'none' {
    const [first] = sniffed;
    if (first === undefined) return 'more';
    if (this.#detection === null) {
      const http2 = startsLikeHttp2({
        client: saidBy('client', sniffed),
        server: saidBy('server', sniffed),
        spokeFirst: first.side,
      });
      if (http2 === 'yes') return 'http2';
      // A server that says nothing else but this is of no other protocol.
      if (http2 === 'more') return 'more';
    }
    if (this.#detection === null && side === 'client') {
      const http = startsLikeHttp1Request(sniffed.length === 1 ? first.bytes : saidBy('client', sniffed));
      if (http === 'more') return 'more';
      if (http === 'yes') return 'http1';
    }
    this.#detection ??= new Detection(this.#info.upstreamPort);
    return this.#detection.ask({ client: saidBy('client', sniffed), server: saidBy('server', sniffed), spokeFirst: first.side });
  }

  #countRow(row: ConnectionRow, side: 'client' | 'server', bytes: Buffer, at: number): void {
    if (side === 'server' && this.#doubt !== null) {
      if (bytes[0] !== TLS_HANDSHAKE) this.#failure = this.#doubt;
      this.#doubt = null;
    }
    row.bytes(side, bytes.length, at);
  }

  #openDecoder(sniffed: readonly Sniffed[], protocol: 'http1' | 'http2' | WireProtocol): void {
    this.#sniffed = null;
    this.#detection = null;
    const observer = this.#recorder.observe(this.#info);
    this.#observer = observer;
    if (protocol === 'http1') {
      this.#decoder = createHttp1Decoder(observer);
    } else if (protocol === 'http2') {
      this.#registered = true;
      this.#decoder = createHttp2Decoder(observer);
    } else {
      this.#registered = true;
      this.#info.protocol = protocol.name;
      this.#decoder = protocol.createDecoder(observer, {
        learned: (facts) => {
          // Inside of TLS, the server may have been told outside.
          const { server, evidence } = facts.server === '' ? (this.#info.spoken ?? facts) : facts;
          this.#info.spoken = { ...facts, server, evidence };
        },
        tlsMayFollow: (where, way) => this.#options.tlsMayFollow?.(where, way),
        goesOn: (places) => this.#options.goesOn?.(places),
      });
    }
    for (const { side, bytes, at } of sniffed) this.data(side, bytes, at);
    if (this.#clientEnd !== null) this.#decoder?.end('client', this.#clientEnd, sniffed.at(-1)?.at ?? this.#options.openedAt);
  }

  /** The client has begun TLS inside of this connection: another tap sees what is said there. What was said before is recorded; nothing else comes. */
  handOver(): void {
    this.#forget();
  }

  /** A decoder of the registry has given up: what passes from here on is a row of its own. */
  #readNoFurther(decoder: WireDecoder, side: Side, bytes: Buffer, at: number): void {
    this.#decoder = null;
    this.#observer = null;
    this.#failure ??= { code: 'not-decoded', detail: decoder.problem ?? '' };
    this.#openRow(at);
    if (this.#row !== null) this.#countRow(this.#row, side, bytes, at);
  }

  #openRow(openedAt = this.#options.openedAt): void {
    const sniffed = this.#sniffed ?? [];
    this.#sniffed = null;
    this.#detection = null;
    const info = this.#info;
    info.protocol = this.#options.undecoded ?? 'tcp';
    const summary = { command: 'CONNECTION', location: locationOf(info) };
    const row = this.#recorder.connectionRow(info, summary, openedAt);
    this.#row = row;
    for (const { side, bytes, at } of sniffed) this.#countRow(row, side, bytes, at);
  }

  #closeRow(row: ConnectionRow, at: number): void {
    let status = 'closed';
    let failure = this.#failure ?? this.#doubt;
    if (this.#serverEnd === 'reset') {
      status = 'reset';
      failure ??= { code: 'upstream-reset', detail: '' };
    } else if (this.#clientEnd === 'reset') {
      status = 'reset';
      failure ??= { code: 'client-reset', detail: '' };
    } else if (this.#clientEnd === 'stopped' || this.#serverEnd === 'stopped') {
      failure ??= { code: 'capture-stopped', detail: '' };
    }
    row.closed(status, failure, at);
  }

  /** A defect of ours: the traffic goes on, and the pairs say that they are incomplete. */
  #broke(error: unknown, at: number): void {
    this.#observer?.abandon('not-decoded', `Sidetap failed at it: ${messageOf(error)}`, at);
    this.#forget();
  }

  #forget(): void {
    this.#decoder = null;
    this.#observer = null;
    this.#sniffed = null;
    this.#detection = null;
    this.#row = null;
    this.#closed = true;
  }
}

function saidBy(side: Side, sniffed: readonly Sniffed[]): Buffer {
  const parts = sniffed.flatMap((one) => (one.side === side ? [one.bytes] : []));
  return parts.length === 1 ? (parts[0] ?? NOTHING) : Buffer.concat(parts);
}

/** host:port, and the name that was asked for inside where it is another. */
export function locationOf(info: ConnectionInfo): string {
  const place = hostPort(info.upstreamHost, info.upstreamPort);
  const name = info.clientTls?.serverName ?? '';
  return name === '' || name === info.upstreamHost ? place : `${place} (${name})`;
}
