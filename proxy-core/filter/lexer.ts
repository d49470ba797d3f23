import { findField } from './fields.ts';
import { FilterProblem } from './problem.ts';

export type Operator = ':' | '=' | '!=' | '>' | '>=' | '<' | '<=' | '~';

/** A value as typed, without quotes and escapes. */
export interface Value {
  text: string;
  quoted: boolean;
  column: number;
}

export type Token =
  | { kind: '(' | ')' | '-' | 'and' | 'or' | 'not' | 'end'; column: number }
  | { kind: 'text'; column: number; value: Value }
  | {
      kind: 'condition';
      column: number;
      field: string;
      /** What stands in brackets: `header[name]`. */
      name: string | null;
      /** Null for `header[name]` alone. */
      operator: Operator | null;
      value: Value | null;
    };

const blank = /[ \t\r\n]*/y;
const keyword = /(and|or|not)(?=[\s()]|$)/iy;
const condition = /(grpc\.method|[a-z][a-z0-9_-]*)(?:\[([^\]\s]*)\])?(:(?:!=|>=|<=|[=><~])?|!=|>=|<=|[=><~])/iy;
const presence = /([a-z]+)\[([^\]\s]*)\](?=[\s)]|$)/iy;

/** Cuts a filter into tokens. Throws `FilterProblem`. */
export function tokens(text: string): Token[] {
  const lexer = new Lexer(text);
  const found: Token[] = [];
  for (;;) {
    const token = lexer.next();
    found.push(token);
    if (token.kind === 'end') return found;
  }
}

class Lexer {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    this.#match(blank);
    const column = this.#at;
    const character = this.#text[column];
    if (character === undefined) return { kind: 'end', column };
    if (character === '(' || character === ')') {
      this.#at += 1;
      return { kind: character, column };
    }
    if (character === '-' && /\S/.test(this.#text[column + 1] ?? '')) {
      this.#at += 1;
      return { kind: '-', column };
    }
    const word = this.#match(keyword);
    if (word !== null) return { kind: word[0].toLowerCase() as 'and' | 'or' | 'not', column };
    return this.#condition(column) ?? { kind: 'text', column, value: this.#value(false) };
  }

  #condition(column: number): Token | null {
    const match = this.#match(condition);
    if (match !== null) {
      const [, field = '', name = null, sign = ':'] = match;
      if (findField(field) === undefined) {
        throw new FilterProblem(`There is no field “${field}”. To search for the text, put it in quotes.`, column);
      }
      const operator = (sign.length > 1 && sign.startsWith(':') ? sign.slice(1) : sign) as Operator;
      if (/\s|\)|^$/.test(this.#text[this.#at] ?? '')) {
        throw new FilterProblem(`A value is expected after “${field}${sign}”.`, this.#at);
      }
      return { kind: 'condition', column, field: field.toLowerCase(), name, operator, value: this.#value(operator === '~') };
    }
    const alone = this.#match(presence);
    if (alone === null) return null;
    const [, field = '', name = null] = alone;
    if (findField(field) === undefined) {
      throw new FilterProblem(`There is no field “${field}”. To search for the text, put it in quotes.`, column);
    }
    return { kind: 'condition', column, field: field.toLowerCase(), name, operator: null, value: null };
  }

  /** Quoted, or everything up to a blank or a parenthesis that was not opened within it. */
  #value(pattern: boolean): Value {
    const column = this.#at;
    if (this.#text[column] === '"') return { text: this.#quoted(pattern), quoted: true, column };
    let depth = 0;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? '';
      if (/\s/.test(character)) break;
      if (character === '(') depth += 1;
      else if (character === ')' && depth-- === 0) break;
    }
    return { text: this.#text.slice(column, this.#at), quoted: false, column };
  }

  /** In a regular expression a backslash belongs to it, unless it stands before a quote. */
  #quoted(pattern: boolean): string {
    const start = this.#at;
    let text = '';
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? '';
      if (character === '"') {
        this.#at += 1;
        this.#separated();
        return text.toWellFormed();
      }
      text += character === '\\' ? this.#escaped(pattern) : character;
    }
    throw new FilterProblem('This quote is not closed.', start);
  }

  #escaped(pattern: boolean): string {
    const column = this.#at;
    this.#at += 1;
    const character = this.#text[this.#at] ?? '';
    if (character === '"') return '"';
    if (pattern) return `\\${character}`;
    switch (character) {
      case '\\':
        return '\\';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u':
        return this.#codeUnit(column);
      default:
        throw new FilterProblem('After a backslash, one of " \\ n r t u is expected; write \\\\ for a backslash.', column);
    }
  }

  #codeUnit(column: number): string {
    const digits = this.#text.slice(this.#at + 1, this.#at + 5);
    if (!/^[0-9a-f]{4}$/i.test(digits)) throw new FilterProblem('After \\u, four hexadecimal digits are expected.', column);
    if (digits === '0000') throw new FilterProblem('A NUL character cannot be searched for.', column);
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #separated(): void {
    const next = this.#text[this.#at];
    if (next === undefined || /[\s()]/.test(next)) return;
    throw new FilterProblem('A blank is expected after a closing quote.', this.#at);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }
}
