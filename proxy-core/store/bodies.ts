import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MessageSide } from '../rrpair/shapes.ts';
import { type PairEntry, partSides } from './batch.ts';
import type { Blocks } from './blocks.ts';

/** The kept bytes of bodies as on the wire, whether they stand in their pair's record or went ahead in parts. */
export class Bodies {
  readonly #blocks: Blocks;
  readonly #parts: StatementSync;
  readonly #partBytes: StatementSync;

  constructor(database: DatabaseSync, blocks: Blocks) {
    this.#blocks = blocks;
    this.#parts = database.prepare('SELECT block, place FROM part WHERE pair = ? AND side = ? ORDER BY offset');
    this.#partBytes = database.prepare('SELECT sum(length) AS bytes FROM part WHERE pair = ? AND side = ?');
  }

  /** The bytes, up to about `most`. They may be a view of a whole block: copy them before they go to another thread. */
  wire(entry: PairEntry, side: MessageSide, most: number): Buffer {
    const inline = inlineOf(entry, side);
    return inline.length > 0 ? inline : this.#joined(entry.id, sideNumber(side), most);
  }

  /** When the bytes of a stream came (see `rrpair/arrivals.ts`); empty where that was not noted. */
  arrivals(id: number): Buffer {
    return this.#joined(id, partSides.indexOf('arrivals'), Number.POSITIVE_INFINITY);
  }

  #joined(id: number, side: number, most: number): Buffer {
    const parts: Buffer[] = [];
    let bytes = 0;
    for (const row of this.#parts.iterate(id, side)) {
      const part = this.#blocks.part(Number(row['block']), Number(row['place']));
      if (part === undefined) continue;
      parts.push(part.bytes);
      bytes += part.bytes.length;
      if (bytes >= most) break;
    }
    return Buffer.concat(parts);
  }

  /** How many bytes were kept. */
  keptBytes(entry: PairEntry, side: MessageSide): number {
    return inlineOf(entry, side).length || this.keptInParts(entry.id, side);
  }

  /** How many bytes were kept in parts. */
  keptInParts(id: number, side: MessageSide): number {
    return Number(this.#partBytes.get(id, sideNumber(side))?.['bytes'] ?? 0);
  }
}

function inlineOf(entry: PairEntry, side: MessageSide): Buffer {
  return side === 'request' ? entry.requestBody : entry.responseBody;
}

function sideNumber(side: MessageSide): 0 | 1 {
  return side === 'request' ? 0 : 1;
}
