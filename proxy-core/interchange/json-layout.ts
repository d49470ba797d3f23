import { eachJsonToken } from '../wire/json-tokens.ts';

/** Layout of JSON texts. Tokens stay as they are, so that numbers keep their digits and strings their escapes. */

/** Levels up to which a text is laid out: the white space of each grows with its depth. */
const DEEPEST = 100;

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);

/** True for a JSON object or list. */
export function isJsonContainer(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // Not JSON.
  }
}

/** Without white space between tokens. The text must be JSON. */
export function compactJson(text: string): string {
  const out: string[] = [];
  eachJsonToken(text, (start, end) => out.push(text.slice(start, end)));
  return out.join('');
}

/** With two spaces a level, as `JSON.stringify` lays it out; as it is where it is too deep for that. The text must be JSON. */
export function prettyJson(text: string): string {
  const out: string[] = [];
  let depth = 0;
  let deepest = 0;
  let before = 0;
  eachJsonToken(text, (start, end, code) => {
    if (CLOSE.has(code)) depth -= 1;
    const empty = CLOSE.has(code) && OPEN.has(before);
    if ((CLOSE.has(code) || OPEN.has(before) || before === COMMA) && !empty && before !== 0 && depth <= DEEPEST) {
      out.push('\n', '  '.repeat(depth));
    }
    out.push(code === COLON ? ': ' : text.slice(start, end));
    if (OPEN.has(code)) depth += 1;
    deepest = Math.max(deepest, depth);
    before = code;
  });
  return deepest > DEEPEST ? text : out.join('');
}
