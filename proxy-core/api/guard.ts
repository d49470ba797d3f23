import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may talk to the API. It shows everything that was captured, so it must be out of reach for pages in the user's browser, for
 * other users of the machine, and for names that resolve to this address (DNS rebinding):
 * a random token per run, `Host` and `Origin` that are our own, and no CORS.
 */

/** The first element of the WebSocket subprotocols that a client offers, and the one that is answered. */
export const subprotocol = 'sidetap.v1';
/** Prefix of the subprotocol that carries the token: a browser can set no header on a WebSocket, and a query string is logged. */
const tokenSubprotocol = 'sidetap.token.';

export interface Refusal {
  status: 400 | 401 | 403 | 404 | 405 | 413 | 415;
  /** One sentence for the caller. */
  message: string;
}

/** Every header of that name, as sent: `headers` would join or drop duplicates, and a second Host must not slip through. */
function headerValues(request: IncomingMessage, name: string): string[] {
  return request.headersDistinct[name] ?? [];
}

const methods = new Set(['GET', 'HEAD', 'POST']);

/** What every request has to fulfil, static files included. */
export function refuseForeign(request: IncomingMessage, port: number): Refusal | null {
  if (!methods.has(request.method ?? '')) return { status: 405, message: 'This method is not allowed here.' };
  const authorities = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  const hosts = headerValues(request, 'host');
  if (hosts.length !== 1 || !authorities.has(hosts[0]?.toLowerCase() ?? '')) {
    return { status: 403, message: 'The Host header names another server. Use the address that Sidetap printed.' };
  }
  const origins = headerValues(request, 'origin');
  if (origins.some((origin) => !authorities.has(origin.toLowerCase().replace(/^http:\/\//, '')) || !origin.startsWith('http://'))) {
    return { status: 403, message: 'Pages of other origins may not use this API.' };
  }
  return null;
}

/**
 * Browsers tell where a call comes from, also where they send no Origin (images, scripts, GETs of other sites); a page of another site
 * has no business here even if it knew the token.
 */
export function refuseCrossSite(request: IncomingMessage): Refusal | null {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return null;
  return { status: 403, message: 'Pages of other origins may not use this API.' };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Compares without telling by its duration how much of it was right. */
function sameToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

const unauthorized: Refusal = {
  status: 401,
  message: 'The token is missing or wrong. `sidetap inspect` prints the address of the window with the right one.',
};

/** For REST: `Authorization: Bearer TOKEN`. */
export function refuseWithoutBearer(request: IncomingMessage, token: string): Refusal | null {
  const match = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1] !== undefined && sameToken(match[1], token) ? null : unauthorized;
}

/** For WebSockets: the token is one of the subprotocols that are offered. */
export function refuseWithoutSubprotocol(request: IncomingMessage, token: string): Refusal | null {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim());
  const given = offered.find((text) => text.startsWith(tokenSubprotocol))?.slice(tokenSubprotocol.length);
  return offered.includes(subprotocol) && given !== undefined && sameToken(given, token) ? null : unauthorized;
}
