import { limits } from '../limits.ts';
import type { MaskedMessage, OutgoingMessage } from '../redact/mask.ts';
import { maskerFor, maskRecord } from '../redact/record.ts';
import { type MaskingRules, noUserRules } from '../rrpair/masking.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { decodeContent } from '../wire/content-coding.ts';
import { callKind } from '../wire/grpc/status.ts';
import { headerValues } from '../wire/http1/head.ts';
import { type RecordedRequest, recordedRequest } from './request.ts';

/** A recorded request as it leaves Sidetap. */
export interface OutgoingRequest {
  request: RecordedRequest;
  /** What was masked, for people. */
  masked: string[];
  /** What masking changed beside the secrets, or could not look into, as sentences. */
  notes: string[];
}

/** The request of a pair, its secrets masked unless `reveal` is set. Throws `pair-not-replayable` for rows that hold no HTTP request. */
export function outgoingRequest(record: PairRecord, reveal: boolean, rules: MaskingRules = noUserRules): OutgoingRequest {
  const request = recordedRequest(record);
  if (reveal) return { request, masked: [], notes: [] };
  const mask = (message: OutgoingMessage): MaskedMessage => maskerFor(rules).message(message);
  if (callKind(headerValues(request.headers, 'content-type').join(',')) !== null) return outgoingCall(record, request, rules);
  const coding = headerValues(request.headers, 'content-encoding').join(',');
  const plain = coding === '' || request.body.length === 0 ? null : decodeContent(request.body, coding, limits.exportedBodyBytes);
  if (plain === null || plain.problem !== '' || !plain.complete) {
    const { masked, ...shown } = mask(request);
    const unread = plain !== null && ['The body could not be decoded, so secrets inside it were not masked.'];
    return { request: { ...request, ...shown }, masked, notes: unread === false ? [] : unread };
  }
  const decoded = Buffer.from(plain.bytes.buffer, plain.bytes.byteOffset, plain.bytes.byteLength);
  const { masked, body, ...shown } = mask({ ...request, body: decoded });
  if (body.equals(decoded)) return { request: { ...request, ...shown }, masked, notes: [] };
  const headers = shown.headers.filter(([name]) => name.toLowerCase() !== 'content-encoding');
  return {
    request: { ...request, ...shown, headers, body },
    masked,
    notes: ['A secret inside the compressed body was masked, so the body is sent uncompressed.'],
  };
}

/** Of a call, each message is looked into by itself. */
function outgoingCall(record: PairRecord, request: RecordedRequest, rules: MaskingRules): OutgoingRequest {
  const masker = maskerFor(rules);
  const { masked, ...shown } = masker.message({ ...request, body: Buffer.alloc(0) });
  const inside = maskRecord(record, masker);
  const { body } = recordedRequest(inside.record);
  const complete = request.complete && !inside.record.request.truncated;
  const places = inside.findings.filter(({ where }) => where.startsWith('body')).map(({ where }) => where);
  return { request: { ...request, ...shown, body, complete }, masked: [...new Set([...masked, ...places])], notes: [] };
}
