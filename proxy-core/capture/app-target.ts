import { isIP } from 'node:net';
import { SidetapError } from '../errors.ts';

/** The watched application, as inbound traffic reaches it. */
export interface AppTarget {
  /** Speak TLS to it. */
  tls: boolean;
  /** Name or address, without brackets. */
  host: string;
  port: number;
}

/**
 * Reads `PORT`, `HOST:PORT`, `http://HOST[:PORT]`, `https://HOST[:PORT]`. IPv6 literals stand in brackets where a port follows.
 *
 * @throws SidetapError `bad-usage`
 */
export function parseAppTarget(text: string): AppTarget {
  const asked = text.trim();
  if (/^\d+$/.test(asked)) return { tls: false, host: 'localhost', port: portOf(asked, asked) };
  const url = /^(https?):\/\/([^/?#@]+)(\/?)$/i.exec(asked);
  if (url !== null) {
    const secure = url[1]?.toLowerCase() === 'https';
    const { host, port } = splitHostPort(url[2] ?? '', asked);
    return { tls: secure, host, port: port ?? (secure ? 443 : 80) };
  }
  const { host, port } = splitHostPort(asked, asked);
  if (port === null) throw unusable(asked);
  return { tls: false, host, port };
}

/** The target as a URL, for people. */
export function appTargetUrl(app: AppTarget): string {
  return `${app.tls ? 'https' : 'http'}://${hostPort(app.host, app.port)}`;
}

/** `host:port`, with brackets round an IPv6 literal (RFC 3986 3.2.2). */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function splitHostPort(text: string, asked: string): { host: string; port: number | null } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  if (bracketed !== null) {
    const host = bracketed[1] ?? '';
    if (isIP(host.replace(/%.*$/, '')) !== 6) throw unusable(asked);
    return { host, port: bracketed[2] === undefined ? null : portOf(bracketed[2], asked) };
  }
  const plain = /^([A-Za-z0-9._-]+)(?::(\d+))?$/.exec(text);
  if (plain === null) throw unusable(asked);
  return { host: plain[1] ?? '', port: plain[2] === undefined ? null : portOf(plain[2], asked) };
}

function portOf(digits: string, asked: string): number {
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw unusable(asked);
  return port;
}

function unusable(asked: string): SidetapError {
  return new SidetapError(
    'bad-usage',
    `“${asked}” does not say where the application is: give PORT, HOST:PORT, http://HOST:PORT or https://HOST:PORT.`,
  );
}
