import type { HeaderField } from '../../rrpair/shapes.ts';
import { headerValue } from '../http1/head.ts';

/** Flag of an envelope whose payload is compressed (gRPC over HTTP2, Compressed-Flag; Connect, Enveloped-Message). */
export const COMPRESSED = 1;

/** The coding of the messages that are compressed; empty when none is named. */
export function codingOf(headers: readonly HeaderField[]): string {
  const named = headerValue(headers, 'grpc-encoding') ?? headerValue(headers, 'connect-content-encoding') ?? '';
  return named.toLowerCase() === 'identity' ? '' : named;
}
