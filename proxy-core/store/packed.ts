import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';

/**
 * How a batch lies in the database. One that shrinks is u32 0 (no record is that long, so no batch begins with it), u32 its length, little-endian, and a Zstandard
 * frame (RFC 8878); any other lies there as it is. Traffic repeats itself, so that most batches shrink to a tenth, in a quarter of the time that writing
 * the rest to fresh pages of the file cache would take.
 */
const HEADER_BYTES = 8;

const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** What to store of a batch. It may be the batch itself. */
export function packed(batch: Uint8Array<ArrayBuffer>): Uint8Array {
  if (batch.length > limits.unpackedBytes) return batch;
  const frame = zstdCompressSync(batch, options);
  if (frame.length + HEADER_BYTES >= batch.length) return batch;
  const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + frame.length);
  bytes.writeUInt32LE(0, 0);
  bytes.writeUInt32LE(batch.length, 4);
  bytes.set(frame, HEADER_BYTES);
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
    const batch = zstdDecompressSync(stored.subarray(HEADER_BYTES), { maxOutputLength: length, chunkSize: Math.max(length, 64) });
    if (batch.length === length) return batch;
  } catch (error) {
    throw damaged(error);
  }
  throw damaged();
}

function damaged(cause?: unknown): SidetapError {
  return new SidetapError('store-unusable', 'A part of the stored pairs cannot be read: it is damaged.', { cause });
}
