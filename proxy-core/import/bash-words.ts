import { bytesOf, type CommandLine, MORE } from './words.ts';

/** Takes a command line apart as bash and zsh do. Nothing is expanded: variables and the like stay as they are written, and are named. */
export function bashWords(command: string): CommandLine {
  return new BashReader(bytesOf(command)).read();
}

class BashReader {
  readonly #text: string;
  #at = 0;
  readonly #notes = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  read(): CommandLine {
    const words: string[] = [];
    for (;;) {
      this.#skipBlanks();
      const character = this.#text[this.#at];
      if (character === undefined) break;
      if (/[\n;|&<>()]/.test(character)) {
        // Line ends before the command are nothing.
        if (character === '\n' && words.length === 0) {
          this.#at += 1;
          continue;
        }
        const rest = this.#text.slice(this.#at).trim();
        if (/^[<>]|^&>/.test(rest)) this.#notes.add('A redirection (< or >) is not followed.');
        else if (rest !== '' && rest !== ';') this.#notes.add(MORE);
        break;
      }
      words.push(this.#word());
    }
    return { words, stdin: null, notes: [...this.#notes] };
  }

  #skipBlanks(): void {
    for (;;) {
      const blank = /^(?:[ \t\r]|\\\r?\n)+/.exec(this.#text.slice(this.#at, this.#at + 4_096))?.[0].length ?? 0;
      const comment = this.#text[this.#at + blank] === '#' ? /^#[^\n]*/.exec(this.#text.slice(this.#at + blank))?.[0].length : 0;
      const length = blank + (comment ?? 0);
      if (length === 0) return;
      this.#at += length;
    }
  }

  #word(): string {
    let word = '';
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || /[\s;|&<>()]/.test(character)) return word;
      this.#at += 1;
      if (character === "'") word += this.#until("'");
      else if (character === '"') word += this.#double();
      else if (character === '\\') {
        if (/^\r?\n/.test(this.#text.slice(this.#at, this.#at + 2))) this.#at += this.#text[this.#at] === '\r' ? 2 : 1;
        else word += this.#take();
      } else if (character === '$' && this.#text[this.#at] === "'") {
        this.#at += 1;
        word += this.#ansi();
      } else if (character === '$' && this.#text[this.#at] === '"') {
        this.#at += 1;
        word += this.#double();
      } else {
        this.#expansion(character);
        word += character;
      }
    }
  }

  #take(): string {
    const character = this.#text[this.#at] ?? '';
    this.#at += 1;
    return character;
  }

  #until(quote: string): string {
    const end = this.#text.indexOf(quote, this.#at);
    if (end < 0) this.#unclosed(quote);
    const stop = end < 0 ? this.#text.length : end;
    const text = this.#text.slice(this.#at, stop);
    this.#at = stop + 1;
    return text;
  }

  #double(): string {
    let text = '';
    for (;;) {
      const character = this.#text[this.#at];
      this.#at += 1;
      if (character === undefined) {
        this.#unclosed('"');
        return text;
      }
      if (character === '"') return text;
      if (character !== '\\') {
        this.#expansion(character);
        text += character;
        continue;
      }
      const next = this.#take();
      // Inside double quotes a backslash is plain unless one of these follows.
      if (next !== '\n') text += /["\\$`]/.test(next) ? next : `\\${next}`;
    }
  }

  /** `$'…'`: escapes as in C. */
  #ansi(): string {
    let text = '';
    for (;;) {
      const character = this.#text[this.#at];
      this.#at += 1;
      if (character === undefined) {
        this.#unclosed("'");
        return text;
      }
      if (character === "'") return text;
      text += character === '\\' ? this.#escape() : character;
    }
  }

  #escape(): string {
    const rest = this.#text.slice(this.#at, this.#at + 12);
    const byte = /^(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/.exec(rest);
    if (byte !== null) {
      this.#at += byte[0].length;
      const value = byte[1] === undefined ? Number.parseInt(byte[2] ?? '', 8) : Number.parseInt(byte[1], 16);
      return String.fromCharCode(value & 0xff);
    }
    const character = /^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest);
    if (character !== null) {
      this.#at += character[0].length;
      const code = Number.parseInt(character[1] ?? character[2] ?? '', 16);
      return code > 0x10ffff ? '' : this.#unit(code);
    }
    const control = /^c([\x40-\x7f])/.exec(rest);
    if (control !== null) {
      this.#at += 2;
      return String.fromCharCode((control[1] ?? '').charCodeAt(0) & 0x1f);
    }
    const next = this.#take();
    return escapes[next] ?? (/['"\\?]/.test(next) ? next : `\\${next}`);
  }

  /** Browsers write characters beyond U+FFFF as two escapes (UTF-16), which no shell would join. */
  #unit(code: number): string {
    if (code < 0xd800 || code > 0xdbff) return bytesOf(String.fromCodePoint(code));
    const low = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(this.#text.slice(this.#at, this.#at + 6));
    if (low === null) return bytesOf('\ufffd');
    this.#at += 6;
    return bytesOf(String.fromCharCode(code, Number.parseInt(low[1] ?? '', 16)));
  }

  #expansion(character: string): void {
    if (character === '`') this.#notes.add('A command in backticks is not run: it stays as it is written.');
    if (character !== '$') return;
    const name = /^(?:\{[^}]*\}|\([^)]*\)|\w+)/.exec(this.#text.slice(this.#at, this.#at + 200))?.[0];
    if (name !== undefined)
      this.#notes.add(`The shell’s variable or command $${name} is not filled in: it stays as it is written.`);
  }

  #unclosed(quote: string): void {
    this.#notes.add(`A quote (${quote}) is not closed, so the end of the command may be missing.`);
  }
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
};
