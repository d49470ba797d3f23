import type { ExchangeHandle } from '../decoder.ts';
import type { Failure } from '../endings.ts';
import { malformed } from './head-block.ts';
import type { HeaderList } from './header-blocks.ts';
import { promiseContext } from './promise.ts';

/** One exchange on a connection, while it is open. */
export class Stream {
  readonly id: number;
  /** What was asked for on it; empty where that was done in HTTP/1. */
  method = '';
  path = '';
  readonly #handle: ExchangeHandle;
  readonly #over: (stream: Stream) => void;
  #requestEnded: boolean;
  #responseStarted: boolean;
  /** The final head came. */
  #answered = false;
  #trailed = false;
  /** When the response ended; -1 while it has not. */
  #responseEndedAt = -1;

  /** `over` is called when it has ended, one way or the other. `asked` tells that the request is complete, and was answered with an interim head. */
  constructor(id: number, handle: ExchangeHandle, over: (stream: Stream) => void, asked = false) {
    this.id = id;
    this.#requestEnded = asked;
    this.#responseStarted = asked;
    this.#handle = handle;
    this.#over = over;
  }

  /** The list that opened it. */
  opened({ head, endStream }: HeaderList, at: number): void {
    const request = head.request();
    this.method = head.method ?? '';
    this.path = head.path ?? '';
    this.#handle.requestHead(request.bytes, at);
    // What a call's client sends are messages too.
    if (!endStream && request.streams) this.#handle.streams(false);
    if (request.failure !== null) this.fail(request.failure, at);
    else if (endStream) this.requestEnded(at);
  }

  /** The server pushes it, because of what was asked for on another one. */
  promisedWith({ method, path }: Stream): void {
    if (method !== '') this.#handle.context(promiseContext(method, path));
  }

  /** A further list of the client: trailers (RFC 9113 8.1). */
  asked({ head, endStream }: HeaderList, at: number): void {
    if (this.#requestEnded || !endStream) {
      this.fail(malformed('The client sent header fields where none may stand.'), at);
      return;
    }
    const { bytes, failure } = head.trailers();
    this.#handle.requestHead(bytes, at);
    if (failure !== null) this.fail(failure, at);
    else this.requestEnded(at);
  }

  requestData(bytes: Buffer, at: number): void {
    if (this.#requestEnded) this.fail(malformed('The client sent more behind the end of the request.'), at);
    else this.#handle.requestBody(bytes, bytes.length, at);
  }

  requestEnded(at: number): void {
    if (this.#requestEnded) return;
    this.#requestEnded = true;
    this.#handle.requestEnded(at);
    if (this.#responseEndedAt >= 0) this.#finish();
  }

  /** A list of the server: an interim head, the final one, or trailers. */
  answered(list: HeaderList, at: number): void {
    const { head, endStream, startedAt } = list;
    if (this.#responseEndedAt >= 0) {
      this.fail(malformed('The server sent more behind the end of the response.'), at);
      return;
    }
    if (this.#answered) {
      this.#answerTrailed(list, at);
      return;
    }
    if (!this.#responseStarted) this.#handle.responseStarted(startedAt);
    this.#responseStarted = true;
    const response = head.response();
    const interim = head.status >= 100 && head.status < 200;
    this.#answered = !interim;
    this.#handle.responseHead(response.bytes, interim, at);
    if (!interim && !endStream && response.streams) this.#handle.streams(false);
    const ended = interim && endStream ? malformed('The server ended the stream with an interim response.') : null;
    this.#headCame(response.failure ?? ended, endStream, at);
  }

  #answerTrailed({ head, endStream }: HeaderList, at: number): void {
    const { bytes, failure } = head.trailers();
    const amiss = !endStream || this.#trailed ? malformed('The server sent header fields in the middle of a response.') : null;
    this.#trailed = true;
    this.#handle.responseHead(bytes, false, at);
    this.#headCame(failure ?? amiss, endStream, at);
  }

  #headCame(failure: Failure | null, endStream: boolean, at: number): void {
    if (failure !== null) this.fail(failure, at);
    else if (endStream) this.responseEnded(at);
  }

  responseData(bytes: Buffer, at: number): void {
    if (!this.#answered) this.fail(malformed('The server sent a body before the head of the response.'), at);
    else if (this.#responseEndedAt >= 0) this.fail(malformed('The server sent more behind the end of the response.'), at);
    else this.#handle.responseBody(bytes, bytes.length, at);
  }

  responseEnded(at: number): void {
    if (!this.#answered) this.fail(malformed('The server ended the stream without a response.'), at);
    else if (this.#responseEndedAt < 0) {
      this.#responseEndedAt = at;
      if (this.#requestEnded) this.#finish();
    }
  }

  /** Nothing further will be said on it. A response that is complete is one, whatever the client still had to say (RFC 9113 8.1). */
  fail(failure: Failure, at: number): void {
    if (this.#responseEndedAt >= 0 && failure.code !== 'malformed-message') this.#finish();
    else {
      this.#handle.failed(failure.code, failure.detail, at);
      this.#over(this);
    }
  }

  #finish(): void {
    this.#handle.responseEnded(this.#responseEndedAt);
    this.#over(this);
  }
}
