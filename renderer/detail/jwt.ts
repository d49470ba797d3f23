import { fromNow } from './relativeTime.ts';

/** A JSON Web Token, read and not verified: only its issuer's key could do that. */
export interface Jwt {
  header: Readonly<Record<string, unknown>>;
  claims: Readonly<Record<string, unknown>>;
  /** `expired 3 days ago`, `valid for …`. */
  validity: string;
  expired: boolean;
  /** What it says, for people. */
  lines: [name: string, value: string][];
}

const NAMES: Readonly<Record<string, string>> = {
  iss: 'Issuer',
  sub: 'Subject',
  aud: 'Audience',
  exp: 'Expires',
  nbf: 'Not before',
  iat: 'Issued',
  jti: 'Token id',
  azp: 'Authorized party',
  scope: 'Scope',
  scp: 'Scope',
  roles: 'Roles',
  email: 'E-mail',
  name: 'Name',
  client_id: 'Client',
};
const DATES = new Set(['exp', 'nbf', 'iat', 'auth_time']);
const VALUE_CHARS = 2_000;

function part(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const json = new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function words(name: string, value: unknown, now: Date): string {
  if (DATES.has(name) && typeof value === 'number') {
    const date = new Date(value * 1_000);
    if (!Number.isNaN(date.getTime())) {
      return `${date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })}, ${fromNow(date, now)}`;
    }
  }
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, VALUE_CHARS);
}

/** The token's header and claims; null when the text is none. */
export function readJwt(text: string, now: Date = new Date()): Jwt | null {
  const parts = text.split('.');
  if (parts.length !== 3 || text.length > 100_000) return null;
  const header = part(parts[0] ?? '');
  const claims = part(parts[1] ?? '');
  if (header === null || claims === null || typeof header['alg'] !== 'string') return null;
  const until = typeof claims['exp'] === 'number' ? new Date(claims['exp'] * 1_000) : null;
  const dated = until !== null && !Number.isNaN(until.getTime()) ? until : null;
  const expired = dated !== null && dated <= now;
  const validity =
    dated === null ? 'without an expiry' : expired ? `expired ${fromNow(dated, now)}` : `expires ${fromNow(dated, now)}`;
  const lines: Jwt['lines'] = [
    ['Signed with', header['alg'].slice(0, 60) === 'none' ? 'none: anybody can write such a token' : header['alg'].slice(0, 60)],
    ...Object.entries(claims)
      .slice(0, 60)
      .map(([name, value]): [string, string] => [NAMES[name] ?? name.slice(0, 100), words(name, value, now)]),
  ];
  return { header, claims, validity, expired, lines };
}
