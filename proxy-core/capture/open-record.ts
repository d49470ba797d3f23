import { limits } from '../limits.ts';
import type { ConnectionInfo, FailureCode, PairState, ReadingContext } from '../rrpair/pair.ts';
import type { PairBlobs, PairExtra } from '../store/batch.ts';
import { isPlainSummary } from '../store/plain-summary.ts';
import type { ExchangeSummary, SummarisedHandle } from '../wire/decoder.ts';
import { ArrivalLog } from './arrival-log.ts';
import type { BatchQueue } from './batch-queue.ts';
import { CapturedMessage } from './captured-message.ts';
import type { WallClock } from './clock.ts';
import type { RecordList } from './record-list.ts';

/** What a record needs of the recorder. */
export interface RecordOwner {
  readonly queue: BatchQueue;
  readonly wall: WallClock;
  readonly bodyKeptBytes: number;
  readonly counts: { pairs: number; bodies: number; pairsIn: number; pairsOut: number };
  ended(record: OpenRecord): void;
}

const NOTHING = new Uint8Array(0);

/** A pair from its first byte to its last: an exchange of a decoder, or a whole connection that is not decoded. */
export class OpenRecord implements SummarisedHandle {
  readonly id: number;
  /** Monotonic, µs. */
  readonly startedAt: number;
  list: RecordList | null = null;
  previous: OpenRecord | null = null;
  next: OpenRecord | null = null;
  /** Since it was last written. */
  changed = false;
  readonly #owner: RecordOwner;
  readonly #connection: { readonly bytes: Uint8Array; readonly info: ConnectionInfo };
  readonly #replayOf: number;
  readonly #startedAtMicros: number;
  readonly #request = new CapturedMessage('request');
  readonly #response = new CapturedMessage('response');
  /** Whose exchange it is; null once it has ended, and for connection rows. */
  observer: { openExchanges: number } | null;
  #summary: ExchangeSummary | null = null;
  #context: ReadingContext | null = null;
  /** Of a stream of messages. */
  #arrivals: ArrivalLog | null = null;
  /** It stands for a whole connection. */
  readonly #isRow: boolean;
  #requestEnd = -1;
  #responseStart = -1;
  #responseEnd = -1;
  #failure: { code: FailureCode; detail: string } | null = null;
  #bodyShed = false;
  #done = false;
  #written = false;

  constructor(
    owner: RecordOwner,
    id: number,
    connection: { readonly bytes: Uint8Array; readonly info: ConnectionInfo },
    at: number,
    replayOf: number,
    row: ExchangeSummary | null,
    observer: { openExchanges: number } | null,
  ) {
    this.#owner = owner;
    this.id = id;
    this.#connection = connection;
    this.startedAt = at;
    this.#startedAtMicros = owner.wall.at(at);
    this.#replayOf = replayOf;
    this.#isRow = row !== null;
    this.#summary = row;
    this.observer = observer;
  }

  summary(summary: ExchangeSummary): void {
    this.changed = true;
    this.#summary = summary;
  }

  context(context: ReadingContext): void {
    this.changed = true;
    this.#context = context;
  }

  requestHead(bytes: Buffer, _at: number): void {
    this.changed = true;
    this.#request.head(this.#owner.queue, bytes);
  }

  requestBody(wire: Buffer, payloadBytes: number, at: number): void {
    if (this.#arrivals !== null && !this.#request.full) this.#arrivals.note(false, wire.length, at - this.startedAt);
    this.#body(this.#request, wire, payloadBytes);
  }

  requestEnded(at: number): void {
    this.changed = true;
    this.#request.ended = true;
    this.#requestEnd = at - this.startedAt;
  }

  responseStarted(at: number): void {
    this.changed = true;
    if (this.#responseStart < 0) this.#responseStart = at - this.startedAt;
  }

  responseHead(bytes: Buffer, interim: boolean, at: number): void {
    this.changed = true;
    // `100 Continue` comes before the body is even sent: what a person waits for is the final response.
    if (interim) this.#responseStart = -1;
    else if (this.#responseStart < 0) this.#responseStart = at - this.startedAt;
    this.#response.head(this.#owner.queue, bytes);
  }

  responseBody(wire: Buffer, payloadBytes: number, at: number): void {
    if (this.#arrivals !== null && !this.#response.full) this.#arrivals.note(true, wire.length, at - this.startedAt);
    this.#body(this.#response, wire, payloadBytes);
  }

  streams(duplex: boolean): void {
    this.#arrivals ??= new ArrivalLog();
    if (duplex) this.#request.ended = false;
  }

  responseEnded(at: number): void {
    if (this.#done) return;
    this.#response.ended = true;
    this.#responseEnd = at - this.startedAt;
    this.#finish();
  }

  failed(code: FailureCode, detail: string, at: number): void {
    if (this.#done) return;
    this.#failure = { code, detail };
    if (this.#responseStart >= 0) this.#responseEnd = at - this.startedAt;
    if (this.#isRow && this.#summary !== null) this.#summary = { ...this.#summary, status: 'closed' };
    this.#finish();
  }

  /** Bytes of a connection that is not decoded. */
  passed(side: 'client' | 'server', count: number, at: number): void {
    this.changed = true;
    const message = side === 'client' ? this.#request : this.#response;
    message.wireBytes += count;
    message.payloadBytes += count;
    const since = at - this.startedAt;
    if (side === 'client') {
      this.#requestEnd = since;
    } else {
      if (this.#responseStart < 0) this.#responseStart = since;
      this.#responseEnd = since;
    }
  }

  /** The end of a connection that is not decoded. Its duration is that of the connection. */
  connectionClosed(status: string, failure: { code: FailureCode; detail: string } | null, at: number): void {
    if (this.#done) return;
    if (this.#summary !== null) this.#summary = { ...this.#summary, status };
    this.#failure = failure;
    this.#responseEnd = at - this.startedAt;
    this.#finish();
  }

  /** Writes the record as an open row. A body that still grows goes ahead, so that it can be read and nothing piles up here. */
  show(): void {
    this.changed = false;
    const { queue } = this.#owner;
    for (const message of [this.#request, this.#response]) {
      if (message.heldBytes > 0 && (message.inParts || !message.ended)) this.#sendPart(message);
      message.compact();
    }
    this.#arrivals?.send(queue, this.id);
    // An open row is a courtesy: it is the first thing to go when the store cannot keep up.
    if (queue.pressure === 'none') this.#write('open');
  }

  #body(message: CapturedMessage, wire: Buffer, payloadBytes: number): void {
    this.changed = true;
    const { queue, bodyKeptBytes } = this.#owner;
    if (message.body(queue, wire, payloadBytes, bodyKeptBytes)) this.#sendPart(message);
  }

  #sendPart(message: CapturedMessage): void {
    if (this.#owner.queue.pressure === 'none') message.sendPart(this.#owner.queue, this.id);
    else this.#shedBody(message);
  }

  #shedBody(message: CapturedMessage): void {
    message.shed(this.#owner.queue);
    if (this.#bodyShed) return;
    this.#bodyShed = true;
    this.#owner.counts.bodies += 1;
  }

  #finish(): void {
    this.#done = true;
    if (this.observer !== null) this.observer.openExchanges -= 1;
    this.observer = null;
    const { queue, counts } = this.#owner;
    const pressure = queue.pressure;
    for (const message of [this.#request, this.#response]) {
      if (message.heldBytes === 0) continue;
      if (pressure !== 'none') this.#shedBody(message);
      else if (message.inParts) message.sendPart(queue, this.id);
    }
    this.#arrivals?.send(queue, this.id);
    // A row that is already shown as open is always closed: there are no more of them than open exchanges.
    if (pressure === 'hard' && !this.#written) counts.pairs += 1;
    else this.#write('done');
    this.#request.release(queue);
    this.#response.release(queue);
    this.#owner.ended(this);
  }

  #write(state: PairState): void {
    const { queue, counts } = this.#owner;
    const request = this.#request;
    const response = this.#response;
    if (!this.#written) {
      this.#written = true;
      if (this.#connection.info.direction === 'in') counts.pairsIn += 1;
      else counts.pairsOut += 1;
    }
    // Connection rows keep no body, and it would be wrong to call that a loss.
    const isRow = this.#isRow;
    queue.pair(
      {
        id: this.id,
        state,
        startedAtMicros: this.#startedAtMicros,
        requestEnd: this.#requestEnd,
        responseStart: this.#responseStart,
        responseEnd: this.#responseEnd,
        replayOf: this.#replayOf,
        requestWireBytes: request.wireBytes,
        requestPayloadBytes: request.payloadBytes,
        requestCrc32: isRow ? 0 : request.crc32,
        requestTruncated: !isRow && request.truncated,
        requestInParts: request.inParts,
        responseWireBytes: response.wireBytes,
        responsePayloadBytes: response.payloadBytes,
        responseCrc32: isRow ? 0 : response.crc32,
        responseTruncated: !isRow && response.truncated,
        responseInParts: response.inParts,
        bodyShed: this.#bodyShed,
      },
      {
        connection: this.#connection.bytes,
        extra: this.#extra(),
        requestHead: request.heads,
        responseHead: response.heads,
        requestBody: request.chunks,
        responseBody: response.chunks,
      },
    );
  }

  #extra(): PairBlobs['extra'] {
    if (this.#failure === null && this.#context === null) {
      if (this.#summary === null) return NOTHING;
      if (isPlainSummary(this.#summary)) return this.#summary;
    }
    const extra: PairExtra = {};
    if (this.#failure !== null) extra.failure = this.#failure;
    if (this.#summary !== null) extra.summary = this.#summary;
    const context = this.#context === null ? '' : JSON.stringify(this.#context);
    if (this.#context !== null && context.length <= limits.readingContextBytes) extra.context = this.#context;
    return Buffer.from(JSON.stringify(extra));
  }
}
