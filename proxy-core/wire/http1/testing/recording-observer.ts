import type { FailureCode } from '../../../rrpair/pair.ts';
import type { ExchangeHandle, ExchangeObserver } from '../../decoder.ts';

/** What a decoder told about one exchange, with runs of body bytes joined, so that it does not depend on how the bytes were cut. */
export interface RecordedExchange {
  startedAt: number;
  requestHead: Buffer | null;
  requestBody: Buffer;
  requestPayload: number;
  requestEndedAt: number | null;
  responseStartedAt: number | null;
  interim: Buffer[];
  responseHead: Buffer | null;
  responseBody: Buffer;
  responsePayload: number;
  /** `open`, `ended`, or the code it failed with. */
  end: 'open' | 'ended' | FailureCode;
  detail: string;
  endedAt: number | null;
}

/** Records what a decoder tells, and throws where it breaks the order that `ExchangeHandle` promises. */
export class RecordingObserver implements ExchangeObserver {
  readonly #handles: RecordingHandle[] = [];

  get exchanges(): RecordedExchange[] {
    return this.#handles.map((handle) => handle.recorded());
  }

  exchangeStarted(at: number): ExchangeHandle {
    const handle = new RecordingHandle(at);
    this.#handles.push(handle);
    return handle;
  }
}

class RecordingHandle implements ExchangeHandle {
  readonly #startedAt: number;
  #requestHead: Buffer | null = null;
  readonly #requestParts: Buffer[] = [];
  #requestPayload = 0;
  #requestEndedAt: number | null = null;
  #responseStartedAt: number | null = null;
  readonly #interim: Buffer[] = [];
  #responseHead: Buffer | null = null;
  readonly #responseParts: Buffer[] = [];
  #responsePayload = 0;
  #end: RecordedExchange['end'] = 'open';
  #detail = '';
  #endedAt: number | null = null;
  #duplex = false;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  recorded(): RecordedExchange {
    return {
      startedAt: this.#startedAt,
      requestHead: this.#requestHead,
      requestBody: Buffer.concat(this.#requestParts),
      requestPayload: this.#requestPayload,
      requestEndedAt: this.#requestEndedAt,
      responseStartedAt: this.#responseStartedAt,
      interim: this.#interim,
      responseHead: this.#responseHead,
      responseBody: Buffer.concat(this.#responseParts),
      responsePayload: this.#responsePayload,
      end: this.#end,
      detail: this.#detail,
      endedAt: this.#endedAt,
    };
  }

  requestHead(bytes: Buffer): void {
    this.#must(this.#requestHead === null, 'a second request head');
    this.#requestHead = Buffer.from(bytes);
  }

  requestBody(wire: Buffer, payloadBytes: number): void {
    this.#must(this.#requestHead !== null, 'a request body before the head');
    this.#must(this.#requestEndedAt === null || this.#duplex, 'a request body after the end of the request');
    this.#must(wire.length > 0 && payloadBytes >= 0 && payloadBytes <= wire.length, 'a request body of impossible size');
    this.#requestParts.push(Buffer.from(wire));
    this.#requestPayload += payloadBytes;
  }

  requestEnded(at: number): void {
    this.#must(this.#requestHead !== null, 'the end of a request without a head');
    this.#must(this.#requestEndedAt === null, 'a second end of the request');
    this.#requestEndedAt = at;
  }

  responseStarted(at: number): void {
    this.#must(this.#responseStartedAt === null, 'a second start of the response');
    this.#responseStartedAt = at;
  }

  responseHead(bytes: Buffer, interim: boolean): void {
    this.#must(this.#responseStartedAt !== null, 'a response head before the start');
    this.#must(this.#responseHead === null, 'a response head after the final one');
    if (interim) this.#interim.push(Buffer.from(bytes));
    else this.#responseHead = Buffer.from(bytes);
  }

  responseBody(wire: Buffer, payloadBytes: number): void {
    this.#must(this.#responseHead !== null, 'a response body before the head');
    this.#must(wire.length > 0 && payloadBytes >= 0 && payloadBytes <= wire.length, 'a response body of impossible size');
    this.#responseParts.push(Buffer.from(wire));
    this.#responsePayload += payloadBytes;
  }

  /** Nothing in HTTP/1 needs it. */
  context(): void {
    this.#must(false, 'a context');
  }

  streams(duplex: boolean): void {
    this.#must(
      this.#responseHead !== null && this.#responseParts.length === 0,
      'a stream that begins elsewhere than behind its head',
    );
    if (duplex) this.#must(this.#requestEndedAt !== null, 'an upgrade before the end of the request');
    this.#duplex ||= duplex;
  }

  responseEnded(at: number): void {
    this.#must(this.#responseHead !== null, 'the end of a response without a final head');
    this.#finish('ended', '', at);
  }

  failed(code: FailureCode, detail: string, at: number): void {
    this.#must(detail.endsWith('.'), 'a detail that is no sentence');
    this.#finish(code, detail, at);
  }

  #finish(end: 'ended' | FailureCode, detail: string, at: number): void {
    this.#end = end;
    this.#detail = detail;
    this.#endedAt = at;
  }

  #must(holds: boolean, what: string): void {
    if (this.#end !== 'open') throw new Error(`the decoder called after the end of the exchange (${this.#end})`);
    if (!holds) throw new Error(`the decoder told of ${what}`);
  }
}
