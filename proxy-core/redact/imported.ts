import { limits } from '../limits.ts';
import { isObject, type JsonObject, type JsonValue, objectAt, parseExact } from '../rrpair/exact-json.ts';
import { putMark } from '../rrpair/marks-in-files.ts';
import type { ImportedFacts, PairRecord } from '../rrpair/pair.ts';
import { eachJsonToken } from '../wire/json-tokens.ts';
import type { Masker, Work } from './mask.ts';

const statement = /^\s*(?:select|insert|update|delete|merge|alter|create|set|with|grant|call|replace|copy)\b/i;
const url = /^(?:[a-z][a-z0-9+.-]*:\/\/|\/)\S*[?@]/i;

/**
 * Masks what the file of an imported pair said. What the record itself says of an HTTP exchange is left out, because an export writes
 * it from there; the rest is masked by the names of its members, and within values that are URLs, SQL, or hidden as base64.
 */
export function maskImported(
  { format, text }: ImportedFacts,
  { summary, mark }: Pick<PairRecord, 'summary' | 'mark'>,
  masker: Masker,
  work: Work,
): ImportedFacts {
  const pair = parseExact(text) as JsonObject;
  putMark(pair, format, mark, limits.noteChars);
  if (summary === null) emptyKnown(pair, format);
  const left = JSON.stringify(pair);
  const byName = masker.json(left, work, format === 'har' ? 'HAR entry' : 'RRPair', notSecret);
  const masked = mapStrings(byName, (value, signature) => {
    if (signature) return maskBase64(value, (inner) => maskValue(inner, masker, work));
    return maskValue(value, masker, work);
  });
  return { format, text: masked };
}

/** Members whose name ends like that of a secret and which are none: what a mock matches on. */
const notSecret: ReadonlySet<string> = new Set(['signature']);

/** Members that an export writes from the record. They keep their place. */
const knownMembers: Readonly<Record<ImportedFacts['format'], readonly (readonly string[])[]>> = {
  rrpair: [
    ['location'],
    ['signature'],
    ...['url', 'uri', 'headers'].map((name) => ['http', 'req', name]),
    ['http', 'res', 'headers'],
  ],
  har: [
    ...['url', 'headers', 'cookies', 'queryString', 'postData'].map((name) => ['request', name]),
    ...['headers', 'cookies', 'redirectURL'].map((name) => ['response', name]),
  ],
};

function emptyKnown(value: JsonObject, format: ImportedFacts['format']): void {
  for (const path of knownMembers[format]) {
    const owner = objectAt(value, ...path.slice(0, -1));
    const name = path.at(-1) ?? '';
    if (owner !== undefined && Object.hasOwn(owner, name)) owner[name] = emptied(owner[name]);
  }
}

function emptied(value: JsonValue | undefined): JsonValue | JsonObject {
  if (Array.isArray(value)) return [];
  return isObject(value) ? {} : '';
}

function maskValue(value: string, masker: Masker, work: Work): string {
  return url.test(value) ? masker.target(value, work) : maskStructured(value, masker, work);
}

/** Masks a text that is SQL or JSON as a whole. */
export function maskStructured(value: string, masker: Masker, work: Work): string {
  if (statement.test(value)) return masker.sql(value, work);
  return /^\s*[[{]/.test(value) ? masker.json(value, work, 'text') : value;
}

/** The values of a signature are base64; what hides in one is as secret as what does not. */
function maskBase64(value: string, mask: (text: string) => string): string {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== value) return mask(value);
  const text = bytes.toString('latin1');
  const masked = mask(text);
  return masked === text ? value : Buffer.from(masked, 'latin1').toString('base64');
}

/** Changes the string values of a JSON text, names excepted; all else stays byte for byte. `signature` tells of those below that member. */
function mapStrings(json: string, change: (value: string, signature: boolean) => string): string {
  let out = '';
  let copied = 0;
  let depth = 0;
  let signatureDepth = 0;
  let held: { start: number; end: number } | null = null;
  let name = '';
  const value = (): void => {
    if (held === null) return;
    const { start, end } = held;
    held = null;
    const text = parsed(json.slice(start, end));
    const changed = text === null ? null : change(text, signatureDepth > 0);
    if (changed === null || changed === text) return;
    out += json.slice(copied, start) + JSON.stringify(changed);
    copied = end;
  };
  eachJsonToken(json, (start, end, code) => {
    if (code === COLON) {
      name = held === null ? '' : json.slice(held.start, held.end);
      held = null;
      return;
    }
    value();
    if (code === QUOTE) held = { start, end };
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      if (name === '"signature"' && signatureDepth === 0) signatureDepth = depth;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === signatureDepth) signatureDepth = 0;
      depth -= 1;
    }
    name = '';
  });
  value();
  return copied === 0 ? json : out + json.slice(copied);
}

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

function parsed(token: string): string | null {
  try {
    return String(JSON.parse(token));
  } catch {
    return null; // It was not written by us; what cannot be read cannot be masked by its form.
  }
}
