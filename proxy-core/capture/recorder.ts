import { limits } from '../limits.ts';
import type { ConnectionInfo, FailureCode } from '../rrpair/pair.ts';
import type { BatchSink } from '../store/store.ts';
import type { ExchangeSummary, SummarisedHandle, SummarisedObserver } from '../wire/decoder.ts';
import { BatchQueue, type QueueLimits } from './batch-queue.ts';
import { nowMicros, WallClock } from './clock.ts';
import { OpenRecord, type RecordOwner } from './open-record.ts';
import { RecordList } from './record-list.ts';

export interface RecorderOptions {
  /** Bytes of body kept of each message; default `limits.bodyKeptBytes`. */
  bodyKeptBytes?: number;
  /** Bytes that may wait for the store; default as an engine has them. */
  queue?: QueueLimits;
}

export interface ObserveExtra {
  /** The pair that the exchanges of this connection repeat. */
  replayOf?: number;
  /** Told the id of each exchange as it starts. The pair can be read once it has ended and the recorder and the store were flushed. */
  onPair?: (id: number) => void;
}

/** Records the exchanges of one connection. */
export interface ConnectionObserver extends SummarisedObserver {
  /** Exchanges that have started and not ended. */
  readonly openExchanges: number;
  /** Rises by the length of each run of body bytes of which nothing is kept: their memory may be used again. */
  readonly unkeptBytes: number;
  /** Ends all open exchanges with a failure that no decoder can see. Their handles must not be called any more. */
  abandon(code: FailureCode, detail: string, at: number): void;
}

/** Records a connection that is not decoded, as one row. */
export interface ConnectionRow {
  /** Bytes passed; `side` sent them. */
  bytes(side: 'client' | 'server', count: number, at: number): void;
  /** The connection is over. Once. */
  closed(status: string, failure: { code: FailureCode; detail: string } | null, at: number): void;
}

export interface RecorderStats {
  /** Pairs that were not recorded because the store could not keep up. */
  pairs: number;
  /** Pairs recorded without (all of) their bodies because the store could not keep up. */
  bodies: number;
  /** Inbound pairs recorded. */
  pairsIn: number;
  /** Outbound pairs recorded. */
  pairsOut: number;
}

/**
 * Turns what decoders see into records for the store. Nothing here throws into the traffic or waits for anything: what the
 * store cannot take is shed and counted.
 */
export interface Recorder {
  /** `connection` is read when a record is written, so TLS facts may still be added to it until the first exchange starts. */
  observe(connection: ConnectionInfo, extra?: ObserveExtra): ConnectionObserver;
  /** `at` is when the connection was opened. The row's status is `open` until it is closed. */
  connectionRow(connection: ConnectionInfo, summary: Omit<ExchangeSummary, 'status'>, at: number): ConnectionRow;
  stats(): RecorderStats;
  /** Bytes of body kept of each message, from now on. */
  keepBodies(bytes: number): void;
  /** An id for a pair that was recorded elsewhere and goes to the same store. */
  takeId(): number;
  /** Hands everything that has ended to the store now. */
  flush(): void;
  /** Hands over what there is and stops the timer. Exchanges that are still open are written as `capture-stopped`. */
  close(): void;
}

const recorderQueue: QueueLimits = {
  soft: limits.recorderSoftBytes,
  hard: limits.recorderHardBytes,
  held: limits.recorderHeldBytes,
};

export function createRecorder(sink: BatchSink, options: RecorderOptions = {}): Recorder {
  const queue = options.queue ?? recorderQueue;
  return new BatchRecorder(sink, options.bodyKeptBytes ?? limits.bodyKeptBytes, queue);
}

class BatchRecorder implements Recorder, RecordOwner {
  readonly queue: BatchQueue;
  readonly wall = new WallClock();
  bodyKeptBytes: number;
  readonly counts: RecorderStats = { pairs: 0, bodies: 0, pairsIn: 0, pairsOut: 0 };
  /** In the order they started; none is older than `openPairMillis` after a tick. */
  readonly #fresh = new RecordList();
  /** Written as open rows. */
  readonly #shown = new RecordList();
  #nextId: number;
  #timer: NodeJS.Timeout | null = null;
  #nextShownScan = 0;
  #nextClockCheck = 0;
  #closed = false;

  constructor(sink: BatchSink, bodyKeptBytes: number, queue: QueueLimits) {
    this.queue = new BatchQueue(sink, queue);
    this.bodyKeptBytes = bodyKeptBytes;
    this.#nextId = sink.nextPairId;
  }

  observe(connection: ConnectionInfo, extra: ObserveExtra = {}): ConnectionObserver {
    return new Observer(this, new EncodedConnection(connection), extra);
  }

  connectionRow(connection: ConnectionInfo, summary: Omit<ExchangeSummary, 'status'>, at: number): ConnectionRow {
    return new Row(this.open(new EncodedConnection(connection), at, 0, { ...summary, status: 'open' }, null));
  }

  open(
    connection: EncodedConnection,
    at: number,
    replayOf: number,
    row: ExchangeSummary | null,
    observer: Observer | null,
  ): OpenRecord {
    // Here, because a recorder that has nothing to do sleeps: after a night the first pair would bear the time of the evening.
    if (at >= this.#nextClockCheck) {
      this.#nextClockCheck = at + limits.batchMillis * 1000;
      this.wall.check(limits.clockDriftMicros);
    }
    const record = new OpenRecord(this, this.#nextId++, connection, at, replayOf, row, observer);
    if (!this.#closed) {
      this.#fresh.append(record);
      this.#arm();
    }
    return record;
  }

  ended(record: OpenRecord): void {
    record.list?.remove(record);
    this.#arm();
  }

  /** Fails the open exchanges of one observer. Rare, so it searches instead of having every exchange registered. */
  abandon(observer: Observer, code: FailureCode, detail: string, at: number): void {
    for (const list of [this.#fresh, this.#shown]) {
      for (let record = list.first; record !== null; ) {
        const next: OpenRecord | null = record.next;
        if (record.observer === observer) record.failed(code, detail, at);
        record = next;
      }
    }
  }

  keepBodies(bytes: number): void {
    this.bodyKeptBytes = bytes;
  }

  takeId(): number {
    return this.#nextId++;
  }

  stats(): RecorderStats {
    return { ...this.counts };
  }

  flush(): void {
    this.queue.flush();
  }

  close(): void {
    const at = nowMicros();
    for (const list of [this.#fresh, this.#shown]) {
      for (let record = list.first; record !== null; record = list.first) record.failed('capture-stopped', '', at);
    }
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.flush();
  }

  #arm(): void {
    if (this.#timer !== null || this.#closed) return;
    const quiet = this.queue.isEmpty && this.#fresh.first === null;
    if (quiet && this.#shown.first === null) return;
    this.#timer = setTimeout(this.#tick, quiet ? limits.openPairRewriteMillis : limits.batchMillis);
    // A capture that is otherwise over must not be kept alive by its recorder.
    this.#timer.unref();
  }

  readonly #tick = (): void => {
    this.#timer = null;
    const at = nowMicros();
    const old = at - limits.openPairMillis * 1000;
    for (let record = this.#fresh.first; record !== null && record.startedAt < old; record = this.#fresh.first) {
      this.#fresh.remove(record);
      this.#shown.append(record);
      record.show();
    }
    if (at >= this.#nextShownScan) {
      this.#nextShownScan = at + limits.openPairRewriteMillis * 1000;
      for (let record = this.#shown.first; record !== null; record = record.next) if (record.changed) record.show();
    }
    this.queue.flush();
    this.#arm();
  };
}

class Observer implements ConnectionObserver {
  readonly #recorder: BatchRecorder;
  readonly #connection: EncodedConnection;
  readonly #extra: ObserveExtra;
  openExchanges = 0;

  constructor(recorder: BatchRecorder, connection: EncodedConnection, extra: ObserveExtra) {
    this.#recorder = recorder;
    this.#connection = connection;
    this.#extra = extra;
  }

  get unkeptBytes(): number {
    return this.#recorder.queue.unkeptBytes;
  }

  exchangeStarted(at: number): SummarisedHandle {
    this.openExchanges += 1;
    const record = this.#recorder.open(this.#connection, at, this.#extra.replayOf ?? 0, null, this);
    this.#extra.onPair?.(record.id);
    return record;
  }

  abandon(code: FailureCode, detail: string, at: number): void {
    if (this.openExchanges > 0) this.#recorder.abandon(this, code, detail, at);
  }
}

class Row implements ConnectionRow {
  readonly #record: OpenRecord;

  constructor(record: OpenRecord) {
    this.#record = record;
  }

  bytes(side: 'client' | 'server', count: number, at: number): void {
    this.#record.passed(side, count, at);
  }

  closed(status: string, failure: { code: FailureCode; detail: string } | null, at: number): void {
    this.#record.connectionClosed(status, failure, at);
  }
}

/** The JSON of a connection, encoded again only when something in it changed. */
export class EncodedConnection {
  readonly info: ConnectionInfo;
  #bytes: Uint8Array | null = null;
  #protocol = '';
  #address = '';
  #dialMicros = 0;
  #tlsMicros = 0;
  #clientTls: unknown = null;
  #upstreamTls: unknown = null;
  #spoken: unknown = undefined;

  constructor(info: ConnectionInfo) {
    this.info = info;
  }

  get bytes(): Uint8Array {
    const info = this.info;
    if (
      this.#bytes === null ||
      this.#protocol !== info.protocol ||
      this.#address !== info.upstreamAddress ||
      this.#dialMicros !== info.dialMicros ||
      this.#tlsMicros !== info.tlsMicros ||
      this.#clientTls !== info.clientTls ||
      this.#upstreamTls !== info.upstreamTls ||
      this.#spoken !== info.spoken
    ) {
      this.#protocol = info.protocol;
      this.#address = info.upstreamAddress;
      this.#dialMicros = info.dialMicros;
      this.#tlsMicros = info.tlsMicros;
      this.#clientTls = info.clientTls;
      this.#upstreamTls = info.upstreamTls;
      this.#spoken = info.spoken;
      this.#bytes = Buffer.from(JSON.stringify(info));
    }
    return this.#bytes;
  }
}
