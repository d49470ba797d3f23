import { Content } from '../content.ts';
import type { FirstWords, Verdict } from '../protocol.ts';
import { capabilities } from './packets.ts';

/** Bytes of an SSLRequest, and of the fixed part that every answer to a greeting begins with. */
export const ANSWER_BYTES = 32;

/** A greeting is no longer than that: its version and the name of a plugin are short. */
const MOST_GREETING_BYTES = 512;

/** Error numbers of a server that refuses a connection (ER_CON_COUNT_ERROR, ER_HOST_IS_BLOCKED, …) and of its proxies. */
const REFUSALS = { from: 1_000, to: 4_999 } as const;

/**
 * The server greets with version 10 of the protocol, or refuses with an error. Inside of TLS that both sides agreed on in the clear the client speaks first, with
 * its answer to the greeting, as the packet behind its request for TLS.
 */
export function detectMysql({ client, server, spokeFirst }: FirstWords): Verdict {
  return spokeFirst === 'server' ? startsLikeServer(server) : startsLikeAnswer(client);
}

function startsLikeServer(bytes: Buffer): Verdict {
  const possible = [
    (byte: number) => byte > 0,
    (byte: number) => byte <= MOST_GREETING_BYTES >> 8,
    (byte: number) => byte === 0,
    (byte: number) => byte === 0,
    (byte: number) => byte === 0x0a || byte === 0xff,
  ];
  if (possible.some((fits, index) => index < bytes.length && !fits(bytes[index] as number))) return 'no';
  if (bytes.length < 7) return 'more';
  if (bytes[4] === 0xff) {
    const code = bytes.readUInt16LE(5);
    return code >= REFUSALS.from && code <= REFUSALS.to ? 'yes' : 'no';
  }
  const length = bytes.readUIntLE(0, 3);
  const text = bytes.subarray(5, Math.min(bytes.length, 4 + length));
  const zero = text.indexOf(0);
  const version = text.toString('latin1', 0, zero < 0 ? text.length : zero);
  if (!/^\d[\x20-\x7e]*$/.test(version)) return 'no';
  if (zero < 0) return bytes.length < 4 + length ? 'more' : 'no';
  // Behind the version: a thread, eight bytes of challenge, a zero.
  const filler = 5 + zero + 1 + 4 + 8;
  if (bytes.length <= filler) return length + 4 <= filler ? 'no' : 'more';
  return bytes[filler] === 0 ? 'yes' : 'no';
}

/** Number 2: number 1 was the request for TLS. */
function startsLikeAnswer(bytes: Buffer): Verdict {
  if (bytes.length > 2 && bytes[2] !== 0) return 'no';
  if (bytes.length > 3 && bytes[3] !== 2) return 'no';
  if (bytes.length < 4 + ANSWER_BYTES) return 'more';
  const content = new Content(bytes, 4);
  const flags = content.uint32le();
  const agreed = capabilities.protocol41 | capabilities.tls;
  if (bytes.readUIntLE(0, 3) <= ANSWER_BYTES || (flags & agreed) !== agreed) return 'no';
  // 19 bytes that are always zero, of which MariaDB's capabilities are none.
  return bytes.subarray(13, 32).every((byte) => byte === 0) ? 'yes' : 'no';
}
