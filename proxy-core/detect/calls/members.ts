import { eachJsonToken } from '../../wire/json-tokens.ts';
import { readBody } from '../../wire/read-body.ts';
import type { MessageFacts } from '../facts.ts';

/** Bytes of an answer that are searched for an error. */
const ANSWER_BYTES = 64 * 1024;
/** Characters of a value that are returned. */
const VALUE_CHARS = 2_048;

/**
 * The value of a member of the JSON object that a text is or begins with, or of the first object of the array that it is: its own text, as far as it is there. Undefined when
 * there is no such member at the top. The text may be cut off anywhere.
 */
export function topMember(text: string, name: string): string | undefined {
  const quoted = JSON.stringify(name);
  // Most texts have no such name anywhere, and that is soon seen.
  if (!text.includes(quoted)) return undefined;
  const top = /^\s*\[/.test(text) ? 2 : 1;
  let depth = 0;
  let named = false;
  let found = -1;
  eachJsonToken(text, (start, end, code) => {
    if (found >= 0) return;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (named) found = start;
      depth += 1;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    else if (code === COLON) return;
    else if (named) found = start;
    named =
      code === QUOTE && depth === top && found < 0 && text.slice(start, end) === quoted && /^\s*:/.test(text.slice(end, end + 20));
  });
  return found < 0 ? undefined : text.slice(found, found + VALUE_CHARS);
}

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** The text of a member's value when that is a string without escapes; otherwise empty. */
export function stringOf(value: string | undefined): string {
  return value === undefined ? '' : (/^"([^"\\]*)"/.exec(value)?.[1] ?? '');
}

/** An answer's body as text, decoded, as far as errors are looked for in it. */
export function answerText(response: MessageFacts): string {
  const { body } = response;
  if (body.length === 0) return '';
  const plain = !response.headers.has('content-encoding') && !response.headers.has('transfer-encoding');
  const { bytes } = plain ? { bytes: body } : readBody(body, response.head.headers, 'decoded', ANSWER_BYTES);
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, ANSWER_BYTES)).toString('latin1');
}
