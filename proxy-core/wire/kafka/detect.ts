import { limits } from '../../limits.ts';
import { Content } from '../content.ts';
import type { FirstWords, Verdict } from '../protocol.ts';
import { api, isDescribed, MOST_API, MOST_VERSION, messageFields } from './apis.ts';
import { Asked } from './asked.ts';
import { ANSWER_BYTES, REQUEST_BYTES } from './frames.ts';
import { Walker } from './walker.ts';

/** A request or an answer is no longer than what brokers take (socket.request.max.bytes). */
const MOST_BYTES = 100 * 1024 * 1024;

/**
 * A client begins with a request whose fields fill it exactly, which no other protocol with a length in front does by chance. One that is too long to be waited for,
 * or is not described, needs a name of the client and the answer to its number.
 */
export function detectKafka({ client, server, spokeFirst }: FirstWords): Verdict {
  if (spokeFirst === 'server') return 'no';
  const first = new Content(client);
  const size = first.int32();
  const key = first.int16();
  const version = first.int16();
  const number = first.int32();
  // What has not come is 0, which all of these may be.
  if (size < 0 || size > MOST_BYTES || (client.length >= 4 && size < REQUEST_BYTES - 2)) return 'no';
  if (key < 0 || key > MOST_API || version < 0 || version > MOST_VERSION) return 'no';
  if (client.length < REQUEST_BYTES + 2) return 'more';
  const length = client.readInt16BE(REQUEST_BYTES);
  const end = 4 + size;
  if (length < -1 || REQUEST_BYTES + 2 + length > end || (length <= 0 && !unnamed.has(key))) return 'no';
  const name = client.subarray(REQUEST_BYTES + 2, REQUEST_BYTES + 2 + Math.max(0, length));
  if (name.some((byte) => byte < 0x20 || byte === 0x7f)) return 'no';
  if (isDescribed(key, version) && end <= limits.wireTextBytes) {
    const walker = new Walker(messageFields('request', key, version), new Asked(key));
    walker.push(client.subarray(REQUEST_BYTES, end));
    const isWhole = client.length >= end;
    if (walker.problem !== '' || walker.complete !== isWhole) return 'no';
    return isWhole ? 'yes' : 'more';
  }
  if (length <= 0) return 'no';
  if (server.length < ANSWER_BYTES) return 'more';
  const answer = new Content(server);
  return answer.int32() >= 4 && answer.int32() === number ? 'yes' : 'no';
}

/** Requests with which also a client begins that has no name. */
const unnamed: ReadonlySet<number> = new Set([api.metadata, api.saslHandshake, api.apiVersions]);
