import { limits } from '../../limits.ts';
import { decodeHuffman } from './huffman.ts';
import { KnownLiterals } from './known-literals.ts';
import { staticFields } from './static-table.ts';

/** One field of a header list. Bytes are read as latin-1. */
export interface Field {
  readonly name: string;
  readonly value: string;
  /** As it stands in a head. */
  readonly line: string;
  /** It has nothing in it that would break the line it stands in (RFC 9113 8.2.1). */
  readonly sound: boolean;
}

/** RFC 7541 4.1: what an entry counts beside its bytes. */
const ENTRY_OVERHEAD = 32;
/** RFC 9113 6.5.2: until the decoder's SETTINGS say something else. */
const DEFAULT_TABLE_BYTES = 4_096;

const unsoundName = /[\x00-\x20\x7f-\xff]|.:/;
const unsoundValue = /[\r\n\0]/;
const lineBreaks = /[\r\n\0]/g;

function makeField(name: string, value: string): Field {
  if (value.startsWith('\0') && name.endsWith('-bin') && !unsoundName.test(name)) return binaryField(name, value);
  const sound = !unsoundName.test(name) && !unsoundValue.test(value);
  const line = sound
    ? `${name}: ${value}\r\n`
    : `${name.replaceAll(/[\r\n\0:]/g, '_') || '_'}: ${value.replaceAll(lineBreaks, ' ')}\r\n`;
  return { name, value, line, sound };
}

/** Metadata that gRPC's C core sends as bytes behind a NUL, which the two have agreed on (gRPC proposal G1, true binary metadata). It is kept as all others send it: in base64. */
function binaryField(name: string, value: string): Field {
  const base64 = Buffer.from(value.slice(1), 'latin1').toString('base64');
  return { name, value, line: `${name}: ${base64.replace(/=+$/, '')}\r\n`, sound: true };
}

const staticTable: readonly Field[] = staticFields.map(([name, value]) => makeField(name, value));

/**
 * Decodes the header blocks that one side of a connection sends (RFC 7541). The size of the table is what the encoder says it is: it may not say more than the
 * other side's SETTINGS allow, and a change of those it has to announce (4.2).
 */
export class HpackDecoder {
  /** The newest at the end. What stands before `#oldest` was evicted. */
  #entries: Field[] = [];
  #oldest = 0;
  #size = 0;
  #maxSize = DEFAULT_TABLE_BYTES;
  readonly #literals = new KnownLiterals();
  #at = 0;
  #problem: string | null = null;

  /**
   * Reads a complete header block and gives its fields to `onField`, in order. Returns what is wrong with it, as a sentence: from there on the table is not
   * known, and no further block can be read.
   */
  decode(block: Buffer, onField: (field: Field) => void): string | null {
    this.#at = 0;
    this.#problem = null;
    while (this.#at < block.length && this.#problem === null) {
      const first = block[this.#at] as number;
      if ((first & 0x80) !== 0) {
        const field = this.#entry(this.#integer(block, 7));
        if (field !== null) onField(field);
      } else if ((first & 0x40) !== 0) {
        const field = this.#literal(block, 6);
        if (field === null) break;
        this.#add(field);
        onField(field);
      } else if ((first & 0x20) !== 0) {
        this.#resize(this.#integer(block, 5));
      } else {
        const field = this.#literal(block, 4);
        if (field !== null) onField(field);
      }
    }
    return this.#problem;
  }

  #fail(problem: string): null {
    this.#problem ??= problem;
    return null;
  }

  /** RFC 7541 5.1. -1 when it is cut off, or larger than anything it may stand for. */
  #integer(block: Buffer, prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    let value = (block[this.#at++] ?? 0) & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = block[this.#at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    this.#fail('A number in a header block is cut off or too large.');
    return -1;
  }

  /** How long the string is that begins here, whose bytes follow; -1 when they do not. */
  #stringLength(block: Buffer): number {
    const length = this.#at < block.length ? this.#integer(block, 7) : -1;
    if (length >= 0 && this.#at + length <= block.length) return length;
    this.#fail('A header block ends in the middle of a field.');
    return -1;
  }

  #skipString(block: Buffer): boolean {
    const length = this.#stringLength(block);
    this.#at += length;
    return length >= 0;
  }

  #string(block: Buffer): string | null {
    const huffman = ((block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#stringLength(block);
    if (length < 0) return null;
    const from = this.#at;
    this.#at = from + length;
    if (!huffman) return block.toString('latin1', from, from + length);
    return decodeHuffman(block, from, from + length) ?? this.#fail('A field is not valid Huffman code.');
  }

  #literal(block: Buffer, prefixBits: number): Field | null {
    const from = this.#at;
    const index = this.#integer(block, prefixBits);
    if (index < 0) return null;
    // What an index means is another thing each time, unless it is one of the static table.
    if (index > staticTable.length) return this.#newLiteral(block, index);
    const named = this.#at;
    if ((index === 0 && !this.#skipString(block)) || !this.#skipString(block)) return null;
    const to = this.#at;
    const known = this.#literals.find(block, from, to);
    if (known !== null) return known;
    this.#at = named;
    const field = this.#newLiteral(block, index);
    if (field !== null) this.#literals.add(block, from, to, field);
    return field;
  }

  #newLiteral(block: Buffer, index: number): Field | null {
    const name = index === 0 ? this.#string(block) : (this.#entry(index)?.name ?? null);
    if (name === null) return null;
    const value = this.#string(block);
    return value === null ? null : makeField(name, value);
  }

  #entry(index: number): Field | null {
    if (index < 0) return null;
    if (index >= 1 && index <= staticTable.length) return staticTable[index - 1] as Field;
    const place = this.#entries.length - (index - staticTable.length);
    if (index === 0 || place < this.#oldest)
      return this.#fail(`A header block speaks of entry ${String(index)}, which is not there.`);
    return this.#entries[place] as Field;
  }

  /** RFC 7541 4.4: an entry larger than the table empties it, and is no error. */
  #add(field: Field): void {
    const size = sizeOf(field);
    this.#evict(this.#maxSize - size);
    if (size > this.#maxSize) return;
    this.#entries.push(field);
    this.#size += size;
  }

  #resize(bytes: number): void {
    if (bytes < 0) return;
    if (bytes > limits.hpackTableBytes) {
      this.#fail(`A header table of ${String(bytes)} bytes is larger than the ${String(limits.hpackTableBytes)} that are kept.`);
      return;
    }
    this.#maxSize = bytes;
    this.#evict(bytes);
  }

  /** Evicts the oldest until no more than `bytes` are left. */
  #evict(bytes: number): void {
    while (this.#size > bytes && this.#oldest < this.#entries.length) {
      this.#size -= sizeOf(this.#entries[this.#oldest] as Field);
      this.#oldest += 1;
    }
    // Seldom, so that it costs nothing by the entry.
    if (this.#oldest >= 64 && this.#oldest * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#oldest);
      this.#oldest = 0;
    }
  }
}

function sizeOf(field: Field): number {
  return field.name.length + field.value.length + ENTRY_OVERHEAD;
}
