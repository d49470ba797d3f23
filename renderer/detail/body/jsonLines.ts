/**
 * Pretty-prints JSON without parsing it into objects: numbers keep all their digits, keys their order and their duplicates, and ten
 * megabytes become a few flat arrays instead of millions of objects. A line points into the text; nothing is copied.
 */

/** Numbers of one line in `JsonLines.data`. */
export const STRIDE = 7;

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

const COMMA = 0x100;

export interface JsonLines {
  /** Per line: depth, kind and comma flag, key from, key to (0, 0 without a key), value from, value to, and for an opening line its closing line. */
  data: Int32Array<ArrayBuffer>;
  count: number;
  /** Characters of the longest line, indentation included. */
  widest: number;
}

export interface JsonLine {
  depth: number;
  kind: number;
  comma: boolean;
  keyFrom: number;
  keyTo: number;
  valueFrom: number;
  valueTo: number;
  /** The line that closes what this one opens; -1 for others. */
  close: number;
}

export function lineAt(lines: JsonLines, index: number): JsonLine {
  const at = index * STRIDE;
  const { data } = lines;
  const kind = data[at + 1] ?? 0;
  return {
    depth: data[at] ?? 0,
    kind: kind & 0xff,
    comma: (kind & COMMA) !== 0,
    keyFrom: data[at + 2] ?? 0,
    keyTo: data[at + 3] ?? 0,
    valueFrom: data[at + 4] ?? 0,
    valueTo: data[at + 5] ?? 0,
    close: data[at + 6] ?? -1,
  };
}

const WHITE = /[ \t\n\r\ufeff]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ATOM = /true|false|null/y;

/** Deeper than this nobody nests on purpose. */
const MOST_DEPTH = 2_000;
/** Characters of a value that a line shows. */
const SHOWN_CHARS = 2_000;

class Builder {
  data = new Int32Array(1_024 * STRIDE);
  count = 0;
  widest = 0;

  add(depth: number, kind: number, key: readonly [number, number], from: number, to: number): number {
    if ((this.count + 1) * STRIDE > this.data.length) {
      const larger = new Int32Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data.set([depth, kind, key[0], key[1], from, to, -1], this.count * STRIDE);
    this.widest = Math.max(this.widest, depth * 2 + (key[1] - key[0]) + Math.min(SHOWN_CHARS, to - from) + 6);
    return this.count++;
  }

  comma(line: number): void {
    const at = line * STRIDE + 1;
    this.data[at] = (this.data[at] ?? 0) | COMMA;
  }

  close(open: number, line: number): void {
    this.data[open * STRIDE + 6] = line;
  }
}

const NO_KEY: readonly [number, number] = [0, 0];

/** The lines of a JSON text, or of several JSON texts one after the other; null when it is not JSON. */
export function jsonLines(text: string): JsonLines | null {
  const built = new Builder();
  /** Opening lines of what is open, and whether each is an object. */
  const open: { line: number; object: boolean }[] = [];
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };

  for (;;) {
    skip(WHITE);
    if (at >= text.length && open.length === 0) break;
    // One value, with its key when it is a member of an object.
    let key = NO_KEY;
    if (open.at(-1)?.object === true) {
      const from = at;
      if (text[at] !== '"' || !skip(STRING)) return null;
      key = [from, at];
      skip(WHITE);
      if (text[at] !== ':') return null;
      at += 1;
      skip(WHITE);
    }
    const from = at;
    const character = text[at];
    let line: number;
    if (character === '{' || character === '[') {
      const object = character === '{';
      at += 1;
      skip(WHITE);
      if (text[at] === (object ? '}' : ']')) {
        at += 1;
        line = built.add(open.length, object ? LineKind.emptyObject : LineKind.emptyArray, key, from, at);
      } else {
        line = built.add(open.length, object ? LineKind.openObject : LineKind.openArray, key, from, from + 1);
        open.push({ line, object });
        if (open.length > MOST_DEPTH) return null;
        continue;
      }
    } else {
      const kind =
        character === '"'
          ? LineKind.string
          : character === 't' || character === 'f' || character === 'n'
            ? LineKind.atom
            : LineKind.number;
      if (!skip(kind === LineKind.string ? STRING : kind === LineKind.atom ? ATOM : NUMBER)) return null;
      line = built.add(open.length, kind, key, from, at);
    }
    // What follows it: a comma, or the end of one or more of what is open.
    for (;;) {
      const parent = open.at(-1);
      if (parent === undefined) break;
      skip(WHITE);
      if (text[at] === ',') {
        built.comma(line);
        at += 1;
        break;
      }
      if (text[at] !== (parent.object ? '}' : ']')) return null;
      open.pop();
      line = built.add(open.length, parent.object ? LineKind.closeObject : LineKind.closeArray, NO_KEY, at, at + 1);
      built.close(parent.line, line);
      at += 1;
    }
  }
  if (built.count === 0) return null;
  return { data: built.data.slice(0, built.count * STRIDE), count: built.count, widest: built.widest };
}

/** The path of what stands in a line, such as `$.items[3].name`. */
export function pathOf(text: string, lines: JsonLines, index: number): string {
  const parts: string[] = [];
  let at = index;
  const own = lineAt(lines, at);
  if (own.kind === LineKind.closeObject || own.kind === LineKind.closeArray) {
    // The closing line stands for what it closes.
    while (at > 0 && lineAt(lines, at).close !== index) at -= 1;
  }
  while (at >= 0) {
    const line = lineAt(lines, at);
    if (line.depth === 0) break;
    let position = 0;
    let parent = at - 1;
    for (; parent >= 0; parent -= 1) {
      const other = lineAt(lines, parent);
      if (other.depth < line.depth) break;
      const closing = other.kind === LineKind.closeObject || other.kind === LineKind.closeArray;
      if (other.depth === line.depth && !closing) position += 1;
    }
    if (line.keyTo > line.keyFrom) {
      const key: unknown = JSON.parse(text.slice(line.keyFrom, line.keyTo));
      parts.unshift(typeof key === 'string' && /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);
    } else {
      parts.unshift(`[${position}]`);
    }
    at = parent;
  }
  return `$${parts.join('')}`;
}

/** The text of the value in a line, with everything that it opens. */
export function valueOf(text: string, lines: JsonLines, index: number): string {
  const line = lineAt(lines, index);
  if (line.close < 0) return text.slice(line.valueFrom, line.valueTo);
  return text.slice(line.valueFrom, lineAt(lines, line.close).valueTo);
}

/** The line in which a position of the text stands. */
export function lineOfOffset(lines: JsonLines, offset: number): number {
  let low = 0;
  let high = lines.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const line = lineAt(lines, middle);
    const from = line.keyTo > line.keyFrom ? line.keyFrom : line.valueFrom;
    if (from <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
