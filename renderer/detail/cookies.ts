import type { HeaderField } from '../../proxy-core/rrpair/shapes.ts';
import { spanWords } from './headMeaning.ts';
import { fromNow } from './relativeTime.ts';

export interface Cookie {
  name: string;
  value: string;
  /** As sent, names in lower case; those without a value have an empty one. Empty for cookies of a request. */
  attributes: readonly [name: string, value: string][];
  /** What the attributes amount to, in words. */
  says: readonly string[];
}

function split(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function valuesOf(headers: readonly HeaderField[], name: string): string[] {
  return headers.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);
}

/** How long it is kept; Max-Age goes before Expires (RFC 6265 5.3). */
function lifetime(attributes: ReadonlyMap<string, string>, now: Date): string {
  const age = attributes.get('max-age');
  if (age !== undefined && /^-?\d+$/.test(age)) {
    return Number(age) <= 0 ? 'Deletes the cookie' : `Kept for ${spanWords(Number(age))}`;
  }
  const expires = attributes.get('expires');
  if (expires === undefined) return 'Kept until the browser closes';
  const date = new Date(expires);
  if (Number.isNaN(date.getTime())) return 'Kept until the browser closes: its expiry is no date';
  return date <= now ? `Expired ${fromNow(date, now)}` : `Expires ${fromNow(date, now)}`;
}

function wordsOf(name: string, given: readonly [string, string][], now: Date): string[] {
  const attributes = new Map(given);
  const says = [lifetime(attributes, now)];
  says.push(attributes.has('httponly') ? 'hidden from scripts' : 'scripts can read it');
  says.push(attributes.has('secure') ? 'HTTPS only' : 'sent over plain HTTP too');
  const site = attributes.get('samesite')?.toLowerCase();
  if (site === 'strict') says.push('never sent from other sites');
  else if (site === 'none')
    says.push(attributes.has('secure') ? 'sent from other sites too' : 'refused by browsers: SameSite=None needs Secure');
  else says.push('sent from other sites only when a link is followed');
  const domain = attributes.get('domain');
  says.push(domain === undefined || domain === '' ? 'this host only' : `${domain} and all hosts below it`);
  if (name.startsWith('__Host-') && (!attributes.has('secure') || domain !== undefined || attributes.get('path') !== '/')) {
    says.push('refused by browsers: __Host- needs Secure, Path=/ and no Domain');
  }
  if (name.startsWith('__Secure-') && !attributes.has('secure')) says.push('refused by browsers: __Secure- needs Secure');
  return says;
}

/** The cookies that a request sends. */
export function sentCookies(headers: readonly HeaderField[]): Cookie[] {
  return valuesOf(headers, 'cookie')
    .flatMap((line) => line.split(';'))
    .filter((piece) => piece.trim() !== '')
    .map((piece) => {
      const [name, value] = split(piece);
      return { name, value, attributes: [], says: [] };
    });
}

/** The cookies that a response sets. */
export function setCookies(headers: readonly HeaderField[], now: Date = new Date()): Cookie[] {
  return valuesOf(headers, 'set-cookie').map((line) => {
    const [first = '', ...rest] = line.split(';');
    const [name, value] = split(first);
    const attributes = rest.map((piece): [string, string] => {
      const [own, given] = split(piece);
      return [own.toLowerCase(), given];
    });
    return { name, value, attributes, says: wordsOf(name, attributes, now) };
  });
}
