import { limits } from '../limits.ts';
import { BatchWriter, type PairBlobs, type PairFields, type PartSide, pairRecordBytes, partRecordBytes } from '../store/batch.ts';
import type { BatchSink } from '../store/store.ts';

/** How full the way to the store is: `soft` means that bodies are shed, `hard` that pairs are. */
export type Pressure = 'none' | 'soft' | 'hard';

/** Bytes waiting for the sink before bodies, and before pairs, are shed. */
export interface QueueLimits {
  soft: number;
  hard: number;
  /** Bytes that open exchanges may hold together before bodies are sent ahead in smaller parts. */
  held: number;
}

/** Gathers records into batches and hands them to the sink. */
export class BatchQueue {
  readonly #sink: BatchSink;
  #writer: BatchWriter | null = null;
  /** The last batch was full, so the next one is made at full size at once. */
  #busy = false;
  /** Bytes that open exchanges hold. Counted here, because they too wait for the store. */
  heldBytes = 0;
  /** Body bytes that were counted and not kept, ever. */
  unkeptBytes = 0;

  readonly limits: QueueLimits;

  constructor(sink: BatchSink, queueLimits: QueueLimits) {
    this.#sink = sink;
    this.limits = queueLimits;
  }

  get pressure(): Pressure {
    const waiting = this.#sink.pendingBytes + this.heldBytes + (this.#writer?.bytes ?? 0);
    if (waiting <= this.limits.soft) return 'none';
    return waiting <= this.limits.hard ? 'soft' : 'hard';
  }

  get isEmpty(): boolean {
    return this.#writer === null;
  }

  pair(fields: PairFields, blobs: PairBlobs): void {
    this.#room(pairRecordBytes(blobs)).pair(fields, blobs);
  }

  part(id: number, side: PartSide, offset: number, chunks: readonly Uint8Array[], bytes: number): void {
    this.#room(partRecordBytes(bytes)).part(id, side, offset, chunks);
  }

  /** Hands over what has been gathered. */
  flush(): void {
    const writer = this.#writer;
    if (writer === null) return;
    this.#writer = null;
    this.#sink.write(writer.finish());
  }

  #room(bytes: number): BatchWriter {
    let writer = this.#writer;
    if (writer !== null && writer.room() >= bytes) return writer;
    this.#busy = writer !== null;
    this.flush();
    // A quiet application sends a pair now and then; it should not cost a large buffer each time.
    const size = Math.max(bytes, this.#busy ? limits.batchBytes : limits.batchBytesQuiet);
    const spare = size === limits.batchBytes ? this.#sink.spareMemory() : undefined;
    writer = new BatchWriter(spare ?? new ArrayBuffer(size));
    this.#writer = writer;
    return writer;
  }
}
