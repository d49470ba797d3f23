import type { TlsPlace } from './decoder.ts';

/** First byte of a TLS record that carries a ClientHello (RFC 8446 5.1). */
export const TLS_HANDSHAKE = 0x16;

/** For protocols in which the next byte of the client is that of its ClientHello, once both sides have agreed. */
export const tlsAtOnce: TlsPlace = (bytes) => (bytes.length === 0 ? 'more' : bytes[0] === TLS_HANDSHAKE ? 0 : 'no');
