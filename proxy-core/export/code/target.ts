/** What stands after the authority in a URL, for clients that build the request target from one. */

const encode = (byte: string): string => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Percent-encodes the characters (bytes as latin-1) that `unsafe` finds. */
export function encoded(target: string, unsafe: RegExp): string {
  return target.replaceAll(unsafe, encode);
}

/** The target as path and query: an absolute form without its authority, `*` and the like behind a slash. */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(target)?.[1];
  if (absolute !== undefined) return absolute.startsWith('/') ? absolute : `/${absolute}`;
  return `/${target}`;
}

/** Splits at the first question mark, which stays with the query. */
export function splitQuery(target: string): [path: string, query: string] {
  const at = target.indexOf('?');
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at)];
}

/** RFC 3986 5.2.4, as far as paths that begin with a slash need it. */
export function withoutDots(path: string): string {
  const out: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..') out.pop();
    else if (segment !== '.') {
      out.push(segment);
      continue;
    }
    if (last) out.push('');
  }
  return `/${out.join('/')}`;
}

/** The target as Python's urllib3 sends it (`_encode_target`). */
export function urllib3Target(target: string): string {
  const [path, query] = splitQuery(target.replace(/#.*$/s, ''));
  return urllib3Part(path, '') + urllib3Part(query, '?');
}

function urllib3Part(text: string, also: string): string {
  const upper = text.replaceAll(/%[0-9a-fA-F]{2}/g, (escape) => escape.toUpperCase());
  // One stray percent sign, and all of them are taken for themselves.
  const percent = /%(?![0-9A-F]{2})/.test(upper) ? '' : '%';
  return encoded(upper, new RegExp(`[^A-Za-z0-9._~!$&'()*+,;=:@/${also}${percent}-]`, 'g'));
}

/** The target as Python's requests sends it, unless its prepared URL is replaced. */
export function requestsTarget(target: string, pathAsIs = false): string {
  const [path, query] = splitQuery(urllib3Target(target));
  const sentPath = pathAsIs ? splitQuery(target)[0] : unquoted(withoutDots(path));
  return urllib3Target(sentPath + (query === '?' ? '' : unquoted(query)));
}

/** Without the percent-encoding of characters that need none (RFC 3986 2.3). */
function unquoted(text: string): string {
  return text.replaceAll(/%[0-9A-F]{2}/g, (escape) => {
    const character = String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape;
  });
}
