import { limits } from '../limits.ts';
import { batchOf, blobsOf, type PairEntry, type PairExtra, readBatch, recordAt } from '../store/batch.ts';
import { renumberBatch } from '../store/renumber.ts';

/** A pair of an agent that has not ended. */
interface OpenPair {
  /** Here. */
  id: number;
  /** Its last record, to be closed if the agent dies; null when there was none yet, or no room to keep it. */
  record: Uint8Array<ArrayBuffer> | null;
  /** Ends of the parts of its bodies that went ahead, bytes. */
  requestParts: number;
  responseParts: number;
}

/** Where a part's side and offset stand in its record, and its bytes begin (`store/batch.ts`). */
const PART_SIDE = 13;
const PART_OFFSET = 14;
const PART_BYTES = 26;

/** The pairs of one agent: gives them ids of this store, and ends those that the agent leaves open when it dies. */
export class ForeignPairs {
  readonly #takeId: () => number;
  readonly #open = new Map<number, OpenPair>();
  #recordBytes = 0;
  /** Added to the agent's wall clock, µs. */
  shiftMicros = 0;

  constructor(takeId: () => number) {
    this.#takeId = takeId;
  }

  /** Makes the agent's batch one of this store, in place. Throws when it is none. */
  adopt(batch: Uint8Array<ArrayBuffer>): void {
    const kept: { pair: OpenPair; place: number }[] = [];
    renumberBatch(batch, this.shiftMicros, ({ id, kind, bytes }) => {
      const pair = this.#open.get(id) ?? this.#begin(id);
      switch (kind) {
        case 'part':
          this.#part(pair, bytes);
          break;
        case 'open':
          kept.push({ pair, place: bytes.byteOffset - batch.byteOffset });
          break;
        case 'done':
          this.#release(pair);
          this.#open.delete(id);
          break;
      }
      return pair.id;
    });
    // Only now do they bear the ids of this store.
    const bytes = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength);
    for (const { pair, place } of kept) this.#keep(pair, bytes, place);
  }

  /** The agent is gone: batches that close what it left open. */
  *abandon(): Generator<Uint8Array<ArrayBuffer>> {
    for (const pair of this.#open.values()) {
      if (pair.record === null) continue;
      const [entry] = readBatch(pair.record);
      if (entry?.kind === 'pair') yield closed(entry, pair);
    }
    this.#open.clear();
    this.#recordBytes = 0;
  }

  #begin(id: number): OpenPair {
    const pair: OpenPair = { id: this.#takeId(), record: null, requestParts: 0, responseParts: 0 };
    this.#open.set(id, pair);
    if (this.#open.size > limits.linkOpenPairs) this.#forgetOldest();
    return pair;
  }

  /** Of a pair that was shed after parts of it had come, no record ever tells the end. Only those go: rows that are shown must be closed. */
  #forgetOldest(): void {
    for (const [id, pair] of this.#open) {
      if (pair.record !== null) continue;
      this.#open.delete(id);
      return;
    }
  }

  #part(pair: OpenPair, record: Uint8Array<ArrayBuffer>): void {
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    const end = view.getFloat64(PART_OFFSET, true) + record.byteLength - PART_BYTES;
    if (record[PART_SIDE] === 0) pair.requestParts = end;
    else pair.responseParts = end;
  }

  #keep(pair: OpenPair, batch: Buffer, place: number): void {
    this.#release(pair);
    const entry = recordAt(batch, place);
    if (entry.kind !== 'pair') return;
    // A record may refer to others of its batch.
    const record = batchOf(entry, blobsOf(entry));
    if (this.#recordBytes + record.byteLength > limits.linkOpenBytes) return;
    pair.record = record;
    this.#recordBytes += record.byteLength;
  }

  #release(pair: OpenPair): void {
    if (pair.record !== null) this.#recordBytes -= pair.record.byteLength;
    pair.record = null;
  }
}

/** A batch with the one record that ends a pair. */
function closed(entry: PairEntry, { requestParts, responseParts }: OpenPair): Uint8Array<ArrayBuffer> {
  const extra: PairExtra = entry.extra.length === 0 ? {} : (JSON.parse(entry.extra.toString()) as PairExtra);
  extra.failure = { code: 'capture-stopped', detail: 'the agent beside the container ended' };
  if (extra.summary?.status === 'open') extra.summary.status = 'closed';
  return batchOf(
    {
      ...entry,
      state: 'done',
      requestInParts: entry.requestInParts || requestParts > 0,
      requestWireBytes: Math.max(entry.requestWireBytes, requestParts),
      responseInParts: entry.responseInParts || responseParts > 0,
      responseWireBytes: Math.max(entry.responseWireBytes, responseParts),
    },
    { ...blobsOf(entry), extra: Buffer.from(JSON.stringify(extra)) },
  );
}
