import { referenceAt } from './batch.ts';

/**
 * For batches that were made elsewhere (by an agent beside a container) and go to this store. Knows of the layout in `batch.ts` no more
 * than it needs, and checks all of it: what reads a batch later relies on it.
 */

const KIND_PAIR = 1;
const KIND_PART = 2;
const FLAG_DONE = 1;

/** Where things stand in a record. */
const KIND = 4;
const ID = 5;
const STARTED = ID + 8;
const FLAGS = ID + 10 * 8 + 2 * 4;
const PAIR_BLOBS = FLAGS + 1;
const PAIR_BLOB_COUNT = 6;
const PART_OFFSET = ID + 8 + 1;
const PART_BLOBS = PART_OFFSET + 8;
const PART_BLOB_COUNT = 1;

export interface ForeignRecord {
  kind: 'part' | 'open' | 'done';
  /** As it was numbered elsewhere. */
  id: number;
  /** The whole record, a view of the batch. */
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Gives each record the id that `renumber` answers, and moves the start of pairs by `shiftMicros`, in place. Throws when the bytes are no
 * batch; some records may have been renumbered then.
 */
export function renumberBatch(
  batch: Uint8Array<ArrayBuffer>,
  shiftMicros: number,
  renumber: (record: ForeignRecord) => number,
): void {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  /** Where facts of connections stand. */
  const connections = new Set<number>();
  for (let at = 0; at < batch.byteLength; ) {
    if (at + PART_BLOBS > batch.byteLength) throw new Error('a batch ends within a record');
    const end = at + 4 + view.getUint32(at, true);
    const isPair = batch[at + KIND] === KIND_PAIR;
    if (!isPair && batch[at + KIND] !== KIND_PART) throw new Error(`unknown record kind ${String(batch[at + KIND])}`);
    if (end > batch.byteLength) throw new Error('a batch ends within a record');
    if (isPair) checkPair(view, at + PAIR_BLOBS, end, connections);
    else checkBlobs(view, at + PART_BLOBS, PART_BLOB_COUNT, end);
    const kind = isPair ? (((batch[at + FLAGS] ?? 0) & FLAG_DONE) === 0 ? 'open' : 'done') : 'part';
    const id = renumber({ kind, id: view.getFloat64(at + ID, true), bytes: batch.subarray(at, end) });
    view.setFloat64(at + ID, id, true);
    if (isPair) view.setFloat64(at + STARTED, view.getFloat64(at + STARTED, true) + shiftMicros, true);
    at = end;
  }
}

/** As `checkBlobs`; the first may be a reference to that of an earlier record. */
function checkPair(view: DataView, first: number, end: number, connections: Set<number>): void {
  const reference = first + 4 > end ? null : referenceAt(view, first);
  if (reference === null) {
    checkBlobs(view, first, PAIR_BLOB_COUNT, end);
    connections.add(first);
    return;
  }
  if (!connections.has(reference)) throw new Error('a record refers to a blob that is not there');
  checkBlobs(view, first + 4, PAIR_BLOB_COUNT - 1, end);
}

/** Throws unless so many blobs fill a record to its end. */
function checkBlobs(view: DataView, first: number, count: number, end: number): void {
  let at = first;
  for (let blob = 0; blob < count; blob += 1) {
    if (at + 4 > end) throw new Error('a record ends within a blob');
    at += 4 + view.getUint32(at, true);
  }
  if (at !== end) throw new Error('a record has a wrong length');
}
