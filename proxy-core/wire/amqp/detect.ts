import type { FirstWords, Verdict } from '../protocol.ts';
import { PROTOCOL_HEADER } from './frames.ts';

/** A client begins with the name and the version of the protocol; that of AMQP 1.0 has another version. */
export function detectAmqp({ client, spokeFirst }: FirstWords): Verdict {
  if (spokeFirst === 'server') return 'no';
  const have = client.subarray(0, PROTOCOL_HEADER.length);
  if (!PROTOCOL_HEADER.subarray(0, have.length).equals(have)) return 'no';
  return have.length === PROTOCOL_HEADER.length ? 'yes' : 'more';
}
