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

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ATOM = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const COMMA_SIGN = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Deeper than this nobody nests on purpose. */
const MOST_DEPTH = 2_000;
/** Characters of a value that a line shows. */
const SHOWN_CHARS = 2_000;

class Builder {
  data = new Int32Array(1_024 * STRIDE);
  count = 0;
  widest = 0;

  add(depth: number, kind: number, keyFrom: number, keyTo: number, from: number, to: number): number {
    let at = this.count * STRIDE;
    if (at + STRIDE > this.data.length) {
      const larger = new Int32Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    const { data } = this;
    data[at++] = depth;
    data[at++] = kind;
    data[at++] = keyFrom;
    data[at++] = keyTo;
    data[at++] = from;
    data[at++] = to;
    data[at] = -1;
    const width = depth * 2 + (keyTo - keyFrom) + Math.min(SHOWN_CHARS, to - from) + 6;
    if (width > this.widest) this.widest = width;
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

/** Where white space ends. */
function afterSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== 0x0a && code !== 0x0d && code !== 0x09 && code !== 0xfeff) return at;
    at += 1;
  }
}

/** Where what the pattern describes ends; -1 where it does not stand. */
function afterPattern(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Where a string ends that begins with the quote at `from`; -1 when it does not end, or is wrong. */
function afterString(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) {
      at = afterPattern(ESCAPE, text, at);
      if (at < 0) return -1;
    } else if (code >= SPACE) {
      at += 1;
    } else {
      // A control character, or (not a number) the end of the text.
      return -1;
    }
  }
}

/** What kind of value begins with a character, and where it ends; -1 when it is none. */
function scalar(text: string, from: number): { kind: number; to: number } {
  const code = text.charCodeAt(from);
  if (code === QUOTE) return { kind: LineKind.string, to: afterString(text, from) };
  // t, f, n
  if (code === 0x74 || code === 0x66 || code === 0x6e) return { kind: LineKind.atom, to: afterPattern(ATOM, text, from) };
  return { kind: LineKind.number, to: afterPattern(NUMBER, text, from) };
}

/** The lines of a JSON text, or of several JSON texts one after the other; null when it is not JSON. */
export function jsonLines(text: string): JsonLines | null {
  const built = new Builder();
  /** Opening lines of what is open, and whether each is an object. */
  const open: { line: number; object: boolean }[] = [];
  let at = 0;

  for (;;) {
    at = afterSpace(text, at);
    if (at >= text.length && open.length === 0) break;
    // One value, with its key when it is a member of an object.
    let keyFrom = 0;
    let keyTo = 0;
    if (open.at(-1)?.object === true) {
      if (text.charCodeAt(at) !== QUOTE) return null;
      keyFrom = at;
      keyTo = afterString(text, at);
      if (keyTo < 0) return null;
      at = afterSpace(text, keyTo);
      if (text.charCodeAt(at) !== COLON) return null;
      at = afterSpace(text, at + 1);
    }
    const from = at;
    const first = text.charCodeAt(at);
    let line: number;
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      const object = first === OPEN_BRACE;
      at = afterSpace(text, at + 1);
      if (text.charCodeAt(at) !== (object ? CLOSE_BRACE : CLOSE_BRACKET)) {
        line = built.add(open.length, object ? LineKind.openObject : LineKind.openArray, keyFrom, keyTo, from, from + 1);
        open.push({ line, object });
        if (open.length > MOST_DEPTH) return null;
        continue;
      }
      at += 1;
      line = built.add(open.length, object ? LineKind.emptyObject : LineKind.emptyArray, keyFrom, keyTo, from, at);
    } else {
      const { kind, to } = scalar(text, at);
      if (to < 0) return null;
      at = to;
      line = built.add(open.length, kind, keyFrom, keyTo, from, to);
    }
    // What follows it: a comma, or the end of one or more of what is open.
    for (;;) {
      const parent = open.at(-1);
      if (parent === undefined) break;
      at = afterSpace(text, at);
      const code = text.charCodeAt(at);
      if (code === COMMA_SIGN) {
        built.comma(line);
        at += 1;
        break;
      }
      if (code !== (parent.object ? CLOSE_BRACE : CLOSE_BRACKET)) return null;
      open.pop();
      line = built.add(open.length, parent.object ? LineKind.closeObject : LineKind.closeArray, 0, 0, at, at + 1);
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
