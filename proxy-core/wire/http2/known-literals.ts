import { limits } from '../../limits.ts';
import type { Field } from './hpack.ts';

interface Known {
  bytes: Buffer;
  field: Field;
}

/** A power of two. */
const PLACES = 32;

/**
 * The literal fields that came last from one side, by their bytes. Encoders send the same ones again and again (most servers know no other way to say their name
 * and the date), and to compare bytes costs less than to decode them.
 */
export class KnownLiterals {
  readonly #known: (Known | undefined)[] = [];

  /** The field that the bytes from `from` to `to` were before; null when that is not known. */
  find(block: Buffer, from: number, to: number): Field | null {
    const known = this.#known[placeOf(block, from, to)];
    if (known === undefined || known.bytes.length !== to - from) return null;
    const { bytes } = known;
    for (let index = 0; index < bytes.length; index++) if (bytes[index] !== block[from + index]) return null;
    return known.field;
  }

  add(block: Buffer, from: number, to: number, field: Field): void {
    if (to - from > limits.hpackKnownLiteralBytes) return;
    const bytes = Buffer.allocUnsafeSlow(to - from);
    block.copy(bytes, 0, from, to);
    this.#known[placeOf(block, from, to)] = { bytes, field };
  }
}

function placeOf(block: Buffer, from: number, to: number): number {
  const [first, last, middle] = [block[from] as number, block[to - 1] as number, block[(from + to) >> 1] as number];
  return (first * 5 + last * 3 + middle + to - from) & (PLACES - 1);
}
