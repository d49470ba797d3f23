import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import { type PairEntry, type PartEntry, recordAt } from './batch.ts';
import { asBuffer } from './bytes.ts';
import { unpacked } from './packed.ts';

/** Reads records out of blocks (see `schema.ts`). Neighbours are read one after the other, so the blocks read last are kept. */
export class Blocks {
  readonly #bytes: StatementSync;
  /** In the order of use. */
  readonly #recent = new Map<number, Buffer>();
  #recentBytes = 0;

  constructor(database: DatabaseSync) {
    this.#bytes = database.prepare('SELECT bytes FROM block WHERE id = ?');
  }

  /** The record of a pair; undefined when it has gone meanwhile. The buffers in it are views of the block. */
  pair(block: number, place: number): PairEntry | undefined {
    const entry = this.#record(block, place);
    return entry?.kind === 'pair' ? entry : undefined;
  }

  /** The record of a part of a body, in the same way. */
  part(block: number, place: number): PartEntry | undefined {
    const entry = this.#record(block, place);
    return entry?.kind === 'part' ? entry : undefined;
  }

  /** Lets go of the blocks read last. */
  forget(): void {
    this.#recent.clear();
    this.#recentBytes = 0;
  }

  #record(block: number, place: number): PairEntry | PartEntry | undefined {
    const bytes = this.#block(block);
    return place < bytes.length ? recordAt(bytes, place) : undefined;
  }

  #block(id: number): Buffer {
    let bytes = this.#recent.get(id);
    if (bytes === undefined) {
      bytes = this.#read(id);
      this.#recentBytes += bytes.length;
    } else {
      this.#recent.delete(id);
    }
    this.#recent.set(id, bytes);
    for (const [oldest, { length }] of this.#recent) {
      if (this.#recentBytes <= limits.recentBlockBytes || oldest === id) break;
      this.#recent.delete(oldest);
      this.#recentBytes -= length;
    }
    return bytes;
  }

  #read(id: number): Buffer {
    const stored = this.#bytes.get(id)?.['bytes'];
    return stored === undefined ? Buffer.alloc(0) : asBuffer(unpacked(stored as Uint8Array<ArrayBuffer>));
  }
}
