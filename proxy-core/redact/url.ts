import { MASK } from './secrets.ts';

/** The rule by which a parameter of this name is a secret; null when it is none. */
export type ParameterRule = (name: string) => string | null;
type OnSecret = (rule: string, name: string, value: string) => void;

/** Masks `name=value` pairs joined by `&` (a query, or a form body), leaving everything else as it stands. */
export function maskPairs(text: string, secret: ParameterRule, onSecret: OnSecret): string {
  return text
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 0) return pair;
      const name = decode(pair.slice(0, equals));
      const value = pair.slice(equals + 1);
      const rule = value === '' ? null : secret(name);
      if (rule === null) return pair;
      onSecret(rule, name, decode(value));
      return `${pair.slice(0, equals)}=${MASK}`;
    })
    .join('&');
}

/** Masks secrets in a URL or request target: user information (by the rule `users`, null for none) and query parameters. */
export function maskUrl(url: string, secret: ParameterRule, users: string | null, onSecret: OnSecret): string {
  let rest = url;
  const authority = users === null ? null : /^([a-z][a-z0-9+.-]*:\/\/)([^/?#@]*)@/i.exec(rest);
  if (authority !== null && users !== null) {
    onSecret(users, 'user information', authority[2] ?? '');
    rest = `${authority[1] ?? ''}${MASK}@${rest.slice(authority[0].length)}`;
  }
  const query = rest.indexOf('?');
  if (query < 0) return rest;
  const hash = rest.indexOf('#', query);
  const end = hash < 0 ? rest.length : hash;
  return rest.slice(0, query + 1) + maskPairs(rest.slice(query + 1, end), secret, onSecret) + rest.slice(end);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text; // A stray percent sign: the text stands for itself.
  }
}
