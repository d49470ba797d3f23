import type { ReflectionTarget } from '../../proxy-core/rrpair/protos.ts';

/** `host:port`, or a URL, of which `https` says that it is TLS; null when it is neither. */
export function parseAddress(text: string): ReflectionTarget | null {
  const typed = text.trim();
  const scheme = /^(https?):\/\//i.exec(typed)?.[1]?.toLowerCase();
  const url = URL.parse(scheme === undefined ? `http://${typed}` : typed);
  if (url === null || typed === '' || (scheme === undefined && typed.includes('/'))) return null;
  const tls = scheme === 'https';
  // URL leaves out the port that goes without saying.
  const said = url.port !== '' || /:(?:80|443)\/?$/.test(typed);
  if (scheme === undefined && !said) return null;
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port);
  return port === 0 || url.hostname === '' ? null : { host: url.hostname.replace(/^\[|\]$/g, ''), port, tls };
}

export function addressText({ host, port, tls }: ReflectionTarget): string {
  const address = `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
  return tls ? `https://${address}` : address;
}
