import { startsLikeHttp2 } from '../wire/http2/detect.ts';
import { type ClientHello, readClientHello } from '../wire/tls/client-hello.ts';

const HTTP1 = 'http/1.1';
const HTTP2 = 'h2';
const TLS_HANDSHAKE = 0x16;
const NOTHING = Buffer.alloc(0);

/** What a client offers, without what we could not read: what is spoken over QUIC, and what came before HTTP/2. */
export function readableAlpn(offered: readonly string[]): string[] {
  return offered.filter((protocol) => protocol === HTTP2 || !/^(?:h2|h3|hq|spdy|grpc)(?:$|[-/\d])/.test(protocol));
}

/**
 * What to offer an application behind TLS for a client whose first bytes are these, so that the two can speak the same; null while those bytes do not tell.
 */
export function offerFor(first: Buffer): string[] | null {
  if (first.length === 0) return null;
  if (first[0] === TLS_HANDSHAKE) {
    const hello = readClientHello(first);
    if (hello === 'more') return null;
    const offered = hello === 'not-tls' ? [] : readableAlpn(hello.alpn);
    return offered.length === 0 ? [HTTP1] : offered;
  }
  const verdict = startsLikeHttp2({ client: first, server: NOTHING, spokeFirst: 'client' });
  if (verdict === 'more') return null;
  return verdict === 'yes' ? [HTTP2] : [HTTP1];
}

/** What to offer for a client that keeps silent, or is not known. */
export const plainOffer: readonly string[] = [HTTP1];

/** What a client is answered by the reverse listener. `agreed` is what the application chose; null where it does not speak TLS. */
export function answerTo({ alpn }: ClientHello, agreed: string | null): string {
  if (agreed !== null && agreed !== '') return alpn.includes(agreed) ? agreed : '';
  if (alpn.includes(HTTP1)) return HTTP1;
  // It takes nothing else; an application in the clear may speak it by prior knowledge (RFC 9113 3.3), as servers of gRPC do.
  return agreed === null && alpn.includes(HTTP2) ? HTTP2 : '';
}

/** What to answer a client that will only be told why its request is not passed on: in HTTP/1, where it takes that. */
export function refusalAnswer({ alpn }: ClientHello, agreed: string): string {
  return alpn.includes(HTTP1) ? HTTP1 : agreed;
}
