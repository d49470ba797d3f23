import { afterSpace, JsonLines, LineKind } from './jsonLines.ts';

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ATOM = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
/** What an escape, a word or a number begins with, and no more of it. */
const BEGINNING = /^(?:\\(?:u[0-9a-fA-F]{0,3})?|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?|-)$/;
/** A number at the end of a text that was cut may have had more of this. */
const MORE_OF_NUMBER = /^(?:\.|[eE][+-]?)?$/;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const COMMA_SIGN = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Lines that are kept, 200 MB of them: JSON that is nothing but commas and digits would take many times its own size. */
const MOST_LINES = 10_000_000;
/** Lines between two words about how far it is. */
const TELL_LINES = 50_000;

/** Where what the pattern describes ends; where it does not stand, `-1 - from`. */
function afterPattern(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : -1 - from;
}

/** Where a string ends that begins with the quote at `from`; `-1 - at` when it is wrong, or has no end, at `at`. */
function afterString(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) {
      const to = afterPattern(ESCAPE, text, at);
      if (to < 0) return to;
      at = to;
    } else if (code >= SPACE) {
      at += 1;
    } else {
      // A control character, or (not a number) the end of the text.
      return -1 - at;
    }
  }
}

/** What kind of value begins with a character, and where it ends; `-1 - at` when it is none. */
function scalar(text: string, from: number): { kind: number; to: number } {
  const code = text.charCodeAt(from);
  if (code === QUOTE) return { kind: LineKind.string, to: afterString(text, from) };
  // t, f, n
  if (code === 0x74 || code === 0x66 || code === 0x6e) return { kind: LineKind.atom, to: afterPattern(ATOM, text, from) };
  return { kind: LineKind.number, to: afterPattern(NUMBER, text, from) };
}

/** How far lines go: to the end; to where the text was cut; to where there are too many. */
export type LinesEnd = 'whole' | 'cut' | 'long';

export interface ParsedLines {
  lines: JsonLines;
  end: LinesEnd;
}

interface Open {
  line: number;
  object: boolean;
  entries: number;
}

class Parser {
  readonly lines: JsonLines;
  readonly #text: string;
  /** Opening lines of what is open, whether each is an object, and how many entries it has so far. */
  readonly #open: Open[] = [];
  readonly #most: number;
  /** The text is only the beginning of one. */
  readonly #cut: boolean;
  #at = 0;
  /** Where the last whole value, or opening sign, ends. */
  #wholeTo = 0;

  constructor(text: string, cut: boolean, most: number) {
    this.#text = text;
    this.#cut = cut;
    this.#most = most;
    this.lines = new JsonLines(text);
  }

  /** Reads all of it, or as far as it is JSON. */
  read(tell: (share: number) => void): 'whole' | 'long' | 'wrong' {
    const { lines } = this;
    let told = TELL_LINES;
    for (;;) {
      this.#at = afterSpace(this.#text, this.#at);
      if (this.#at >= this.#text.length && this.#open.length === 0) return 'whole';
      if (lines.count >= this.#most) return 'long';
      if (!this.#value()) return 'wrong';
      if (lines.count >= told) {
        told = lines.count + TELL_LINES;
        tell(this.#at / this.#text.length);
      }
    }
  }

  /** One value, with its key when it is a member of an object, and the signs after it. */
  #value(): boolean {
    const text = this.#text;
    const within = this.#open.at(-1);
    const start = this.#at;
    let key: number | null = null;
    if (within?.object === true) {
      if (text.charCodeAt(start) !== QUOTE) return false;
      key = afterString(text, start);
      if (key < 0) return this.#wrong(key);
      this.#at = afterSpace(text, key);
      if (text.charCodeAt(this.#at) !== COLON) return false;
      this.#at = afterSpace(text, this.#at + 1);
    }
    const position = within?.entries ?? 0;
    const from = this.#at;
    const first = text.charCodeAt(from);
    const place = { parent: within?.line ?? -1, depth: this.#open.length, start, key, position, from };
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      const object = first === OPEN_BRACE;
      const next = afterSpace(text, from + 1);
      if (text.charCodeAt(next) !== (object ? CLOSE_BRACE : CLOSE_BRACKET)) {
        const line = this.lines.add({ ...place, kind: object ? LineKind.openObject : LineKind.openArray, to: from + 1 });
        this.#open.push({ line, object, entries: 0 });
        this.#at = next;
        this.#wholeTo = from + 1;
        return true;
      }
      this.#at = next + 1;
      return this.#follow(this.lines.add({ ...place, kind: object ? LineKind.emptyObject : LineKind.emptyArray, to: next + 1 }));
    }
    const { kind, to } = scalar(text, from);
    if (to < 0) return this.#wrong(to);
    if (kind === LineKind.number && this.#cut && text.length - to < 3 && MORE_OF_NUMBER.test(text.slice(to)))
      return this.#wrong(-1 - text.length);
    this.#at = to;
    return this.#follow(this.lines.add({ ...place, kind, to }));
  }

  /** What follows a value: a comma, or the end of one or more of what is open. */
  #follow(value: number): boolean {
    const text = this.#text;
    let line = value;
    for (;;) {
      this.#wholeTo = this.#at;
      const parent = this.#open.at(-1);
      if (parent === undefined) return true;
      this.#at = afterSpace(text, this.#at);
      const code = text.charCodeAt(this.#at);
      if (code === COMMA_SIGN) {
        this.lines.comma(line);
        parent.entries += 1;
        this.#at += 1;
        return true;
      }
      if (code !== (parent.object ? CLOSE_BRACE : CLOSE_BRACKET)) return false;
      line = this.#close(parent, this.#at);
      this.#at += 1;
    }
  }

  #close({ line: open, object }: Open, from: number): number {
    this.#open.pop();
    const line = this.lines.add({
      parent: this.#open.at(-1)?.line ?? -1,
      depth: this.#open.length,
      kind: object ? LineKind.closeObject : LineKind.closeArray,
      start: from,
      key: null,
      position: 0,
      from,
      to: from + 1,
    });
    this.lines.pair(open, line);
    return line;
  }

  #wrong(place: number): false {
    this.#at = -1 - place;
    return false;
  }

  /** Nothing is wrong with what there is: it only stops too early. */
  stoppedAtEnd(): boolean {
    return this.#at >= this.#text.length || BEGINNING.test(this.#text.slice(this.#at, this.#at + 8));
  }

  /** Closes all that is open, where there is nothing that closes it. */
  closeAll(): void {
    for (let open = this.#open.at(-1); open !== undefined; open = this.#open.at(-1)) {
      this.lines.unended(this.#close(open, this.#wholeTo));
    }
  }
}

interface ParseOptions {
  /** The text is only the beginning of one: its lines go as far as its values are whole. */
  cut?: boolean;
  tell?: (share: number) => void;
  /** Lines that are kept. */
  most?: number;
}

/** The lines of a JSON text, or of several JSON texts one after the other; null when it is not JSON. */
export function jsonLines(
  text: string,
  { cut = false, tell = () => undefined, most = MOST_LINES }: ParseOptions = {},
): ParsedLines | null {
  const parser = new Parser(text, cut, most);
  const end = parser.read(tell);
  const { lines } = parser;
  if (lines.count === 0 || (end === 'wrong' && !(cut && parser.stoppedAtEnd()))) return null;
  if (end !== 'whole') parser.closeAll();
  return { lines, end: end === 'long' ? 'long' : cut ? 'cut' : 'whole' };
}
