import { messageOf } from '../errors.ts';
import type { ConnectionInfo, FailureCode } from '../rrpair/pair.ts';
import type { EndOfStream, WireDecoder } from '../wire/decoder.ts';
import { createHttp1Decoder } from '../wire/http1/decoder.ts';
import { startsLikeHttp1Request } from '../wire/http1/detect.ts';
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
}

/** First byte of a TLS record that carries a ServerHello (RFC 8446 5.1); an alert has another. */
const TLS_HANDSHAKE = 0x16;

/**
 * Looks at the first bytes, picks who reads on, and hands it what passes: the HTTP/1 decoder, or one row for the whole connection. Whatever goes wrong in
 * here stays in here.
 */
export class ConnectionTap implements Tap {
  readonly #recorder: Recorder;
  readonly #info: ConnectionInfo;
  readonly #options: TapOptions;
  #decoder: WireDecoder | null = null;
  #observer: ConnectionObserver | null = null;
  #row: ConnectionRow | null = null;
  /** The client's bytes until it is clear what they are. */
  #sniffed: { bytes: Buffer; at: number }[] | null = [];
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
        if (decoder.passedThrough) return true;
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
    if (this.#sniffed !== null && this.#sniffed.length > 0) this.#openRow();
    this.#decoder?.end(side, how, at);
    if (this.#clientEnd === null || this.#serverEnd === null) return;
    if (this.#decoder === null && this.#row === null && (this.#options.rowIfSilent || this.#failure !== null)) this.#openRow();
    if (this.#row !== null) {
      this.#closed = true;
      this.#closeRow(this.#row, at);
    }
  }

  /** What a row is to say when it ends. */
  explain(code: FailureCode, detail: string): void {
    this.#failure = { code, detail };
  }

  /** As `explain`, unless the server answers the client's ClientHello after all. */
  doubt(code: FailureCode, detail: string): void {
    this.#doubt = { code, detail };
  }

  #sniff(side: 'client' | 'server', bytes: Buffer, at: number): void {
    const sniffed = this.#sniffed;
    if (sniffed === null) return;
    if (side === 'client') {
      if (sniffed.length === 0) this.#options.clientSpoke?.();
      sniffed.push({ bytes, at });
      const seen = sniffed.length === 1 ? bytes : Buffer.concat(sniffed.map((one) => one.bytes));
      const http = startsLikeHttp1Request(seen);
      if (http === 'more') return;
      if (http === 'yes') {
        this.#openDecoder(sniffed);
        return;
      }
    }
    // The server spoke before the client had said something that we can read, or the client speaks something else.
    this.#openRow();
    if (side === 'server' && this.#row !== null) this.#countRow(this.#row, side, bytes, at);
  }

  #countRow(row: ConnectionRow, side: 'client' | 'server', bytes: Buffer, at: number): void {
    if (side === 'server' && this.#doubt !== null) {
      if (bytes[0] !== TLS_HANDSHAKE) this.#failure = this.#doubt;
      this.#doubt = null;
    }
    row.bytes(side, bytes.length, at);
  }

  #openDecoder(sniffed: readonly { bytes: Buffer; at: number }[]): void {
    this.#sniffed = null;
    this.#observer = this.#recorder.observe(this.#info);
    this.#decoder = createHttp1Decoder(this.#observer);
    for (const { bytes, at } of sniffed) this.data('client', bytes, at);
  }

  #openRow(): void {
    const sniffed = this.#sniffed ?? [];
    this.#sniffed = null;
    const info = this.#info;
    info.protocol = this.#options.undecoded ?? 'tcp';
    const summary = { command: 'CONNECTION', location: locationOf(info) };
    this.#row = this.#recorder.connectionRow(info, summary, this.#options.openedAt);
    for (const { bytes, at } of sniffed) this.#row.bytes('client', bytes.length, at);
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
    this.#decoder = null;
    this.#observer = null;
    this.#sniffed = null;
    this.#row = null;
    this.#closed = true;
  }
}

/** host:port, and the name that was asked for inside where it is another. */
export function locationOf(info: ConnectionInfo): string {
  const place = hostPort(info.upstreamHost, info.upstreamPort);
  const name = info.clientTls?.serverName ?? '';
  return name === '' || name === info.upstreamHost ? place : `${place} (${name})`;
}
