import { SidetapError } from '../errors.ts';
import { shown } from './words.ts';

export interface CurlUrl {
  /** `http://host:port` */
  origin: string;
  /** Value of the Host field: the port only where it is not the scheme's own. */
  authority: string;
  /** Path and query. */
  path: string;
  /** `user:password` of the URL, base64; null when it has none. */
  user: string | null;
}

interface UrlOptions {
  /** Scheme of a URL without one. */
  proto: string;
  /** Leave dot segments. */
  asIs: boolean;
  /** Braces and brackets stand for several URLs. */
  glob: boolean;
  /** Added to the query, as they are. */
  queries: readonly string[];
  /** Name of a file that is uploaded: it ends a URL that ends in a slash. */
  file: string | null;
  note: (text: string) => void;
}

/** Takes a URL apart as curl does, all bytes of path and query kept. Throws `bad-usage` when it is none of HTTP. */
export function splitCurlUrl(given: string, { proto, asIs, glob, queries, file, note }: UrlOptions): CurlUrl {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `${proto}://${given}`;
  const [, scheme = '', authority = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url) ?? [];
  const lower = scheme.toLowerCase();
  if (lower !== 'http' && lower !== 'https') {
    throw new SidetapError('bad-usage', `Only http and https can be sent, not ${shown(scheme || given)}.`);
  }
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  if (host === '' || /[\s\x00-\x20]/.test(host)) throw new SidetapError('bad-usage', `“${shown(given)}” names no host.`);
  const user = at < 0 ? null : Buffer.from(decoded(authority.slice(0, at)), 'latin1').toString('base64');
  if (glob && /\{[^}]*\}|\[[^\]]*\]/.test(rest)) {
    note('curl would make several requests of the braces or brackets in the URL (see -g); here they stay as they are written.');
  }
  const ownPort = lower === 'https' ? ':443' : ':80';
  return {
    origin: `${lower}://${host}`,
    authority: host.endsWith(ownPort) ? host.slice(0, -ownPort.length) : host,
    path: pathOf(rest.replace(/#.*$/s, ''), asIs, queries, file),
    user: user === null ? null : user,
  };
}

function pathOf(rest: string, asIs: boolean, queries: readonly string[], file: string | null): string {
  const question = rest.indexOf('?');
  const given = question < 0 ? rest : rest.slice(0, question);
  let path = given === '' ? '/' : given;
  if (!asIs) path = withoutDots(path);
  if (file !== null && path.endsWith('/')) path += file.replace(/^.*[/\\]/, '');
  let query = question < 0 ? null : rest.slice(question + 1);
  for (const part of queries)
    query = query === null || query === '' || query.endsWith('&') ? `${query ?? ''}${part}` : `${query}&${part}`;
  return (path + (query === null ? '' : `?${query}`)).replaceAll(' ', '%20');
}

/** RFC 3986 5.2.4. */
function withoutDots(path: string): string {
  if (!/\/\.{1,2}(?:\/|$)/.test(path)) return path;
  const out: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..') out.pop();
    else if (segment !== '.') out.push(segment);
    if (last && /^\.{1,2}$/.test(segment)) out.push('');
  }
  return `/${out.join('/')}`;
}

function decoded(text: string): string {
  const all = text.includes(':') ? text : `${text}:`;
  return all.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
