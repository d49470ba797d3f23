import { limits } from '../limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** An item of the list: its bytes, or null when it is too large to be held. */
export type OnElement = (bytes: Buffer | null, index: number) => void;

/**
 * Finds the items of one list in a JSON document of any size, given piece by piece: `['log', 'entries']` for a HAR, `[]` when the document is the
 * list itself. Everything else is passed over. It holds one item at most.
 */
export class JsonElements {
  readonly #path: readonly string[];
  readonly #onElement: OnElement;
  readonly #most: number;
  /** Open containers of the document, whether each is a list. */
  readonly #stack: boolean[] = [];
  /** Members of `path` that we are in. */
  #matched = 0;
  #inString = false;
  #escaped = false;
  /** The last string of an object that could be a name. */
  #name: number[] = [];
  #naming = false;
  #parts: Buffer[] = [];
  #bytes = 0;
  #tooLarge = false;
  #index = 0;
  #inElement = false;
  #listDepth = -1;
  /** The list was found. */
  found = false;
  /** It ended as it should. */
  whole = false;

  constructor(path: readonly string[], onElement: OnElement, most: number = limits.importedPairBytes) {
    this.#path = path;
    this.#onElement = onElement;
    this.#most = most;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const code = chunk[at] as number;
      if (this.#inString) {
        at = this.#string(chunk, at, code);
        continue;
      }
      if (code === QUOTE) {
        this.#inString = true;
        this.#naming = !this.#inElement && this.#stack.at(-1) === false;
        if (this.#naming) this.#name = [];
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (this.#open(code === OPEN_BRACKET)) start = at;
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (this.#close()) this.#emit(chunk.subarray(start, at + 1));
      } else if (code === COLON && !this.#inElement) this.#member();
    }
    if (this.#inElement) this.#keep(chunk.subarray(start));
  }

  /** Bytes of the item that is not complete; 0 when the document ended between two. */
  get pending(): number {
    return this.#inElement ? this.#bytes : 0;
  }

  /** Goes on to the end of the string or of the chunk. */
  #string(chunk: Buffer, from: number, first: number): number {
    let code = first;
    for (let at = from; ; ) {
      if (this.#escaped) this.#escaped = false;
      else if (code === BACKSLASH) this.#escaped = true;
      else if (code === QUOTE) {
        this.#inString = false;
        return at;
      }
      if (this.#naming && this.#name.length < 100) this.#name.push(code);
      at += 1;
      if (at >= chunk.length) return at;
      code = chunk[at] as number;
    }
  }

  /** True when an item begins. */
  #open(isList: boolean): boolean {
    this.#stack.push(isList);
    if (this.#inElement) return false;
    if (this.#listDepth >= 0) {
      this.#inElement = this.#stack.length === this.#listDepth + 1;
      return this.#inElement;
    }
    if (isList && !this.found && this.#matched === this.#path.length && this.#stack.length === this.#path.length + 1) {
      this.#listDepth = this.#stack.length;
      this.found = true;
    }
    return false;
  }

  /** True when an item ends. */
  #close(): boolean {
    this.#stack.pop();
    const depth = this.#stack.length;
    if (this.#inElement) return depth === this.#listDepth;
    if (this.#listDepth >= 0 && depth < this.#listDepth) {
      this.#listDepth = -1;
      this.whole = true;
    }
    if (depth < this.#matched) this.#matched = depth;
    return false;
  }

  #member(): void {
    const depth = this.#stack.length;
    if (this.#matched >= depth) this.#matched = depth - 1;
    if (this.#matched !== depth - 1) return;
    if (Buffer.from(this.#name).toString('latin1') === this.#path[depth - 1]) this.#matched = depth;
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#most) {
      this.#tooLarge = true;
      this.#parts = [];
    }
    // The memory of a chunk is filled again with the next.
    if (!this.#tooLarge) this.#parts.push(Buffer.from(part));
  }

  #emit(last: Buffer): void {
    this.#inElement = false;
    const element = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    const fits = !this.#tooLarge && element.length <= this.#most;
    this.#onElement(fits ? element : null, this.#index);
    this.#index += 1;
    this.#parts = [];
    this.#bytes = 0;
    this.#tooLarge = false;
  }
}
