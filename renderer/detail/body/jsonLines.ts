/**
 * The lines of a pretty-printed JSON text, without the text being parsed into objects: numbers keep all their digits, keys their order and
 * their duplicates, and fifty megabytes become a few flat arrays instead of millions of objects. A line points into the text; nothing is copied.
 */

/** Numbers of one line. */
const STRIDE = 5;
/** Lines that are kept together: growing never copies what is there already. */
const SEGMENT_BITS = 16;
const SEGMENT_LINES = 1 << SEGMENT_BITS;

export const LineKind = {
  string: 0,
  number: 1,
  /** true, false, null */
  atom: 2,
  openObject: 3,
  openArray: 4,
  closeObject: 5,
  closeArray: 6,
  emptyObject: 7,
  emptyArray: 8,
} as const;

const KIND_BITS = 0xf;
const COMMA = 0x10;
const KEYED = 0x20;
const UNENDED = 0x40;
const DEPTH_SHIFT = 7;

export interface JsonLine {
  depth: number;
  kind: number;
  comma: boolean;
  keyFrom: number;
  /** Equal to `keyFrom` where there is no key. */
  keyTo: number;
  valueFrom: number;
  valueTo: number;
  /** The line that closes what this one opens; -1 for others. */
  close: number;
  /** The line that opens what this one closes; -1 for others. */
  open: number;
  /** The line that opens what this one stands in; -1 at the top. */
  parent: number;
  /** Place in its list, for what has no key. */
  position: number;
  /** Closes what has no end in the text. */
  unended: boolean;
}

/** Characters of a value that a line shows. */
export const SHOWN_CHARS = 2_000;

/** Where white space ends. */
export function afterSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09 && code !== 0xfeff) return at;
    at += 1;
  }
}

/** Twenty bytes a line. */
export class JsonLines {
  readonly text: string;
  count = 0;
  /** Characters of the longest line, indentation included. */
  widest = 0;
  /** Per line: depth and flags; where key or value begin; end of the key, or position in the list; end of the value, or the line at the other end; parent. */
  readonly #segments: Int32Array[] = [];

  constructor(text: string) {
    this.text = text;
  }

  #number(line: number, which: number): number {
    return this.#segments[line >> SEGMENT_BITS]?.[(line & (SEGMENT_LINES - 1)) * STRIDE + which] ?? 0;
  }

  #set(line: number, which: number, value: number): void {
    const segment = this.#segments[line >> SEGMENT_BITS];
    if (segment !== undefined) segment[(line & (SEGMENT_LINES - 1)) * STRIDE + which] = value;
  }

  /** Adds a line; `key` is where a key ends that begins at `start`, null for a value at `position` of a list. */
  add(line: {
    parent: number;
    depth: number;
    kind: number;
    start: number;
    key: number | null;
    position: number;
    from: number;
    to: number;
  }): number {
    const index = this.count;
    const within = (index & (SEGMENT_LINES - 1)) * STRIDE;
    let segment = this.#segments[index >> SEGMENT_BITS];
    if (segment === undefined) {
      segment = new Int32Array(SEGMENT_LINES * STRIDE);
      this.#segments.push(segment);
    }
    const { parent, depth, kind, start, key, position, from, to } = line;
    segment[within] = (depth << DEPTH_SHIFT) | kind | (key === null ? 0 : KEYED);
    segment[within + 1] = key === null ? from : start;
    segment[within + 2] = key ?? position;
    segment[within + 3] = to;
    segment[within + 4] = parent;
    const width = depth * 2 + (key === null ? 0 : key - start) + Math.min(SHOWN_CHARS, to - from) + 6;
    if (width > this.widest) this.widest = width;
    this.count += 1;
    return index;
  }

  comma(line: number): void {
    this.#set(line, 0, this.#number(line, 0) | COMMA);
  }

  /** Says which line closes which. */
  pair(open: number, close: number): void {
    this.#set(open, 3, close);
    this.#set(close, 3, open);
  }

  unended(line: number): void {
    this.#set(line, 0, this.#number(line, 0) | UNENDED);
  }

  depthAt(line: number): number {
    return this.#number(line, 0) >> DEPTH_SHIFT;
  }

  kindAt(line: number): number {
    return this.#number(line, 0) & KIND_BITS;
  }

  parentAt(line: number): number {
    return this.#number(line, 4);
  }

  /** First character of a line: of its key, where it has one. */
  startAt(line: number): number {
    return this.#number(line, 1);
  }

  /** The line that closes what a line opens; -1 when it opens nothing. */
  closeAt(line: number): number {
    const kind = this.kindAt(line);
    return kind === LineKind.openObject || kind === LineKind.openArray ? this.#number(line, 3) : -1;
  }

  at(line: number): JsonLine {
    const flags = this.#number(line, 0);
    const kind = flags & KIND_BITS;
    const keyed = (flags & KEYED) !== 0;
    const keyFrom = this.#number(line, 1);
    const second = this.#number(line, 2);
    const third = this.#number(line, 3);
    const opens = kind === LineKind.openObject || kind === LineKind.openArray;
    const closes = kind === LineKind.closeObject || kind === LineKind.closeArray;
    const unended = (flags & UNENDED) !== 0;
    // After a key there are a colon, and white space where anybody put it.
    const valueFrom = keyed ? afterSpace(this.text, afterSpace(this.text, second) + 1) : keyFrom;
    return {
      depth: flags >> DEPTH_SHIFT,
      kind,
      comma: (flags & COMMA) !== 0,
      keyFrom,
      keyTo: keyed ? second : keyFrom,
      valueFrom,
      valueTo: unended ? valueFrom : opens || closes ? valueFrom + 1 : third,
      close: opens ? third : -1,
      open: closes ? third : -1,
      parent: this.#number(line, 4),
      position: keyed ? 0 : second,
      unended,
    };
  }
}

/** Characters of a path that are put together: deeper ones are told by their end. */
const PATH_PARTS = 20_000;

/** The path of what stands in a line, such as `$.items[3].name`. Of one that is very deep the last parts, after an ellipsis. */
export function pathOf(lines: JsonLines, index: number): string {
  const parts: string[] = [];
  // The closing line stands for what it closes.
  const own = lines.at(index);
  let at = own.open >= 0 ? own.open : index;
  while (at >= 0 && lines.depthAt(at) > 0) {
    if (parts.length >= PATH_PARTS) {
      parts.push('…');
      break;
    }
    const line = lines.at(at);
    if (line.keyTo > line.keyFrom) {
      const key: unknown = JSON.parse(lines.text.slice(line.keyFrom, line.keyTo));
      parts.push(typeof key === 'string' && /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);
    } else {
      parts.push(`[${line.position}]`);
    }
    at = line.parent;
  }
  return `$${parts.toReversed().join('')}`;
}

/** The text of the value in a line, with everything that it opens (or closes). */
function valueOf(lines: JsonLines, index: number): string {
  const own = lines.at(index);
  const line = own.open >= 0 ? lines.at(own.open) : own;
  return lines.text.slice(line.valueFrom, line.close < 0 ? line.valueTo : lines.at(line.close).valueTo);
}

/** The value of a line: of a string what it says, of everything else how it stands in the text. */
export function plainValue(lines: JsonLines, index: number): string {
  const value = valueOf(lines, index);
  if (lines.kindAt(index) !== LineKind.string) return value;
  const said: unknown = JSON.parse(value);
  return typeof said === 'string' ? said : value;
}

/** The line in which a position of the text stands. */
export function lineOfOffset(lines: JsonLines, offset: number): number {
  let low = 0;
  let high = lines.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines.startAt(middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
