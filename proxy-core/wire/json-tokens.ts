/**
 * Tokens of a JSON text, found by hand: regular expressions overflow their stack on a string of 8 MB, and need minutes for an unclosed one.
 * A text that is no JSON is taken apart as well as can be; nothing throws, and each character is looked at once.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Calls back for each token with where it begins and ends; white space is none. */
export function eachJsonToken(text: string, token: (start: number, end: number, code: number) => void): void {
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (isJsonSpace(code)) {
      at += 1;
      continue;
    }
    const end =
      code === QUOTE ? jsonStringEnd(text, at) : isJsonPunctuation(code) || code === COLON ? at + 1 : jsonWordEnd(text, at);
    token(at, end, code);
    at = end;
  }
}

/** Behind the closing quote; the end of the text for a string that was cut off. */
export function jsonStringEnd(text: string, start: number): number {
  for (let from = start + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return text.length;
    let backslashes = 0;
    while (quote - backslashes > from && text.charCodeAt(quote - backslashes - 1) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

/** Behind a number, a word, or whatever else stands between punctuation. */
export function jsonWordEnd(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isJsonSpace(code) || isJsonPunctuation(code) || code === COLON || code === QUOTE) break;
  }
  return at;
}

/** `{ } [ ] ,` */
export function isJsonPunctuation(code: number): boolean {
  return code === 0x7b || code === 0x7d || code === 0x5b || code === 0x5d || code === 0x2c;
}

export function isJsonSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0;
}
