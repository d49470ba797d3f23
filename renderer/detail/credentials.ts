import type { HeaderField } from '../../proxy-core/rrpair/shapes.ts';
import { type Jwt, readJwt } from './jwt.ts';

/** Credentials that a request shows, read as far as they can be. */
export interface Credential {
  /** The field that they stand in. */
  field: string;
  scheme: string;
  /** What may be shown: `User ada`. */
  facts: readonly [name: string, value: string][];
  /** Shown only when it is asked for; empty where there is nothing secret. */
  secret: string;
  token: Jwt | null;
}

const KEY_FIELD = /^(?:x-)?(?:api|access|auth|app|client|secret|session|csrf|xsrf)[-_]?(?:key|token|secret|id)$|^apikey$/i;

function basic(field: string, given: string): Credential {
  const empty: Credential = { field, scheme: 'Basic', facts: [], secret: given, token: null };
  try {
    const bytes = Uint8Array.from(atob(given), (character) => character.charCodeAt(0));
    const text = new TextDecoder().decode(bytes);
    const colon = text.indexOf(':');
    return colon < 0 ? empty : { ...empty, facts: [['User', text.slice(0, colon)]], secret: text.slice(colon + 1) };
  } catch {
    return { ...empty, facts: [['Problem', 'It is not base64, so servers refuse it.']] };
  }
}

function digest(field: string, given: string): Credential {
  const facts: [string, string][] = [];
  for (const [, name = '', quoted, plain] of given.matchAll(/(\w+)=(?:"([^"]*)"|([^,\s]*))/g)) {
    if (['username', 'realm', 'uri', 'algorithm'].includes(name)) facts.push([name, quoted ?? plain ?? '']);
  }
  return { field, scheme: 'Digest', facts, secret: given, token: null };
}

function signature(field: string, scheme: string, given: string): Credential {
  const facts: [string, string][] = [];
  const scope = /Credential=([^/,\s]+)\/([^,\s]+)/.exec(given);
  if (scope !== null) facts.push(['Access key', scope[1] ?? ''], ['Scope', scope[2] ?? '']);
  const signed = /SignedHeaders=([^,\s]+)/.exec(given)?.[1];
  if (signed !== undefined) facts.push(['Signed fields', signed.replaceAll(';', ', ')]);
  return { field, scheme, facts, secret: given, token: null };
}

function read(field: string, value: string, now: Date): Credential {
  const [, scheme = '', given = ''] = /^(\S+)\s+(.*)$/s.exec(value.trim()) ?? [];
  switch (scheme.toLowerCase()) {
    case 'basic':
      return basic(field, given);
    case 'digest':
      return digest(field, given);
    case 'bearer':
    case 'dpop':
      return { field, scheme, facts: [], secret: given, token: readJwt(given, now) };
    default:
      if (scheme.startsWith('AWS4-')) return signature(field, scheme, given);
      return {
        field,
        scheme: scheme === '' ? 'Token' : scheme,
        facts: [],
        secret: scheme === '' ? value : given,
        token: readJwt(value, now),
      };
  }
}

/** Every credential among the fields of a request, in their order. */
export function credentialsOf(headers: readonly HeaderField[], now: Date = new Date()): Credential[] {
  return headers.flatMap(([name, value]): Credential[] => {
    if (/^(?:proxy-)?authorization$/i.test(name)) return [read(name, value, now)];
    return KEY_FIELD.test(name) ? [{ field: name, scheme: 'Key', facts: [], secret: value, token: readJwt(value, now) }] : [];
  });
}

/** Whether a field holds a credential. */
export function isSecretField(name: string): boolean {
  return /^(?:proxy-)?authorization$/i.test(name) || (KEY_FIELD.test(name) && !/id$/i.test(name));
}
