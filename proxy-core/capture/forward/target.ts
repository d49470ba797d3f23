import { isIPv6 } from 'node:net';
import type { Target } from '../route.ts';

/** Where an absolute-form request wants to go, and what its origin is to be asked for. */
export interface ProxyTarget extends Target {
  /** True for `https://` and `wss://`: the origin is spoken to over TLS. */
  secure: boolean;
  /** The authority as sent, without user information: what `Host` has to say. */
  authority: string;
  /** The request-target for the origin (RFC 9112 3.2.1; `*` for an OPTIONS without a path, RFC 9112 3.2.4). */
  originForm: string;
}

/** Schemes that name an HTTP origin; some WebSocket clients send theirs to a proxy. */
const schemes: ReadonlyMap<string, { secure: boolean; port: number }> = new Map([
  ['http', { secure: false, port: 80 }],
  ['ws', { secure: false, port: 80 }],
  ['https', { secure: true, port: 443 }],
  ['wss', { secure: true, port: 443 }],
]);

/** RFC 3986 3.2.2 reg-name in non-empty labels, so that neither `..` nor `/` ever passes for a host. */
const regName = /^[\w~!$&'()*+,;=%-]+(?:\.[\w~!$&'()*+,;=%-]+)*\.?$/;

/** Longest host name of the DNS is 253; the rest is generous. */
const MAX_HOST_CHARS = 255;

function parsePort(digits: string): number | null {
  if (!/^\d{1,5}$/.test(digits)) return null;
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : null;
}

/** `host`, `host:port`, `[v6]`, `[v6]:port`; an empty or absent port takes the default one, and without a default there must be one. */
function parseAuthority(authority: string, defaultPort: number | null): Target | null {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::(\d*))?$/.exec(authority);
  if (match === null) return null;
  const [, literal, name, digits] = match;
  const port = digits === undefined || digits === '' ? defaultPort : parsePort(digits);
  if (port === null) return null;
  if (literal !== undefined) {
    // A zone is written %25eth0 in a URI (RFC 6874) and %eth0 everywhere else.
    const address = literal.replace('%25', '%');
    return isIPv6(address) ? { host: address, port } : null;
  }
  if (name === undefined || name.length > MAX_HOST_CHARS || !regName.test(name)) return null;
  return { host: name, port };
}

/** The authority-form of CONNECT (RFC 9112 3.2.3): host and port, nothing else. Null when it is anything else. */
export function parseConnectTarget(target: string): Target | null {
  return parseAuthority(target, null);
}

export type AbsoluteTarget =
  | { ok: true; target: ProxyTarget }
  /** `not-absolute`: origin-form or asterisk-form, so the client takes the proxy for a server. */
  | { ok: false; problem: 'not-absolute' | 'unknown-scheme' | 'bad-authority'; detail: string };

/** The absolute-form of a request to a proxy (RFC 9112 3.2.2). */
export function parseAbsoluteTarget(target: string, method: string): AbsoluteTarget {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(target);
  if (match === null) return { ok: false, problem: 'not-absolute', detail: target };
  const [, scheme = '', authorityWithUser = '', rest = ''] = match;
  const known = schemes.get(scheme.toLowerCase());
  if (known === undefined) return { ok: false, problem: 'unknown-scheme', detail: scheme };
  const authority = authorityWithUser.slice(authorityWithUser.lastIndexOf('@') + 1);
  const where = parseAuthority(authority, known.port);
  if (where === null) return { ok: false, problem: 'bad-authority', detail: authority };
  return { ok: true, target: { ...where, secure: known.secure, authority, originForm: originForm(rest, method) } };
}

function originForm(rest: string, method: string): string {
  if (rest === '') return method === 'OPTIONS' ? '*' : '/';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Whether a `Host` field names the same place as the target: case and the default port make no difference. */
export function sameAuthority(host: string, target: ProxyTarget): boolean {
  if (host === target.authority) return true;
  const named = parseAuthority(host, target.secure ? 443 : 80);
  return named !== null && named.port === target.port && named.host.toLowerCase() === target.host.toLowerCase();
}
