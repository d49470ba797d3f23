import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MessageSide } from '../rrpair/shapes.ts';

/** The kept bytes of bodies as on the wire, whether they stand in their pair's row or in parts. */
export class Bodies {
  readonly #inline: Readonly<Record<MessageSide, StatementSync>>;
  readonly #inlineBytes: Readonly<Record<MessageSide, StatementSync>>;
  readonly #parts: StatementSync;
  readonly #partBytes: StatementSync;

  constructor(database: DatabaseSync) {
    this.#inline = {
      request: database.prepare('SELECT request_body AS bytes FROM message WHERE id = ?'),
      response: database.prepare('SELECT response_body AS bytes FROM message WHERE id = ?'),
    };
    this.#inlineBytes = {
      request: database.prepare('SELECT length(request_body) AS bytes FROM message WHERE id = ?'),
      response: database.prepare('SELECT length(response_body) AS bytes FROM message WHERE id = ?'),
    };
    this.#parts = database.prepare('SELECT bytes FROM part WHERE pair = ? AND side = ? ORDER BY offset');
    this.#partBytes = database.prepare('SELECT sum(length(bytes)) AS bytes FROM part WHERE pair = ? AND side = ?');
  }

  /** The bytes, up to about `most`. */
  wire(id: number, side: MessageSide, most: number): Buffer {
    const inline = this.#inline[side].get(id)?.['bytes'];
    if (inline instanceof Uint8Array && inline.length > 0) return Buffer.from(inline.buffer, inline.byteOffset, inline.byteLength);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for (const row of this.#parts.iterate(id, sideNumber(side))) {
      const part = row['bytes'];
      if (!(part instanceof Uint8Array)) continue;
      parts.push(part);
      bytes += part.length;
      if (bytes >= most) break;
    }
    return Buffer.concat(parts);
  }

  /** How many bytes were kept. */
  keptBytes(id: number, side: MessageSide): number {
    const inline = Number(this.#inlineBytes[side].get(id)?.['bytes'] ?? 0);
    return inline > 0 ? inline : Number(this.#partBytes.get(id, sideNumber(side))?.['bytes'] ?? 0);
  }
}

function sideNumber(side: MessageSide): 0 | 1 {
  return side === 'request' ? 0 : 1;
}
