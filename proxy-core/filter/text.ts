import { assertNever } from '../errors.ts';
import { limits } from '../limits.ts';
import type { TextTest } from './ast.ts';

/** A test of a text, ready to be run often. */
export type TextMatcher = (text: string) => boolean;

/** Lower case of ASCII letters only: what SQLite's LIKE and NOCASE do, so that SQL and predicate agree on every alphabet. */
export function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** A pattern that finds `text` as it is, whatever the case of ASCII letters. It cannot backtrack. */
export function literalPattern(text: string): RegExp {
  const source = text.replaceAll(/[\s\S]/g, (character) => {
    if (/[a-z]/i.test(character)) return `[${character.toLowerCase()}${character.toUpperCase()}]`;
    return /\w/.test(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  // oxlint-disable-next-line unicorn/prefer-string-raw -- the escapes are made above
  return new RegExp(source);
}

export function textMatcher(test: TextTest): TextMatcher {
  switch (test.op) {
    case 'contains': {
      const pattern = literalPattern(test.text);
      return (text) => pattern.test(text);
    }
    case 'equals': {
      const wanted = asciiLower(test.text);
      return (text) => text.length === wanted.length && asciiLower(text) === wanted;
    }
    case 'matches':
      return (text) => matches(test.pattern, text);
    default:
      return assertNever(test);
  }
}

/** Runs a user's regular expression on the beginning of a text: what it costs may grow faster than the text. */
export function matches(pattern: RegExp, text: string): boolean {
  return pattern.test(text.length > limits.regexSubjectChars ? text.slice(0, limits.regexSubjectChars) : text);
}

/** A test of the bytes of a body. What is searched for is UTF-8; a regular expression sees decoded text. */
export function bodyMatcher(test: TextTest): (body: Buffer) => boolean {
  switch (test.op) {
    case 'contains': {
      // Byte for byte, as latin-1: no decoding of megabytes, and a body that is no valid UTF-8 can be searched too.
      const pattern = literalPattern(Buffer.from(test.text).toString('latin1'));
      return (body) => pattern.test(body.toString('latin1'));
    }
    case 'equals': {
      const matcher = textMatcher(test);
      return (body) => body.length <= limits.filterChars * 4 && matcher(body.toString());
    }
    case 'matches':
      // A character takes up to four bytes.
      return (body) => matches(test.pattern, body.subarray(0, limits.regexSubjectChars * 4).toString());
    default:
      return assertNever(test);
  }
}
