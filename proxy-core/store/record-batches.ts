import { limits } from '../limits.ts';
import { keptMark } from '../rrpair/marks.ts';
import type { ConnectionInfo, PairRecord } from '../rrpair/pair.ts';
import type { MessageSide } from '../rrpair/shapes.ts';
import { BatchWriter, type PairBlobs, type PairExtra, type PairFields, pairRecordBytes, partRecordBytes } from './batch.ts';

const nothing = new Uint8Array(0);

/**
 * Writes records into batches anew, one after the other: nothing of what stood beside them where they come from is in them. Bodies larger
 * than a part go ahead in parts, as capture does it.
 */
export class RecordBatches {
  readonly #take: (batch: Uint8Array<ArrayBuffer>) => void;
  readonly #connections = new WeakMap<ConnectionInfo, Uint8Array>();
  #writer: BatchWriter | null = null;

  /** `take` gets each batch as it is full. Its memory is its own. */
  constructor(take: (batch: Uint8Array<ArrayBuffer>) => void) {
    this.#take = take;
  }

  /** An exchange that is still open is written as ended: nobody will write its end. */
  add(record: PairRecord): void {
    const requestInParts = this.#ahead(record.id, 'request', record.request.body);
    const responseInParts = this.#ahead(record.id, 'response', record.response.body);
    const { arrivals } = record;
    if (arrivals !== undefined) this.#room(partRecordBytes(arrivals.length)).part(record.id, 'arrivals', 0, [arrivals]);
    const blobs: PairBlobs = {
      connection: this.#connection(record.connection),
      extra: extraOf(record),
      requestHead: [record.request.head],
      responseHead: [record.response.head],
      requestBody: requestInParts ? [] : [record.request.body],
      responseBody: responseInParts ? [] : [record.response.body],
    };
    this.#room(pairRecordBytes(blobs)).pair(fieldsOf(record, requestInParts, responseInParts), blobs);
  }

  /** Hands over what is not full. */
  flush(): void {
    if (this.#writer !== null && this.#writer.records > 0) this.#take(this.#writer.finish());
    this.#writer = null;
  }

  #ahead(id: number, side: MessageSide, body: Uint8Array): boolean {
    if (body.length <= limits.bodyPartBytes) return false;
    for (let at = 0; at < body.length; at += limits.bodyPartBytes) {
      const part = body.subarray(at, at + limits.bodyPartBytes);
      this.#room(partRecordBytes(part.length)).part(id, side, at, [part]);
    }
    return true;
  }

  #room(bytes: number): BatchWriter {
    if (this.#writer !== null && this.#writer.room() < bytes) this.flush();
    this.#writer ??= new BatchWriter(new ArrayBuffer(Math.max(bytes, limits.batchBytes)));
    return this.#writer;
  }

  #connection(info: ConnectionInfo): Uint8Array {
    let bytes = this.#connections.get(info);
    if (bytes === undefined) {
      bytes = Buffer.from(JSON.stringify(info));
      this.#connections.set(info, bytes);
    }
    return bytes;
  }
}

function extraOf({ state, failure, summary, context, imported, mark }: PairRecord): Uint8Array {
  const kept = keptMark(mark, limits.noteChars);
  const ended = failure ?? (state === 'open' ? { code: 'capture-stopped' as const, detail: '' } : undefined);
  if ([ended, summary ?? undefined, context, imported, kept].every((part) => part === undefined)) return nothing;
  const extra: PairExtra = { failure: ended, summary: summary ?? undefined, context, imported, mark: kept };
  return Buffer.from(JSON.stringify(extra));
}

function fieldsOf(record: PairRecord, requestInParts: boolean, responseInParts: boolean): PairFields {
  const { request, response, timing } = record;
  return {
    id: record.id,
    state: 'done',
    startedAtMicros: record.startedAtMicros,
    requestEnd: timing.requestEnd,
    responseStart: timing.responseStart,
    responseEnd: timing.responseEnd,
    replayOf: record.replayOf,
    requestWireBytes: request.wireBytes,
    requestPayloadBytes: request.payloadBytes,
    requestCrc32: request.crc32,
    requestTruncated: request.truncated,
    requestInParts,
    responseWireBytes: response.wireBytes,
    responsePayloadBytes: response.payloadBytes,
    responseCrc32: response.crc32,
    responseTruncated: response.truncated,
    responseInParts,
    bodyShed: record.bodyShed,
  };
}
