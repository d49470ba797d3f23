import { assertNever } from '../../errors.ts';
import type { Side } from '../../rrpair/pair.ts';
import type { EndOfStream, ExchangeObserver, WireDecoder } from '../decoder.ts';
import { createUpgradedHttp2Decoder } from '../http2/decoder.ts';
import { type Exchange, ExchangeQueue, type Failure } from './exchange.ts';
import { RequestReader, tooMuchHeld } from './request-reader.ts';
import { ResponseReader } from './response-reader.ts';

/**
 * Reads HTTP/1.x (RFC 9112) on one connection, from its first byte on. It is passive: framing that two readers could take differently
 * is never guessed; the exchange is marked and the connection passes undecoded from there.
 *
 * Where a response is complete before its request (RFC 9112 9.3: an early error answer), `responseEnded` waits for the end of the
 * request or of the connection, and carries the time at which the response ended.
 */
export function createHttp1Decoder(observer: ExchangeObserver): WireDecoder {
  return new Http1Decoder(observer);
}

class Http1Decoder implements WireDecoder {
  readonly #queue = new ExchangeQueue();
  readonly #observer: ExchangeObserver;
  readonly #requests: RequestReader;
  readonly #responses: ResponseReader;
  #clientEnd: EndOfStream | null = null;
  #serverEnd: EndOfStream | null = null;

  /** Reads on where the two have agreed on that. */
  #http2: WireDecoder | null = null;

  constructor(observer: ExchangeObserver) {
    this.#observer = observer;
    this.#requests = new RequestReader(observer, this.#queue, (at) => this.#asked(at));
    this.#responses = new ResponseReader(observer, this.#queue, this.#requests);
  }

  get passedThrough(): boolean {
    if (this.#http2 !== null) return this.#http2.passedThrough;
    return this.#requests.isRaw && this.#responses.isRaw;
  }

  get problem(): string {
    return this.#http2?.problem ?? '';
  }

  push(side: Side, bytes: Buffer, at: number): void {
    if (this.#http2 !== null) this.#http2.push(side, bytes, at);
    else if (side === 'client') {
      if (this.#clientEnd === null) this.#requests.push(bytes, at);
    } else if (this.#serverEnd === null) {
      const to = this.#responses.push(bytes, at);
      const { upgraded } = this.#responses;
      if (upgraded !== null) this.#goOnInHttp2(upgraded, bytes.subarray(to), at);
    }
  }

  #goOnInHttp2({ handle }: Exchange, rest: Buffer, at: number): void {
    const said = this.#requests.handOver();
    if (said === null) {
      handle.failed('not-decoded', tooMuchHeld, at);
      return;
    }
    const next = createUpgradedHttp2Decoder(this.#observer, handle);
    this.#http2 = next;
    for (const one of said) next.push('client', one.bytes, one.at);
    if (rest.length > 0) next.push('server', rest, at);
    if (this.#clientEnd !== null) next.end('client', this.#clientEnd, at);
  }

  end(side: Side, how: EndOfStream, at: number): void {
    if (this.#http2 !== null) this.#http2.end(side, how, at);
    else if (side === 'client') this.#endClient(how, at);
    else this.#endServer(how, at);
  }

  #endClient(how: EndOfStream, at: number): void {
    if (!supersedes(how, this.#clientEnd)) return;
    this.#clientEnd = how;
    if (how === 'closed') {
      // It may have closed only its sending half and still wait for answers.
      this.#requests.closed();
      if (this.#serverEnd !== null) this.#serverGone(this.#serverEnd, 'before the response began', at);
      return;
    }
    for (let exchange = this.#queue.first; exchange !== null; exchange = this.#queue.first) {
      const progress = this.#progressOf(exchange);
      if (how === 'stopped') this.#queue.failFirst(stopped(progress), at);
      else if (exchange.responseEndedAt >= 0) this.#queue.finishFirst();
      else this.#queue.failFirst({ code: 'client-reset', detail: `The client reset the connection ${progress}.` }, at);
    }
    this.#requests.giveUp();
    this.#responses.giveUp();
  }

  #endServer(how: EndOfStream, at: number): void {
    if (!supersedes(how, this.#serverEnd)) return;
    this.#serverEnd = how;
    const first = this.#queue.first;
    const progress = first === null ? '' : this.#progressOf(first);
    if (how === 'closed') this.#responses.closed(at);
    else this.#responses.giveUp();
    this.#serverGone(how, progress, at);
  }

  /** A request ended, and nobody has answered it. */
  #asked(at: number): void {
    // It was sent while the server was closing an idle connection: clients repeat such a request on another one.
    if (this.#serverEnd !== null) this.#serverGone(this.#serverEnd, 'before the response began', at);
  }

  /** No response will come to what is open. `progress` is how far the oldest exchange had come. */
  #serverGone(how: EndOfStream, progress: string, at: number): void {
    let reached = progress;
    for (let exchange = this.#queue.first; exchange !== null; exchange = this.#queue.first) {
      if (exchange.responseEndedAt < 0) this.#queue.failFirst(this.#blame(exchange, how, reached), at);
      else if (how === 'stopped') this.#queue.failFirst(stopped(reached), at);
      // The answer is complete; the client may go on sending its request for as long as it likes.
      else if (how === 'closed') return;
      else this.#queue.finishFirst();
      reached = 'before the response began';
    }
    this.#requests.serverGone();
  }

  /** Whose doing it is that the response is not complete: who ended first. */
  #blame(exchange: Exchange, how: EndOfStream, progress: string): Failure {
    if (exchange.requestCut !== null) return exchange.requestCut;
    if (exchange.unasked) return { code: 'malformed-message', detail: 'No request asked for this response.' };
    switch (how) {
      case 'closed':
        if (this.#clientEnd !== 'closed')
          return { code: 'upstream-closed-early', detail: `The server closed the connection ${progress}.` };
        return { code: 'client-gone', detail: `The client closed the connection, and then the server did, ${progress}.` };
      case 'reset':
        return { code: 'upstream-reset', detail: `The server reset the connection ${progress}.` };
      case 'stopped':
        return stopped(progress);
      default:
        return assertNever(how);
    }
  }

  /** How far an open exchange has come, as the end of a sentence. */
  #progressOf(exchange: Exchange): string {
    if (exchange === this.#requests.current && !(exchange.responseStarted && exchange.responseEndedAt < 0))
      return this.#requests.progress();
    return exchange.responseStarted ? this.#responses.progress() : 'before the response began';
  }
}

/** A reset or our own end may follow a close: then the other half is gone too. */
function supersedes(how: EndOfStream, before: EndOfStream | null): boolean {
  return before === null || (before === 'closed' && how !== 'closed');
}

function stopped(progress: string): Failure {
  return { code: 'capture-stopped', detail: `Capture was stopped ${progress}.` };
}
