import { SidetapError } from '../errors.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { pairWords } from '../rrpair/protocols.ts';
import { headerValue, parseHead, parseHeads } from '../wire/http1/head.ts';
import type { Target } from './target.ts';

export interface ReplayableRequest {
  head: Buffer;
  /** Body as on the wire, chunk framing included. */
  body: Buffer;
  /** The head is one of HTTP/2, and it is said so. */
  http2: boolean;
  /** The client waited for 100 Continue before its body (RFC 9110 10.1.1), so we do too. */
  expectsContinue: boolean;
}

/** Time to wait for `100 Continue` before the body is sent anyway, ms (RFC 9110 10.1.1: not indefinitely; curl waits as long). */
export const CONTINUE_MILLIS = 1_000;

/**
 * The bytes to send again: exactly those recorded, but for the Host field when the target is another one.
 * Throws `pair-not-replayable` with the reason.
 */
export function replayableRequest(record: PairRecord, newTarget: Target | null): ReplayableRequest {
  const refuse = (why: string): SidetapError =>
    new SidetapError('pair-not-replayable', `Pair ${String(record.id)} cannot be replayed: ${why}.`);
  const { request } = record;
  const head = parseHead(request.head);
  if (record.summary !== null || request.head.length === 0 || head.kind !== 'request')
    throw refuse(`it is ${pairWords(record.connection.protocol)}, not an HTTP request`);
  if (head.method === 'CONNECT') throw refuse('a CONNECT opens a tunnel and is no request to the server');
  if (headerValue(head.headers, 'upgrade') !== undefined && parseHeads(record.response.head).final?.statusCode === 101) {
    throw refuse('the connection was upgraded to another protocol');
  }
  if (record.timing.requestEnd < 0) throw refuse('the application never finished sending it');
  if (record.bodyShed && request.body.length < request.wireBytes) throw refuse('its body was given up to keep memory bounded');
  if (request.truncated) throw refuse(`its body of ${String(request.wireBytes)} bytes is larger than what is kept`);
  const bytes = Buffer.from(request.head.buffer, request.head.byteOffset, request.head.byteLength);
  return {
    head: newTarget === null ? bytes : withHost(bytes, newTarget),
    body: Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength),
    http2: head.version === 'HTTP/2',
    expectsContinue: /^100-continue$/i.test(headerValue(head.headers, 'expect') ?? ''),
  };
}

/** The head with the value of its Host field replaced, and with what HTTP/2 says instead; every other byte stays. */
function withHost(head: Buffer, { authority, tls }: Target): Buffer {
  const text = head.toString('latin1');
  return Buffer.from(
    text
      .replace(/^((?:host|:authority)[ \t]*:[ \t]*)[^\r\n]*/im, (_, name: string) => name + authority)
      .replace(/^(:scheme: )[^\r\n]*/m, (_, name: string) => name + (tls ? 'https' : 'http')),
    'latin1',
  );
}
