import { limits } from '../../limits.ts';
import type { ExchangeObserver } from '../decoder.ts';
import { BodyReader } from './body-reader.ts';
import { Exchange, type ExchangeQueue, type Failure } from './exchange.ts';
import { HeadScanner } from './head-scanner.ts';
import { HeldBytes } from './held-bytes.ts';
import { malformed } from './problem.ts';
import type { Method } from './start-line.ts';
import { viewOf } from './view.ts';

/** What comes next from the client. */
type Phase =
  /** The first byte of a request, or empty lines before it. */
  | 'between'
  | 'head'
  | 'body'
  /** The answer to the last request decides what it is. */
  | 'held'
  /** Another protocol, whose bytes belong to the last exchange. */
  | 'stream'
  /** Nothing that is read. */
  | 'raw';

const LF = 10;
const CR = 13;

export const tooMuchHeld = `More than ${limits.heldClientBytes} bytes were sent before an answer told what they are.`;

/** Reads what the client of a connection sends, and adds an exchange to the queue for each request. */
export class RequestReader {
  /** The exchange whose request is being read; it is the newest of the queue. */
  current: Exchange | null = null;

  readonly #observer: ExchangeObserver;
  readonly #queue: ExchangeQueue;
  /** Called when a request ended that nobody has answered yet. */
  readonly #onAsked: (at: number) => void;
  readonly #head = new HeadScanner('request');
  readonly #body = new BodyReader();
  readonly #held = new HeldBytes();
  #phase: Phase = 'between';
  #afterCr = false;
  #closed = false;

  constructor(observer: ExchangeObserver, queue: ExchangeQueue, onAsked: (at: number) => void) {
    this.#observer = observer;
    this.#queue = queue;
    this.#onAsked = onAsked;
  }

  /** No further request will be read. */
  get isRaw(): boolean {
    return this.#phase === 'raw';
  }

  push(bytes: Buffer, at: number): void {
    let pos = 0;
    while (pos >= 0 && pos < bytes.length) {
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
        case 'held':
          this.#held.add(bytes, pos, at);
          return;
        case 'stream':
          this.#queue.first?.handle.requestBody(viewOf(bytes, pos, bytes.length), bytes.length - pos, at);
          return;
        case 'raw':
          return;
      }
    }
  }

  /** What the client has said behind its request; it reads no further. Null when that was too much to be kept. */
  handOver(): { bytes: Buffer; at: number }[] | null {
    const overflowed = this.#held.overflowed;
    const held = this.#held.take();
    this.giveUp();
    return overflowed ? null : held;
  }

  /** Reads no further; what was being read is left to the caller. */
  giveUp(): void {
    this.current = null;
    this.#phase = 'raw';
    this.#head.drop();
    this.#held.clear();
  }

  /** The method of the request whose head is not complete: what a server that answers already must have gone by. */
  earlyMethod(): Method {
    return this.#head.earlyMethod();
  }

  /** How far the request that is being read has come, as the end of a sentence. */
  progress(): string {
    return this.#phase === 'body' ? this.#body.progress('request') : `after ${this.#head.pendingBytes} bytes of the request head`;
  }

  /** The client sends no more: a request that is not complete never will be. */
  closed(): void {
    this.#closed = true;
    const exchange = this.current;
    if (exchange === null) return;
    const detail = `The client closed the connection ${this.progress()}.`;
    this.giveUp();
    // It had its answer and no reason to send the rest.
    if (exchange.responseEndedAt >= 0) this.#queue.finishFirst();
    else exchange.requestCut = { code: 'client-gone', detail };
  }

  /** Nothing that is open will be answered; only a request that begins anew is worth reading. */
  serverGone(): void {
    if (this.#phase !== 'between') this.giveUp();
  }

  /** The final head of the response to this exchange came: now it is known what follows the request. */
  answered(exchange: Exchange): void {
    exchange.answered = true;
    if (exchange.streams) {
      const overflowed = this.#held.overflowed;
      const held = this.#held.take();
      this.#phase = 'stream';
      if (overflowed) {
        this.#queue.failFirst({ code: 'not-decoded', detail: tooMuchHeld }, this.#held.lastAt);
        this.giveUp();
      }
      for (const { bytes, at } of held) this.push(bytes, at);
    } else if (exchange.tunnelled) {
      if (this.current !== exchange) this.giveUp();
    } else if (this.#phase === 'held') this.#release();
  }

  #release(): void {
    this.#phase = 'between';
    if (this.#held.overflowed) {
      const handle = this.#observer.exchangeStarted(this.#held.firstAt);
      handle.failed('not-decoded', tooMuchHeld, this.#held.lastAt);
      this.giveUp();
      return;
    }
    // Each goes through `push`, because one of them may hold another request to wait behind.
    for (const { bytes, at } of this.#held.take()) this.push(bytes, at);
    if (this.#closed) this.closed();
  }

  #begin(bytes: Buffer, pos: number, at: number): number {
    const first = bytes[pos];
    // RFC 9112 2.2: empty lines before a request line are ignored.
    if (first === LF || (first === CR && !this.#afterCr)) {
      this.#afterCr = first === CR;
      return pos + 1;
    }
    const exchange = new Exchange(this.#observer.exchangeStarted(at));
    this.#queue.add(exchange);
    this.current = exchange;
    if (this.#afterCr) return this.#fail(malformed('A CR without LF stands before the request.'), at);
    if (this.#queue.size > limits.pipelinedRequests) {
      return this.#fail({ code: 'not-decoded', detail: `More than ${limits.pipelinedRequests} requests wait for an answer.` }, at);
    }
    this.#phase = 'head';
    return pos;
  }

  #readHead(bytes: Buffer, pos: number, at: number): number {
    const head = this.#head;
    const exchange = this.current as Exchange;
    const next = head.read(bytes, pos);
    if (next < 0) return head.hopeless && head.problem !== null ? this.#fail(head.problem, at) : next;
    exchange.method = head.method;
    exchange.mayTunnel = head.upgrade || head.method === 'CONNECT';
    exchange.handle.requestHead(head.takeHead(), at);
    const problem = head.problem ?? head.framingProblem;
    if (problem !== null) return this.#fail(problem, at);
    // RFC 9112 6.3, items 4, 6 and 7: a request without either has no body.
    if (head.transferCoding === 'chunked') this.#body.beginChunked();
    else if (head.contentLength > 0) this.#body.beginLength(head.contentLength);
    else {
      this.#ended(exchange, at);
      return next;
    }
    this.#phase = 'body';
    return next;
  }

  #readBody(bytes: Buffer, pos: number, at: number): number {
    const body = this.#body;
    const exchange = this.current as Exchange;
    const next = body.read(bytes, pos);
    if (next > pos) exchange.handle.requestBody(viewOf(bytes, pos, next), body.payloadBytes, at);
    if (body.problem !== null) return this.#fail(body.problem, at);
    if (body.done) this.#ended(exchange, at);
    return next;
  }

  #ended(exchange: Exchange, at: number): void {
    this.current = null;
    exchange.requestEnded = true;
    exchange.handle.requestEnded(at);
    if (exchange.tunnelled) this.#phase = 'raw';
    else this.#phase = exchange.mayTunnel && !exchange.answered ? 'held' : 'between';
    if (exchange.responseEndedAt >= 0) this.#queue.finishFirst();
    else this.#onAsked(at);
  }

  /** Gives up this side. What was asked before can still be answered. */
  #fail(failure: Failure, at: number): -1 {
    this.giveUp();
    this.#queue.failLast(failure, at);
    return -1;
  }
}
