import type { HeaderField } from '../../rrpair/shapes.ts';
import { decodeContent } from '../content-coding.ts';
import { COMPRESSED, codingOf } from './compression.ts';
import { Envelopes } from './envelopes.ts';
import { callBody } from './web-text.ts';

const BETWEEN = Buffer.from('\n');

/** The messages of one side of a call, decompressed, one after the other, up to so many bytes: what there is to be searched. */
export function plainMessages(body: Buffer, headers: readonly HeaderField[], most: number): Buffer {
  const coding = codingOf(headers);
  const cut = callBody(headers, body);
  const parts: Uint8Array[] = [];
  let left = most;
  new Envelopes((flags, payload) => {
    if (left <= 0) return;
    const compressed = (flags & COMPRESSED) !== 0 && coding !== '';
    const bytes = compressed ? decodeContent(payload, coding, left).bytes : payload.subarray(0, left);
    left -= bytes.length;
    parts.push(bytes, BETWEEN);
  }).readOn(cut, cut.length, null);
  return Buffer.concat(parts);
}
