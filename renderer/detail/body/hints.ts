import { readJwt } from '../jwt.ts';
import { fromNow } from '../relativeTime.ts';
import { LineKind } from './jsonLines.ts';

/** What a value means beside what it says. */
export interface Hint {
  kind: 'date' | 'jwt' | 'base64' | 'url' | 'json';
  /** In one line. */
  says: string;
  /** What there is to know of it, where that is more. */
  lines: readonly [name: string, value: string][];
  /** The value decoded, to be copied; empty where there is nothing to decode. */
  decoded: string;
}

/** Characters of a value that are looked at. */
const LOOKED_AT = 20_000;

const EPOCH = /^[1-4]\d{9}(?:\d{3}|\d{6}|\d{9})?(?:\.\d+)?$/;
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function dateHint(date: Date, what: string, now: Date): Hint | null {
  if (Number.isNaN(date.getTime())) return null;
  const local = date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  const lines: Hint['lines'] = [
    ['Local time', local],
    ['UTC', date.toISOString()],
    ['Seconds', String(Math.floor(date.getTime() / 1_000))],
  ];
  return { kind: 'date', says: `${what}: ${local}, ${fromNow(date, now)}`, lines, decoded: date.toISOString() };
}

function epochHint(text: string, now: Date): Hint | null {
  const digits = text.split('.', 1)[0]?.length ?? 0;
  const [divisor, unit] =
    digits === 10
      ? [0.001, 'Seconds']
      : digits === 13
        ? [1, 'Milliseconds']
        : digits === 16
          ? [1_000, 'Microseconds']
          : [1e6, 'Nanoseconds'];
  return dateHint(new Date(Number(text) / divisor), `${unit} since 1970`, now);
}

function urlHint(text: string): Hint | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  const lines: [string, string][] = [
    ['Host', url.host],
    ['Path', url.pathname],
  ];
  for (const [name, value] of [...url.searchParams].slice(0, 20)) lines.push([`? ${name}`, value]);
  if (url.hash !== '') lines.push(['Fragment', url.hash]);
  return { kind: 'url', says: `URL on ${url.host}`, lines, decoded: '' };
}

function readBase64(text: string): Uint8Array | null {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  try {
    return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

const strict = new TextDecoder('utf-8', { fatal: true });

function base64Hint(text: string): Hint | null {
  const plain = text.replace(/=+$/, '');
  const padded = plain.length < text.length;
  // Words, hexadecimal digits and ids look like it by chance: what is meant to be it has all three, or is padded.
  if (!padded && !(text.length >= 24 && text.length % 4 === 0 && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text)))
    return null;
  if (padded && text.length % 4 !== 0) return null;
  const bytes = readBase64(text);
  if (bytes === null || bytes.length < 6) return null;
  try {
    const decoded = strict.decode(bytes);
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    if (!/[\u0000-\u0008\u000e-\u001f\u007f]/.test(decoded)) {
      return {
        kind: 'base64',
        says: `Base64 of text: ${decoded.slice(0, 200)}`,
        lines: [['Text', decoded.slice(0, 2_000)]],
        decoded,
      };
    }
  } catch {
    // No text.
  }
  if (!padded && text.length < 40) return null;
  const hex = [...bytes.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return {
    kind: 'base64',
    says: `Base64 of ${bytes.length} bytes: ${hex}${bytes.length > 16 ? ' …' : ''}`,
    lines: [],
    decoded: '',
  };
}

function stringHint(text: string, now: Date): Hint | null {
  if (text.length < 8) return null;
  if (ISO.test(text) || HTTP_DATE.test(text)) return dateHint(new Date(text), 'Date', now);
  if (EPOCH.test(text)) return epochHint(text, now);
  if (/^https?:\/\/\S+$/i.test(text)) return urlHint(text);
  const jwt = text.startsWith('eyJ') ? readJwt(text, now) : null;
  if (jwt !== null) {
    return { kind: 'jwt', says: `JSON Web Token, ${jwt.validity}`, lines: jwt.lines, decoded: JSON.stringify(jwt.claims, null, 2) };
  }
  if (/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(text)) return base64Hint(text);
  if (/^\s*[[{]/.test(text)) {
    try {
      const decoded = JSON.stringify(JSON.parse(text), null, 2);
      return { kind: 'json', says: 'JSON in a string', lines: [['Value', decoded.slice(0, 4_000)]], decoded };
    } catch {
      return null;
    }
  }
  return null;
}

/** What a scalar of JSON means; `raw` is how it stands in the text. */
export function hintOf(kind: number, raw: string, now: Date = new Date()): Hint | null {
  if (raw.length > LOOKED_AT) return null;
  if (kind === LineKind.number) return EPOCH.test(raw) ? epochHint(raw, now) : null;
  if (kind !== LineKind.string) return null;
  if (!raw.includes('\\')) return stringHint(raw.slice(1, -1), now);
  const text: unknown = JSON.parse(raw);
  return typeof text === 'string' ? stringHint(text, now) : null;
}
