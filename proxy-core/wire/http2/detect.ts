import type { FirstWords, Verdict } from '../protocol.ts';

/** What a client of HTTP/2 sends first (RFC 9113 3.4). */
export const clientPreface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

const FRAME_HEADER_BYTES = 9;
const SETTINGS = 4;
const SETTING_BYTES = 6;

/**
 * Tells from the first bytes whether a connection speaks HTTP/2. Only the client's preface proves it; a server may send its SETTINGS before that comes (RFC 9113
 * 3.4), which is what it has to begin with.
 */
export function startsLikeHttp2({ client, server, spokeFirst }: FirstWords): Verdict {
  if (spokeFirst === 'server' && startsWithSettings(server) === 'no') return 'no';
  const seen = Math.min(client.length, clientPreface.length);
  if (clientPreface.compare(client, 0, seen, 0, seen) !== 0) return 'no';
  return seen === clientPreface.length ? 'yes' : 'more';
}

/** Whether these are a SETTINGS frame of the connection that is no acknowledgement (RFC 9113 6.5). */
export function startsWithSettings(server: Buffer): Verdict {
  const expected = [0, -1, -1, SETTINGS, 0, 0, 0, 0, 0];
  for (let at = 0; at < Math.min(server.length, FRAME_HEADER_BYTES); at++) {
    if (expected[at] !== -1 && server[at] !== expected[at]) return 'no';
  }
  if (server.length >= 3 && server.readUInt16BE(1) % SETTING_BYTES !== 0) return 'no';
  return server.length < FRAME_HEADER_BYTES ? 'more' : 'yes';
}
