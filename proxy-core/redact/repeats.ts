import { MASK } from './secrets.ts';

/** Values shorter than this are not looked for: they would mask half of a message. */
const LEAST_CHARS = 8;

/** Secrets that begin alike, by their length, the longest first. */
type Alike = Map<number, Set<string>>;

/**
 * Finds values wherever they occur again. One pass over the text however many there are (Rabin and Karp's way): a message with ten
 * thousand tokens would otherwise be searched ten thousand times.
 */
export class Repeats {
  /** By their first characters. */
  readonly #alike = new Map<string, Alike>();
  /** Bits of the hashes of those. */
  readonly #hashes = new Uint8Array(HASHES);
  /** Places masked so far. */
  count = 0;

  constructor(values: Iterable<string>) {
    for (const value of values) {
      this.#add(value);
      // As it stands in a URL. Half of a surrogate pair, which JSON can carry, stands in none.
      if (value.isWellFormed()) this.#add(encodeURIComponent(value));
    }
    for (const [start, alike] of this.#alike) {
      this.#alike.set(start, new Map([...alike].toSorted(([one], [other]) => other - one)));
    }
  }

  /** The text with a mask in the place of each value. */
  mask(text: string): string {
    if (this.#alike.size === 0 || text.length < LEAST_CHARS) return text;
    let out = '';
    let copied = 0;
    let hash = hashOf(text, 0);
    for (let at = 0; ; ) {
      const length = this.#hashes[hash & (HASHES - 1)] === 0 ? 0 : this.#lengthAt(text, at);
      const next = at + (length === 0 ? 1 : length);
      if (length > 0) {
        this.count += 1;
        out += text.slice(copied, at) + MASK;
        copied = next;
      }
      if (next + LEAST_CHARS > text.length) break;
      hash = length === 0 ? rolled(hash, text, at) : hashOf(text, next);
      at = next;
    }
    return copied === 0 ? text : out + text.slice(copied);
  }

  #add(value: string): void {
    if (value.length < LEAST_CHARS) return;
    const start = value.slice(0, LEAST_CHARS);
    let alike = this.#alike.get(start);
    if (alike === undefined) {
      alike = new Map();
      this.#alike.set(start, alike);
      this.#hashes[hashOf(start, 0) & (HASHES - 1)] = 1;
    }
    const same = alike.get(value.length);
    if (same === undefined) alike.set(value.length, new Set([value]));
    else same.add(value);
  }

  /** Length of the longest value that stands here, 0 when none does. */
  #lengthAt(text: string, at: number): number {
    const alike = this.#alike.get(text.slice(at, at + LEAST_CHARS));
    if (alike === undefined) return 0;
    for (const [length, values] of alike) if (values.has(text.slice(at, at + length))) return length;
    return 0;
  }
}

const HASHES = 1 << 16;
const BASE = 31;
/** BASE to the power of LEAST_CHARS - 1, in 32 bits. */
const TOP = Array.from({ length: LEAST_CHARS - 1 }).reduce<number>((power) => Math.imul(power, BASE), 1);

/** Of the LEAST_CHARS characters from `at`. */
function hashOf(text: string, at: number): number {
  let hash = 0;
  for (let i = at; i < at + LEAST_CHARS; i++) hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
  return hash;
}

/** The hash one character on. */
function rolled(hash: number, text: string, at: number): number {
  const rest = (hash - Math.imul(text.charCodeAt(at), TOP)) | 0;
  return (Math.imul(rest, BASE) + text.charCodeAt(at + LEAST_CHARS)) | 0;
}
