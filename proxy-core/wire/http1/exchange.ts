import type { FailureCode } from '../../rrpair/pair.ts';
import type { ExchangeHandle } from '../decoder.ts';
import type { Method } from './start-line.ts';

/** A request and its response while they are being read. */
export class Exchange {
  readonly handle: ExchangeHandle;
  /** Null until the request's head is complete. */
  method: Method | null = null;
  requestEnded = false;
  /** What the client sends after this request depends on the answer: CONNECT (RFC 9110 9.3.6) or an offer to upgrade (7.8). */
  mayTunnel = false;
  /** The head of the final response came. */
  answered = false;
  /** The connection was given over to another protocol. */
  tunnelled = false;
  /** That protocol's bytes belong to this exchange, until the connection ends. */
  streams = false;
  /** Set when the client ended its side in the middle of this request. */
  requestCut: Failure | null = null;
  responseStarted = false;
  /** When the final response ended; -1 while it has not. */
  responseEndedAt = -1;
  /** Bytes of the interim heads so far. */
  interimBytes = 0;
  /** No request asked for this response. */
  unasked = false;
  next: Exchange | null = null;

  constructor(handle: ExchangeHandle) {
    this.handle = handle;
  }
}

/** The exchanges of a connection that are not over, oldest first. HTTP/1.1 answers in the order of the requests (RFC 9112 9.3.2). */
export class ExchangeQueue {
  first: Exchange | null = null;
  size = 0;
  #last: Exchange | null = null;

  add(exchange: Exchange): void {
    if (this.#last === null) this.first = exchange;
    else this.#last.next = exchange;
    this.#last = exchange;
    this.size += 1;
  }

  /** All but the oldest exchange. */
  failOthers(failure: Failure, at: number): void {
    while (this.first !== null && this.first !== this.#last) this.failLast(failure, at);
  }

  /** The oldest exchange is over, well-formed. */
  finishFirst(): void {
    const exchange = this.#removeFirst();
    exchange?.handle.responseEnded(exchange.responseEndedAt);
  }

  /** The oldest exchange is somebody else's from here on. */
  handOver(): Exchange | null {
    return this.#removeFirst();
  }

  failFirst(failure: Failure, at: number): void {
    this.#removeFirst()?.handle.failed(failure.code, failure.detail, at);
  }

  failLast(failure: Failure, at: number): void {
    const last = this.#last;
    let before: Exchange | null = null;
    // Walks the queue, which only a request that cannot be read is worth.
    for (let other = this.first; other !== null && other !== last; other = other.next) before = other;
    if (before === null) this.first = null;
    else before.next = null;
    this.#last = before;
    if (last === null) return;
    this.size -= 1;
    last.handle.failed(failure.code, failure.detail, at);
  }

  #removeFirst(): Exchange | null {
    const first = this.first;
    if (first === null) return null;
    this.first = first.next;
    if (this.first === null) this.#last = null;
    this.size -= 1;
    return first;
  }
}

/** Why an exchange did not end as it should, for `ExchangeHandle.failed`. */
export interface Failure {
  code: FailureCode;
  detail: string;
}
