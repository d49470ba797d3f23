import type { FirstWords, Verdict } from '../protocol.ts';

/** What the first message of a client may ask for (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
export const requestCodes = {
  cancel: 80_877_102,
  tls: 80_877_103,
  gss: 80_877_104,
} as const;

/** SSLRequest, whole. */
export const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Major version 3; the minor ones are 0 and, since PostgreSQL 18, 2. */
export const MAJOR_VERSION = 3;

/** Bytes of a StartupMessage that the server takes (MAX_STARTUP_PACKET_LENGTH). */
export const MOST_STARTUP_BYTES = 10_000;

/** The client speaks first, with a length and a code that no other protocol has. */
export function detectPostgresql({ client, spokeFirst }: FirstWords): Verdict {
  if (spokeFirst === 'server') return 'no';
  if (client.length > 0 && client[0] !== 0) return 'no';
  if (client.length > 1 && client[1] !== 0) return 'no';
  if (client.length < 8) return client.length >= 4 && !isLength(client.readUInt32BE(0)) ? 'no' : 'more';
  const code = client.readUInt32BE(4);
  if (!isFirstMessage(client.readUInt32BE(0), code)) return 'no';
  if (code >> 16 !== MAJOR_VERSION) return 'yes';
  // Names of parameters follow. Kafka’s Metadata has the same code, and behind it a number that begins with 0.
  return client.length === 8 ? 'more' : client[8] === 0 ? 'no' : 'yes';
}

function isLength(length: number): boolean {
  return length >= 8 && length <= MOST_STARTUP_BYTES;
}

/** Whether a message without a type may begin like that. */
export function isFirstMessage(length: number, code: number): boolean {
  if (code === requestCodes.tls || code === requestCodes.gss) return length === 8;
  if (code === requestCodes.cancel) return length >= 16 && length <= 268;
  return code >> 16 === MAJOR_VERSION && isLength(length);
}
