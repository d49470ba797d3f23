import type { FirstWords, Verdict } from '../protocol.ts';
import { HEADER_BYTES, mongodbFrames, opcode } from './messages.ts';

/** A client begins with a message that answers none, of a kind that clients send; OP_MSG begins with flags and the kind of its first section. */
export function detectMongodb({ client, spokeFirst }: FirstWords): Verdict {
  if (spokeFirst === 'server') return 'no';
  // No message is longer than 48 MB, and nothing is answered.
  if (client.length > 3 && (client[3] as number) > 2) return 'no';
  if (client.subarray(8, 12).some((byte) => byte !== 0)) return 'no';
  if (client.length < HEADER_BYTES) return 'more';
  const kind = mongodbFrames.type(client, HEADER_BYTES);
  if (mongodbFrames.length(client, HEADER_BYTES) < 9) return 'no';
  if (kind === opcode.query) return startsWith(client, [null, null, 0, 0]);
  if (kind === opcode.compressed) return startsWith(client, [0xdd, 7, 0, 0]);
  // Checksum and “more to come”; “exhaust allowed”; a document.
  return kind === opcode.message ? startsWith(client, [null, 0, null, 0, 0]) : 'no';
}

function startsWith(client: Buffer, wanted: readonly (number | null)[]): Verdict {
  for (const [index, byte] of wanted.entries()) {
    const got = client[HEADER_BYTES + index];
    if (got === undefined) return 'more';
    if (byte !== null && got !== byte) return 'no';
  }
  return 'yes';
}
