import { assertNever } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { ExchangeObserver } from '../decoder.ts';
import { isStreamHead } from '../stream-type.ts';
import { BodyReader } from './body-reader.ts';
import { Exchange, type ExchangeQueue, type Failure } from './exchange.ts';
import { HeadScanner } from './head-scanner.ts';
import { malformed, tooLarge } from './problem.ts';
import type { RequestReader } from './request-reader.ts';
import { viewOf } from './view.ts';

/** What comes next from the server. */
type Phase =
  /** The first byte of a head, or empty lines before it. */
  | 'between'
  | 'head'
  | 'body'
  /** Another protocol, whose bytes belong to the last exchange. */
  | 'stream'
  /** Nothing that is read. */
  | 'raw';

const LF = 10;
const CR = 13;

/** Reads what the server of a connection sends; every response belongs to the oldest exchange of the queue. */
export class ResponseReader {
  readonly #observer: ExchangeObserver;
  readonly #queue: ExchangeQueue;
  readonly #requests: RequestReader;
  readonly #head = new HeadScanner('response');
  readonly #body = new BodyReader();
  #phase: Phase = 'between';
  #afterCr = false;
  /** The request that will be answered in HTTP/2, once the server has agreed to that (RFC 7540 3.2). */
  upgraded: Exchange | null = null;

  constructor(observer: ExchangeObserver, queue: ExchangeQueue, requests: RequestReader) {
    this.#observer = observer;
    this.#queue = queue;
    this.#requests = requests;
  }

  /** No further response will be read. */
  get isRaw(): boolean {
    return this.#phase === 'raw' || (this.#requests.isRaw && this.#queue.first === null);
  }

  /** Returns how far it has read: where the connection goes on in HTTP/2, `upgraded` is set and the rest is not for here. */
  push(bytes: Buffer, at: number): number {
    // Its exchange may have been given up because its request could not be read.
    if (this.isRaw) return bytes.length;
    let pos = 0;
    while (pos >= 0 && pos < bytes.length && this.upgraded === null) {
      switch (this.#phase) {
        case 'between':
          pos = this.#begin(bytes, pos, at);
          break;
        case 'head':
          pos = this.#readHead(bytes, pos, at);
          break;
        case 'body':
          pos = this.#readBody(bytes, pos, at);
          break;
        case 'stream':
          this.#queue.first?.handle.responseBody(viewOf(bytes, pos, bytes.length), bytes.length - pos, at);
          return bytes.length;
        case 'raw':
          return bytes.length;
        default:
          return assertNever(this.#phase);
      }
    }
    return pos;
  }

  /** Reads no further; what was being read is left to the caller. */
  giveUp(): void {
    this.#phase = 'raw';
    this.#head.drop();
  }

  /** The server ended its side: a body that was to end with it is complete (RFC 9112 6.3, item 8). */
  closed(at: number): void {
    const ends = this.#phase === 'stream' || (this.#phase === 'body' && this.#body.endsWithConnection);
    if (ends && !this.isRaw) this.#ended(this.#queue.first as Exchange, at);
    this.giveUp();
  }

  /** How far the response that is being read has come, as the end of a sentence. */
  progress(): string {
    switch (this.#phase) {
      case 'body':
        return this.#body.progress('response');
      case 'stream':
        return 'after it had become a WebSocket';
      case 'head':
        return `after ${this.#head.pendingBytes} bytes of the response head`;
      case 'between':
      case 'raw':
        return 'after an interim response';
      default:
        return assertNever(this.#phase);
    }
  }

  #begin(bytes: Buffer, pos: number, at: number): number {
    if (this.isRaw) return -1;
    const first = bytes[pos];
    // RFC 9112 2.2 allows this for requests only; clients are as lenient, because of servers that add a line end to a body.
    if (first === LF || (first === CR && !this.#afterCr)) {
      this.#afterCr = first === CR;
      return pos + 1;
    }
    let exchange = this.#queue.first;
    if (exchange === null) {
      // Typically a 408 that a server sends before it closes an idle connection (RFC 9110 15.5.9).
      exchange = new Exchange(this.#observer.exchangeStarted(at));
      exchange.unasked = true;
      exchange.method = 'other';
      exchange.requestEnded = true;
      this.#queue.add(exchange);
    }
    if (exchange.responseEndedAt >= 0) return this.#fail(malformed('The server sent a second response to one request.'), at);
    if (!exchange.responseStarted) {
      exchange.responseStarted = true;
      exchange.handle.responseStarted(at);
    }
    if (this.#afterCr) return this.#fail(malformed('A CR without LF stands before the response.'), at);
    this.#phase = 'head';
    return pos;
  }

  #readHead(bytes: Buffer, pos: number, at: number): number {
    const head = this.#head;
    const exchange = this.#queue.first as Exchange;
    const next = head.read(bytes, pos);
    if (next < 0) return head.hopeless && head.problem !== null ? this.#fail(head.problem, at) : next;
    const status = head.statusCode;
    const headBytes = head.takeHead();
    const agreed = status === 101 && exchange.mayTunnel && exchange.requestEnded ? headBytes.toString('latin1') : '';
    const goesOn = becomesHttp2.test(agreed);
    const interim = status < 200 && (status !== 101 || goesOn);
    exchange.handle.responseHead(headBytes, interim, at);
    if (head.problem !== null) return this.#fail(head.problem, at);
    if (goesOn) {
      this.#queue.failOthers(notReached, at);
      this.upgraded = this.#queue.handOver();
      this.#phase = 'raw';
      return next;
    }
    if (interim) {
      this.#phase = 'between';
      exchange.interimBytes += headBytes.length;
      if (exchange.interimBytes <= limits.headBytes) return next;
      return this.#fail(tooLarge(`The interim responses to one request are longer than ${limits.headBytes} bytes.`), at);
    }
    const method = exchange.method ?? this.#requests.earlyMethod();
    // RFC 9110 15.2.2 and 9.3.6: what follows these is no longer HTTP, or HTTP inside a tunnel.
    exchange.tunnelled = status === 101 || (method === 'CONNECT' && status < 300);
    exchange.streams = becomesWebSocket.test(agreed);
    if (exchange.streams) {
      this.#queue.failOthers(notReached, at);
      exchange.handle.streams(true);
      this.#phase = 'stream';
    } else if (exchange.tunnelled) {
      this.#ended(exchange, at);
      this.#phase = 'raw';
      // A server may not switch while other requests wait (RFC 9110 7.8).
      while (this.#queue.first !== null && this.#queue.first !== exchange) this.#queue.failFirst(notReached, at);
    } else if (method === 'HEAD' || status === 204 || status === 304) {
      // RFC 9112 6.3, item 1: no body, whatever the fields say.
      this.#ended(exchange, at);
    } else if (head.framingProblem !== null) {
      return this.#fail(head.framingProblem, at);
    } else if (head.transferCoding === 'none' && head.contentLength === 0) {
      this.#ended(exchange, at);
    } else {
      this.#phase = 'body';
      // RFC 9112 6.3, items 4, 6 and 8.
      if (head.transferCoding === 'chunked') this.#body.beginChunked();
      else if (head.transferCoding === 'none' && head.contentLength > 0) this.#body.beginLength(head.contentLength);
      else this.#body.beginUntilClose();
      if (!this.#body.hasLength && isStreamHead(headBytes)) exchange.handle.streams(false);
    }
    this.#requests.answered(exchange);
    return next;
  }

  #readBody(bytes: Buffer, pos: number, at: number): number {
    const body = this.#body;
    const exchange = this.#queue.first as Exchange;
    const next = body.read(bytes, pos);
    if (next > pos) exchange.handle.responseBody(viewOf(bytes, pos, next), body.payloadBytes, at);
    if (body.problem !== null) return this.#fail(body.problem, at);
    if (body.done) this.#ended(exchange, at);
    return next;
  }

  #ended(exchange: Exchange, at: number): void {
    this.#phase = 'between';
    exchange.responseEndedAt = at;
    if (exchange.unasked) this.#fail(malformed('No request asked for this response.'), at);
    else if (exchange.requestCut !== null) this.#queue.failFirst(exchange.requestCut, at);
    else if (exchange.requestEnded) this.#queue.finishFirst();
  }

  /** Gives up the connection: responses after this one cannot be told apart. */
  #fail(failure: Failure, at: number): -1 {
    this.giveUp();
    this.#requests.giveUp();
    this.#queue.failFirst(failure, at);
    while (this.#queue.first !== null) this.#queue.failFirst(notReached, at);
    return -1;
  }
}

/** RFC 7540 3.2. RFC 9113 has taken it out; it is still in use. */
const becomesHttp2 = /^upgrade:[ \t]*h2c[ \t]*\r?$/im;
/** RFC 6455 4.2.2, item 5.2. */
const becomesWebSocket = /^upgrade:[ \t]*websocket[ \t]*\r?$/im;

const notReached: Failure = {
  code: 'not-decoded',
  detail: 'Nothing after an earlier response on this connection could be decoded.',
};
