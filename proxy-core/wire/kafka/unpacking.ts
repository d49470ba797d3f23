import { limits } from '../../limits.ts';
import { decompressed } from './decompress.ts';
import { type Batch, packedIn } from './records.ts';

/** Decompresses what batches have, all of them together up to so many bytes. */
export class Unpacking {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  /** Null where that cannot be done. */
  contentOf(own: Buffer, batch: Batch): Buffer | null {
    const packed = packedIn(own, batch);
    if (packed === null || batch.codec === 0) return packed ?? own.subarray(0, 0);
    if (this.#left <= 0) return null;
    const most = Math.min(limits.messageBytes, this.#left);
    const content = decompressed(packed, batch.codec, most);
    // What is too large, or broken, has cost as much as it may have made.
    this.#left -= content?.length ?? most;
    return content;
  }
}
