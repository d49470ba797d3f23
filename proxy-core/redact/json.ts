import { isSecretName, MASK } from './secrets.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * Calls back for each value of a JSON text whose name says that it is a secret, or that stands anywhere below such a name; replaces it, leaving
 * all else byte for byte.
 */
export function maskJson(text: string, onSecret: (name: string, value: string) => void): string {
  // Read token by token rather than parsed and written anew: numbers keep their digits, and white space and order of members stay as they
  // were. And by hand rather than by a regular expression: those overflow their stack on a string of 8 MB, and need minutes for an unclosed one.
  const secretNames = new Map<string, boolean>();
  const isSecret = (quoted: string): boolean => {
    const known = secretNames.get(quoted);
    if (known !== undefined) return known;
    const secret = isSecretName(unquote(quoted));
    secretNames.set(quoted, secret);
    return secret;
  };
  /** The string before the colon, quotes included. */
  let name = '';
  let afterColon = false;
  /** The name of the secret object or list that we are in, and the brackets open since. */
  let owner = '';
  const open: number[] = [];
  let out = '';
  let copied = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (isSpace(code) || code === COLON) {
      afterColon ||= code === COLON;
      at += 1;
      continue;
    }
    const isString = code === QUOTE;
    const end = isString ? stringEnd(text, at) : isPunctuation(code) ? at + 1 : wordEnd(text, at);
    const named = afterColon && name !== '' && isSecret(name);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (open.length === 0) owner = name;
      if (open.length > 0 || named) open.push(code);
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      open.pop();
    } else if (code !== COMMA && (named || (afterColon ? open.length > 0 : open.at(-1) === OPEN_BRACKET))) {
      const part = text.slice(at, end);
      if (part !== 'null') {
        onSecret(unquote(named ? name : owner), isString ? unquote(part) : part);
        out += `${text.slice(copied, at)}"${MASK}"`;
        copied = end;
      }
    }
    name = isString && !afterColon ? text.slice(at, end) : '';
    afterColon = false;
    at = end;
  }
  return copied === 0 ? text : out + text.slice(copied);
}

/** Behind the closing quote; the end of the text for a string that was cut off. */
function stringEnd(text: string, start: number): number {
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
function wordEnd(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isSpace(code) || isPunctuation(code) || code === COLON || code === QUOTE) break;
  }
  return at;
}

/** `{ } [ ] ,` */
function isPunctuation(code: number): boolean {
  return code === OPEN_BRACE || code === CLOSE_BRACE || code === OPEN_BRACKET || code === CLOSE_BRACKET || code === COMMA;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0;
}

function unquote(string: string): string {
  try {
    return String(JSON.parse(string));
  } catch {
    return string.slice(1, string.length > 1 && string.endsWith('"') ? -1 : undefined); // A bad escape: its raw characters are the best reading there is.
  }
}
