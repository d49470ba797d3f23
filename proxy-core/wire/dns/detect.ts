import { Content } from '../content.ts';
import type { FirstWords, Verdict } from '../protocol.ts';
import { HEADER_BYTES, headOf, isKnownType, operations, questionOf } from './message.ts';

/** Longest message that a connection may begin with: questions are short, updates rarely have more. */
const MOST_FIRST_BYTES = 4_096;

/** A client asks one question whose name, type and class make sense, in a message of the length that stands in front. */
export function detectDns({ client, spokeFirst }: FirstWords): Verdict {
  if (spokeFirst === 'server') return 'no';
  if ((client[0] ?? 0) >= MOST_FIRST_BYTES >> 8) return 'no';
  if (client.length < 2) return 'more';
  const length = client.readUInt16BE(0);
  if (length < HEADER_BYTES + 5) return 'no';
  if (client.length < 2 + HEADER_BYTES) return client.length > 4 && !mayBeHead(client) ? 'no' : 'more';
  const message = client.subarray(2, 2 + length);
  const content = new Content(message);
  const head = headOf(content);
  const isQuestion =
    !head.isResponse && head.operation in operations && head.code === 0 && head.questions === 1 && head.additional <= 3;
  if (!isQuestion || (head.operation === 0 && head.answers > 0)) return 'no';
  const question = questionOf(content);
  if (question === null) return message.length < length ? 'more' : 'no';
  const makesSense = isKnownType(question.type) && [1, 3, 4, 254, 255].includes(question.class);
  if (!makesSense) return 'no';
  return message.length < length ? 'more' : 'yes';
}

/** The first byte of the flags: no response, and an operation that there is. */
function mayBeHead(client: Buffer): boolean {
  const flags = client[4] as number;
  return (flags & 0x80) === 0 && ((flags >> 3) & 15) in operations;
}
