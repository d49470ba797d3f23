import { limits } from '../../limits.ts';
import { startsLikeHttp1Request } from '../../wire/http1/detect.ts';
import { nowMicros } from '../clock.ts';
import { HeadCollector } from './head.ts';
import { headTimeout, headTooLarge, malformedRequest, type Reply } from './replies.ts';
import { type Asked, readRequest } from './request.ts';

/** `rest` is what follows the head; `head` is the head as sent. */
export type ReadHead = { asked: Asked; head: Buffer; rest: Buffer };

/** Reads the heads of a client's requests, and does not wait for ever for the end of one. */
export class RequestReader {
  readonly #collector = new HeadCollector(limits.forwardHeadBytes);
  readonly #proxyUrl: string;
  readonly #expired: (reply: Reply) => void;
  #startedAt = 0;
  /** The first line of the present head is that of an HTTP/1 request. */
  #looksRight = false;
  #timer: NodeJS.Timeout | null = null;

  /** `expired` is called when a head takes too long, the first one from now on. */
  constructor(proxyUrl: string, expired: (reply: Reply) => void) {
    this.#proxyUrl = proxyUrl;
    this.#expired = expired;
    this.#startTimer();
  }

  /** No part of a request has come. */
  get idle(): boolean {
    return this.#collector.bytes === 0;
  }

  /** Null when the head is not complete. */
  push(chunk: Buffer): ReadHead | null {
    if (this.idle) this.#startedAt = nowMicros();
    const step = this.#collector.push(chunk);
    if (step.state === 'more') {
      if (!this.#looksRight && !this.idle) {
        const looks = startsLikeHttp1Request(this.#collector.collected);
        // No need to wait for the end of a head that will be none: a TLS client that takes us for an HTTPS proxy, or line noise.
        if (looks === 'no') return this.#refused(malformedRequest());
        this.#looksRight = looks === 'yes';
      }
      // Between requests a client may be silent for as long as it likes.
      if (this.#timer === null && !this.idle) this.#startTimer();
      return null;
    }
    if (step.state === 'too-large') return this.#refused(headTooLarge(limits.forwardHeadBytes));
    this.#stopTimer();
    this.#looksRight = false;
    return { asked: readRequest(step.head, this.#startedAt, this.#proxyUrl), head: step.head, rest: step.rest };
  }

  #refused(reply: Reply): ReadHead {
    this.stop();
    const nothing = Buffer.alloc(0);
    return { asked: { kind: 'refused', reply, method: '' }, head: nothing, rest: nothing };
  }

  /** Nothing more is read. */
  stop(): void {
    this.#stopTimer();
    this.#collector.drop();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #startTimer(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#expired(headTimeout(limits.preambleMillis / 1000));
    }, limits.preambleMillis);
  }
}
