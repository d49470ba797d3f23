/** How a language writes what stands between double quotes. Beyond what is said here, all do so like C. */
export interface Dialect {
  /** Characters beyond ASCII that a terminal shows are written as they are. */
  unicode: boolean;
  /** One code point that is not written as it is. */
  escape: (code: number) => string;
  /** Characters that mean something inside the quotes, beside `"` and `\`. */
  special?: RegExp;
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

/** The escape of each UTF-16 unit, for languages whose text is made of them. */
function units(code: number): string {
  const text = String.fromCodePoint(code);
  return Array.from({ length: text.length }, (_, at) => `\\u${hex(text.charCodeAt(at), 4)}`).join('');
}

export const dialects = {
  javascript: { unicode: true, escape: (code) => (code <= 0xff ? `\\x${hex(code, 2)}` : units(code)) },
  python: {
    unicode: true,
    escape: (code) => (code <= 0xff ? `\\x${hex(code, 2)}` : code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`),
  },
  go: {
    unicode: true,
    escape: (code) => (code <= 0x7f ? `\\x${hex(code, 2)}` : code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`),
  },
  // Java reads \uXXXX before anything else, so \u000a would be a line end inside the quotes; and its compiler guesses the file's encoding.
  java: { unicode: false, escape: (code) => (code < 0x20 ? `\\${code.toString(8).padStart(3, '0')}` : units(code)) },
  csharp: { unicode: true, escape: units },
  php: {
    unicode: true,
    escape: (code) => (code <= 0x7f ? `\\x${hex(code, 2)}` : `\\u{${code.toString(16)}}`),
    special: /\$/g,
  },
} satisfies Record<string, Dialect>;

/** Characters that hide or turn text: source that is pasted must show what it does (CVE-2021-42574). */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/u;

/** Text in double quotes. */
export function literal(text: string, dialect: Dialect): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') out += `\\${character}`;
    else if (character === '\n') out += '\\n';
    else if (character === '\r') out += '\\r';
    else if (character === '\t') out += '\\t';
    else if (code >= 0x20 && code < 0x7f)
      out += dialect.special === undefined ? character : character.replace(dialect.special, '\\$&');
    else out += dialect.unicode && !invisible.test(character) ? character : dialect.escape(code);
  }
  return `"${out}"`;
}

/** Lines above which a text is written as one literal. */
const SPLIT_LINES = 200;

/** A text as literals, one a line of it, joined by the language's operator. */
export function lines(text: string, dialect: Dialect, join: string): string {
  const parts = text.split(/(?<=\n)/);
  if (parts.length < 2 || parts.length > SPLIT_LINES) return literal(text, dialect);
  return parts.map((part) => literal(part, dialect)).join(join);
}

/** Bytes, held as latin-1, as a literal of bytes: for languages (Go, PHP) whose text is made of bytes. */
export function byteLiteral(latin1: string): string {
  let out = '';
  for (const byte of Buffer.from(latin1, 'latin1')) {
    const character = String.fromCodePoint(byte);
    if (character === '"' || character === '\\' || character === '$') out += character === '$' ? '\\x24' : `\\${character}`;
    else out += byte >= 0x20 && byte < 0x7f ? character : `\\x${hex(byte, 2)}`;
  }
  return `"${out}"`;
}
