import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { freeMemory } from './own-memory.ts';

/**
 * How a batch lies in the database. One that shrinks is u32 0 (no record is that long, so no batch begins with it), u32 its length, little-endian, and a Zstandard
 * frame (RFC 8878); any other lies there as it is. Traffic repeats itself: batches shrink to a quarter and less, in no more time than writing the rest to
 * fresh pages of the file cache would take.
 */
const HEADER_BYTES = 8;
/** Node takes no smaller one. */
const LEAST_CHUNK = 64;

const params = { [constants.ZSTD_c_compressionLevel]: 1 };

/** What to store of a batch. It may be the batch itself. */
export function packed(batch: Uint8Array<ArrayBuffer>): Uint8Array {
  if (batch.length > limits.unpackedBytes) return batch;
  // In one piece of memory, which is not touched further than it is needed.
  const frame = zstdCompressSync(batch, { params, chunkSize: Math.max(batch.length, LEAST_CHUNK) });
  const shrinks = HEADER_BYTES + frame.length < batch.length;
  const bytes = shrinks ? withHeader(frame, batch.length) : batch;
  if (frame.buffer.byteLength > Buffer.poolSize) freeMemory(new Uint8Array(frame.buffer));
  return bytes;
}

/** The batch that was stored so. Throws `store-unusable` when it is none: the file may be damaged, or come from anybody. */
export function unpacked(stored: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  if (stored.length < HEADER_BYTES || view.getUint32(0, true) !== 0) return stored;
  const length = view.getUint32(4, true);
  if (length > limits.unpackedBytes) throw damaged();
  try {
    // The whole of it in one piece of memory.
    const batch = zstdDecompressSync(stored.subarray(HEADER_BYTES), {
      maxOutputLength: length,
      chunkSize: Math.max(length, LEAST_CHUNK),
    });
    if (batch.length === length) return batch;
  } catch (error) {
    throw damaged(error);
  }
  throw damaged();
}

function withHeader(frame: Uint8Array, unpackedLength: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + frame.length);
  bytes.writeUInt32LE(0, 0);
  bytes.writeUInt32LE(unpackedLength, 4);
  bytes.set(frame, HEADER_BYTES);
  return bytes;
}

function damaged(cause?: unknown): SidetapError {
  return new SidetapError('store-unusable', 'A part of the stored pairs cannot be read: it is damaged.', { cause });
}
