import type { FailureCode, ReadingContext, SpokenFacts } from '../../rrpair/pair.ts';
import type { ExchangeSummary, ServerPlace, SummarisedHandle, SummarisedObserver, TlsPlace, WireConnection } from '../decoder.ts';

/** What a decoder told about one exchange, with runs of bytes joined, so that it does not depend on how the bytes were cut. */
export interface RecordedExchange {
  startedAt: number;
  summary: ExchangeSummary | null;
  context: ReadingContext | null;
  request: string;
  requestEndedAt: number | null;
  responseStartedAt: number | null;
  response: string;
  /** `open`, `ended`, or the code it failed with. */
  end: 'open' | 'ended' | FailureCode;
  detail: string;
  endedAt: number | null;
}

/** Records what a decoder of a protocol without heads tells, and throws where it breaks the order that `SummarisedHandle` promises. */
export class Recording implements SummarisedObserver, WireConnection {
  readonly handles: RecordingHandle[] = [];
  spoken: SpokenFacts | null = null;
  tlsPlace: TlsPlace | null = null;
  places: readonly ServerPlace[] = [];

  get exchanges(): RecordedExchange[] {
    return this.handles.map((handle) => handle.recorded());
  }

  exchangeStarted(at: number): SummarisedHandle {
    const handle = new RecordingHandle(at);
    this.handles.push(handle);
    return handle;
  }

  learned(facts: SpokenFacts): void {
    this.spoken = facts;
  }

  tlsMayFollow(where: TlsPlace): void {
    this.tlsPlace = where;
  }

  goesOn(places: readonly ServerPlace[]): void {
    this.places = places;
  }
}

export class RecordingHandle implements SummarisedHandle {
  readonly #startedAt: number;
  #summary: ExchangeSummary | null = null;
  #context: ReadingContext | null = null;
  readonly #request: Buffer[] = [];
  #requestEndedAt: number | null = null;
  #responseStartedAt: number | null = null;
  readonly #response: Buffer[] = [];
  #end: RecordedExchange['end'] = 'open';
  #detail = '';
  #endedAt: number | null = null;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  recorded(): RecordedExchange {
    return {
      startedAt: this.#startedAt,
      summary: this.#summary,
      context: this.#context,
      request: Buffer.concat(this.#request).toString('latin1'),
      requestEndedAt: this.#requestEndedAt,
      responseStartedAt: this.#responseStartedAt,
      response: Buffer.concat(this.#response).toString('latin1'),
      end: this.#end,
      detail: this.#detail,
      endedAt: this.#endedAt,
    };
  }

  summary(summary: ExchangeSummary): void {
    this.#must(true, '');
    this.#summary = { ...summary };
  }

  context(context: ReadingContext): void {
    this.#must(true, '');
    this.#context = structuredClone(context);
  }

  requestHead(): void {
    this.#must(false, 'a head');
  }

  requestBody(wire: Buffer, payloadBytes: number): void {
    this.#must(this.#requestEndedAt === null, 'a request after its end');
    this.#must(wire.length > 0 && payloadBytes === wire.length, 'a request of impossible size');
    this.#request.push(Buffer.from(wire));
  }

  requestEnded(at: number): void {
    this.#must(this.#requestEndedAt === null, 'a second end of the request');
    this.#requestEndedAt = at;
  }

  responseStarted(at: number): void {
    this.#must(this.#responseStartedAt === null, 'a second start of the response');
    this.#responseStartedAt = at;
  }

  responseHead(): void {
    this.#must(false, 'a head');
  }

  responseBody(wire: Buffer, payloadBytes: number): void {
    this.#must(wire.length > 0 && payloadBytes === wire.length, 'a response of impossible size');
    this.#response.push(Buffer.from(wire));
  }

  streams(): void {
    this.#must(false, 'a stream of messages, which only pairs with heads have');
  }

  responseEnded(at: number): void {
    this.#must(this.#summary !== null, 'the end of what has no summary');
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
