import { limits } from '../limits.ts';
import type { MessageCapture, PairRecord } from '../rrpair/pair.ts';
import type { Diff, Difference } from '../rrpair/results.ts';
import type { HeaderField, MessageSide } from '../rrpair/shapes.ts';
import { parseHeads } from '../wire/http1/head.ts';
import { readBody } from '../wire/read-body.ts';
import { diffHeaders } from './diff-headers.ts';
import { diffJson } from './diff-json.ts';
import { diffText } from './diff-text.ts';

/** Differences of one kind that are listed; more are only said to exist. */
const LISTED = 500;

/** Bytes of a decoded body that are compared by structure; larger ones are compared as bytes. */
const STRUCTURED_BYTES = 4 * 1024 * 1024;

/**
 * What differs between the responses (or the requests) of two pairs: status (or start line), header fields, body. Noise (dates, ids) is
 * marked, not left out.
 */
export function diffRecords(before: PairRecord, after: PairRecord, side: MessageSide = 'response'): Diff {
  const one = side === 'response' ? responseOf(before) : requestOf(before);
  const two = side === 'response' ? responseOf(after) : requestOf(after);
  const path = side === 'response' ? 'status' : 'start line';
  const status: Difference | null =
    one.status === two.status ? null : { path, kind: 'changed', before: one.status, after: two.status, noise: false };
  const headers = diffHeaders(one.headers, two.headers);
  const { kind, differences } = diffBodies(one.body, two.body);
  const truncated = differences.length > LISTED;
  const body = differences.slice(0, LISTED);
  const equal = status === null && [...headers, ...body].every((difference) => difference.noise) && !truncated;
  return { equal, status, headers, body, bodyKind: kind, truncated };
}

interface ComparedMessage {
  /** Of a response the status code, or why there was none; of a request its start line. */
  status: string;
  headers: readonly HeaderField[];
  body: Buffer;
}

function requestOf(record: PairRecord): ComparedMessage {
  const head = parseHeads(record.request.head).final;
  return {
    status: head?.startLine ?? 'no request',
    headers: head?.headers ?? [],
    body: decoded(record.request, head?.headers ?? []),
  };
}

function responseOf(record: PairRecord): ComparedMessage {
  const head = parseHeads(record.response.head).final;
  return {
    status: head === null ? (record.failure?.code ?? 'no response') : String(head.statusCode),
    headers: head?.headers ?? [],
    body: decoded(record.response, head?.headers ?? []),
  };
}

function decoded(message: MessageCapture, headers: readonly HeaderField[]): Buffer {
  const content = readBody(message.body, headers, 'decoded', limits.comparedBodyBytes);
  // The beginnings of two bombs are equal whatever follows them, so those are compared as they were sent.
  const whole = content.complete || content.bytes.length <= STRUCTURED_BYTES;
  const { bytes } = whole ? content : readBody(message.body, headers, 'payload');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function diffBodies(before: Buffer, after: Buffer): { kind: Diff['bodyKind']; differences: Difference[] } {
  if (before.length === 0 && after.length === 0) return { kind: 'none', differences: [] };
  const small = before.length <= STRUCTURED_BYTES && after.length <= STRUCTURED_BYTES;
  if (small) {
    const one = jsonOf(before);
    const two = jsonOf(after);
    if (one !== undefined && two !== undefined) return { kind: 'json', differences: diffJson(one, two, LISTED + 1) };
    if (isText(before) && isText(after)) {
      return { kind: 'text', differences: diffText(before.toString('utf8'), after.toString('utf8'), LISTED + 1) };
    }
  }
  return { kind: 'binary', differences: diffBinary(before, after) };
}

/** The value of a JSON text, undefined when it is none. Numbers keep their digits as text would: those beyond double precision are compared rounded. */
function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined; // Not JSON: compared as text.
  }
}

function isText(bytes: Buffer): boolean {
  return !bytes.subarray(0, 8_192).includes(0);
}

function diffBinary(before: Buffer, after: Buffer): Difference[] {
  if (before.equals(after)) return [];
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && before[at] === after[at]) at += 1;
  const say = (bytes: Buffer): string =>
    `${String(bytes.length)} bytes, ${bytes.subarray(at, at + 16).toString('hex') || 'end'} at ${String(at)}`;
  return [{ path: `byte ${String(at)}`, kind: 'changed', before: say(before), after: say(after), noise: false }];
}
