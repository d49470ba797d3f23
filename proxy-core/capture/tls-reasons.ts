import type { ClientHello } from '../wire/tls/client-hello.ts';
import { readableAlpn } from './alpn.ts';

/** Why we could not answer such a client; null when we can. */
export function undecryptable(hello: ClientHello): string | null {
  if (hello.alpn.length > 0 && readableAlpn(hello.alpn).length === 0) {
    return `The client offers only what Sidetap cannot read: ${hello.alpn.join(', ')}.`;
  }
  if (!hello.versions.includes('TLSv1.3') && !hello.versions.includes('TLSv1.2')) {
    return 'The client offers no TLS version from 1.2 on.';
  }
  return null;
}

/** Why a connection passes whose server did not shake hands with us. */
export function handshakeFailed(message: string): string {
  return `Sidetap’s TLS handshake with the server failed (${message}), so the connection passes undecrypted.`;
}
