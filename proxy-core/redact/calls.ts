import { limits } from '../limits.ts';
import type { MessageCapture, PairRecord } from '../rrpair/pair.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { decodeContent } from '../wire/content-coding.ts';
import { COMPRESSED, codingOf } from '../wire/grpc/compression.ts';
import { Envelopes } from '../wire/grpc/envelopes.ts';
import { type CallKind, callKind, isEndOfStream, isTrailers } from '../wire/grpc/status.ts';
import { callBody, isWebText } from '../wire/grpc/web-text.ts';
import { headerValue, parseFields, parseHeads } from '../wire/http1/head.ts';
import { readBody } from '../wire/read-body.ts';
import { coverDetails, findInDetails } from './connect-details.ts';
import { withoutCodings } from './heads.ts';
import type { Masker, Work } from './mask.ts';
import { coverTrailers } from './metadata.ts';

/** One message of a call on its way out. */
interface Part {
  flags: number;
  /** As it was sent. */
  sent: Buffer;
  /** Decompressed; null where that could not be done. */
  plain: Buffer | null;
  /** `fields`: the trailers of gRPC-Web, a block of header fields. `end`: the JSON that a stream of Connect ends with. */
  form: 'message' | 'fields' | 'end';
}

interface Side {
  parts: Part[];
  /** Behind the last whole message. */
  rest: Buffer;
  /** It is in base64. */
  text: boolean;
}

/** The messages of a call of gRPC and its like. */
export interface CallWork {
  request: Side;
  response: Side;
}

/** Looks for secrets in what was said in a call; null for all other pairs. Its messages tell their lengths and may be compressed each by itself. */
export function callWork(record: PairRecord, masker: Masker, work: Work): CallWork | null {
  if (record.summary !== null) return null;
  const request = parseHeads(record.request.head).final?.headers ?? [];
  const response = parseHeads(record.response.head).final?.headers ?? [];
  const kind = callKind(headerValue(response, 'content-type') ?? headerValue(request, 'content-type') ?? '');
  if (kind === null) return null;
  const side = (message: MessageCapture, headers: readonly HeaderField[]): Side => {
    const found = partsOf(message, headers, kind);
    for (const { plain, form } of found.parts) {
      if (plain === null) continue;
      masker.body([], plain, work);
      if (form === 'end') findInDetails(plain, masker, work);
      if (form === 'fields') for (const [name, value] of parseFields(plain)) masker.header(name, value, work);
    }
    masker.body([], found.rest, work);
    return found;
  };
  return { request: side(record.request, request), response: side(record.response, response) };
}

function partsOf(message: MessageCapture, headers: readonly HeaderField[], kind: CallKind): Side {
  const framing = headers.filter(([name]) => /^transfer-encoding$/i.test(name));
  const { bytes } = readBody(message.body, framing, 'payload');
  const body = callBody(headers, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const parts: Part[] = [];
  let budget: number = limits.exportedBodyBytes;
  const envelopes = new Envelopes((flags, sent) => {
    const content = (flags & COMPRESSED) === 0 ? null : decodeContent(sent, codingOf(headers), Math.max(1, budget));
    budget -= content?.bytes.length ?? 0;
    const plain = content === null ? sent : content.complete && content.problem === '' ? Buffer.from(content.bytes) : null;
    parts.push({ flags, sent, plain, form: isTrailers(kind, flags) ? 'fields' : isEndOfStream(kind, flags) ? 'end' : 'message' });
  });
  envelopes.readOn(body, body.length, null);
  return { parts, rest: body.subarray(body.length - envelopes.rest(body.length)), text: isWebText(headers) };
}

/**
 * The bodies as they may leave: byte for byte where nothing in them is a secret. Otherwise secrets are covered, so that lengths stay what they are; a message that was compressed
 * and has one is sent plain, and one that could not be looked into is left out.
 */
export function finishedCall(
  record: PairRecord,
  call: CallWork,
  heads: { request: Buffer; response: Buffer },
  masker: Masker,
  work: Work,
): Pick<PairRecord, 'request' | 'response'> {
  return {
    request: finishedSide(record.request, call.request, heads.request, masker, work),
    response: finishedSide(record.response, call.response, heads.response, masker, work),
  };
}

/** Covers what stands in base64 in a part of that form. */
const covers: Readonly<Record<Part['form'], (plain: Buffer, masker: Masker, work: Work) => Buffer>> = {
  message: (plain) => plain,
  fields: coverTrailers,
  end: coverDetails,
};

function finishedSide(
  message: MessageCapture,
  { parts, rest, text }: Side,
  head: Buffer,
  masker: Masker,
  work: Work,
): MessageCapture {
  let changed = false;
  let left = false;
  const written = parts.flatMap(({ flags, sent, plain, form }): Buffer[] => {
    if (plain === null) {
      left = true;
      return [];
    }
    const covered = covers[form](work.cover(plain), masker, work);
    if (covered === plain) return [prefix(flags, sent.length), sent];
    changed = true;
    return [prefix(flags & ~COMPRESSED, covered.length), covered];
  });
  const last = work.cover(rest);
  if (!changed && !left && last === rest) return { ...message, head };
  const plain = Buffer.concat([...written, last]);
  const body = text ? Buffer.from(plain.toString('base64')) : plain;
  const truncated = message.truncated || left;
  const bytes = truncated ? Math.max(message.wireBytes, body.length) : body.length;
  // A checksum of what was masked would tell of it.
  return {
    head: withoutCodings(head, truncated ? null : body.length),
    body,
    wireBytes: bytes,
    payloadBytes: bytes,
    truncated,
    crc32: 0,
  };
}

function prefix(flags: number, length: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = flags;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}
