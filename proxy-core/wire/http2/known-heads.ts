import { limits } from '../../limits.ts';
import { HeadBlock } from './head-block.ts';
import type { Field } from './hpack.ts';

interface Known {
  fields: readonly Field[];
  head: HeadBlock;
}

/**
 * The heads that came last from one side. What is asked, and answered, again and again has the same fields each time, and the decoder gives the same objects for
 * them: finding that costs a tenth of making the head anew.
 */
export class KnownHeads {
  readonly #known: Known[] = [];
  /** Which one the next takes the place of. */
  #next = 0;

  /** The head that has these fields. The list may be used again afterwards. */
  of(fields: readonly Field[]): HeadBlock {
    for (const known of this.#known) if (sameFields(known.fields, fields)) return known.head;
    const head = new HeadBlock();
    for (const field of fields) head.add(field);
    if (head.length <= limits.http2KnownHeadBytes) {
      head.kept = true;
      this.#known[this.#next] = { fields: fields.slice(), head };
      this.#next = (this.#next + 1) % limits.http2KnownHeads;
    }
    return head;
  }
}

function sameFields(a: readonly Field[], b: readonly Field[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
