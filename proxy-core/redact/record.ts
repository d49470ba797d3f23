import { limits } from '../limits.ts';
import type { Finding, MaskingRules } from '../rrpair/masking.ts';
import type { ImportedFacts, MessageCapture, PairRecord } from '../rrpair/pair.ts';
import { protocolFacts } from '../rrpair/protocols.ts';
import { isJson } from '../wire/grpc/connect-error.ts';
import { headerValue, type ParsedHead, parseHeads } from '../wire/http1/head.ts';
import { readBody } from '../wire/read-body.ts';
import { callWork, finishedCall } from './calls.ts';
import { coverDetails, findInDetails } from './connect-details.ts';
import { findInFrames, maskContext, type Seen } from './framed.ts';
import { rewriteHeads, withoutCodings } from './heads.ts';
import { maskImported, maskStructured } from './imported.ts';
import { Masker, type Work, withText } from './mask.ts';
import { hasBinaryFields } from './metadata.ts';
import { finishedSocket, socketWork } from './websocket.ts';

export interface MaskedRecord {
  record: PairRecord;
  findings: Finding[];
}

/**
 * The pair as it may leave: heads, bodies, whatever else it carries. What holds no secret stays byte for byte. A body in which something was
 * masked loses its framing and its content coding, and its head says so; of one that could not be looked through whole, only what was looked
 * through is left.
 */
export function maskRecord(record: PairRecord, masker: Masker): MaskedRecord {
  const work = masker.work();
  const framed = protocolFacts(record.connection.protocol).kind === 'decoded';
  const seen = framed ? findInFrames(record, masker, work) : null;
  const socket = socketWork(record, masker, work);
  const call = framed ? null : callWork(record, masker, work);
  const plain = socket === null && call === null;
  const request = framed ? null : messageWork(plain ? record.request : headOnly(record.request), masker, work);
  const response = framed ? null : messageWork(plain ? record.response : headOnly(record.response), masker, work);
  if (response !== null) findInError(response, masker, work);
  const summary =
    record.summary === null
      ? null
      : {
          ...record.summary,
          command: masker.text(record.summary.command, work, 'command'),
          location: masker.sql(masker.target(record.summary.location, work), work),
        };
  const failure =
    record.failure === null ? null : { ...record.failure, detail: masker.text(record.failure.detail, work, 'failure') };
  const note = maskNote(record.mark?.note ?? '', masker, work);
  const imported = record.imported === undefined ? undefined : maskImported(record.imported, record, masker, work);
  // Only now is every secret known: in the second pass each goes wherever it stands.
  const repeats = work.repeats();
  const headOf = (head: Buffer): Buffer => {
    const plain = withText(head, repeats);
    if (!hasBinaryFields(plain)) return plain;
    return rewriteHeads(plain, { target: (target) => target, value: (name, value) => masker.repeatedIn(name, value, work) });
  };
  const masked: PairRecord = {
    ...record,
    request: request === null ? covered(record.request, work, seen?.request) : finished(record.request, request, repeats, headOf),
    response:
      response === null
        ? covered(record.response, work, seen?.response)
        : finished(record.response, coveredError(response, masker, work), repeats, headOf),
    summary: summary === null ? null : { ...summary, command: repeats(summary.command), location: repeats(summary.location) },
    failure: failure === null ? null : { ...failure, detail: repeats(failure.detail) },
    ...(record.context === undefined ? {} : { context: maskContext(record.context, (text) => repeats(masker.sql(text, work))) }),
    ...(imported === undefined ? {} : { imported: repeated(imported, repeats) }),
    ...(record.mark === undefined ? {} : { mark: { ...record.mark, note: repeats(note) } }),
  };
  if (!plain && request !== null && response !== null) {
    const heads = { request: headOf(request.head), response: headOf(response.head) };
    if (socket !== null) Object.assign(masked, finishedSocket(record, socket, heads, repeats));
    else if (call !== null) Object.assign(masked, finishedCall(record, call, heads, masker, work));
  }
  if (socket !== null) return { record: masked, findings: work.findings };
  if (masked.request.body !== record.request.body || masked.response.body !== record.response.body) {
    // When the runs of a body came that is written anew cannot be said.
    delete masked.arrivals;
  }
  return { record: masked, findings: work.findings };
}

function headOnly(message: MessageCapture): MessageCapture {
  return { ...message, body: new Uint8Array(0) };
}

const urls = /\b[a-z][a-z0-9+.-]*:\/\/[^\s<>"']+/gi;

/** What people paste into a note: a token, a URL, a piece of JSON. */
function maskNote(note: string, masker: Masker, work: Work): string {
  const byUrl = note.replaceAll(urls, (url) => masker.target(url, work));
  return masker.text(maskStructured(byUrl, masker, work), work, 'note');
}

/** The pair without its secrets. */
export function masked(record: PairRecord, rules: MaskingRules): PairRecord {
  return maskRecord(record, maskerFor(rules)).record;
}

let latest: { key: string; masker: Masker } | undefined;

/** Rules come anew with every call from another thread; they are compiled when they have changed. Throws `masking-invalid`. */
export function maskerFor(rules: MaskingRules): Masker {
  const key = JSON.stringify(rules);
  if (latest?.key !== key) latest = { key, masker: new Masker(rules) };
  return latest.masker;
}

interface MessageWork {
  head: Buffer;
  /** As it was received. */
  parsed: ParsedHead | null;
  /** Decoded and masked. */
  body: Buffer;
  /** The body has to be written in its decoded form. */
  decoded: boolean;
  /** Some of the body could not be looked through. */
  cut: boolean;
}

function messageWork(message: MessageCapture, masker: Masker, work: Work): MessageWork {
  const original = bufferOf(message.head);
  const head = rewriteHeads(original, {
    target: (target) => masker.target(target, work),
    value: (name, value) => masker.header(name, value, work),
  });
  const parsed = parseHeads(original).final;
  const headers = parsed?.headers ?? [];
  const content = readBody(message.body, headers, 'decoded', limits.exportedBodyBytes);
  const before = bufferOf(content.bytes);
  const body = masker.body(headers, before, work);
  const stopped = content.bytes.length >= limits.exportedBodyBytes && !content.complete;
  return { head, parsed, body, decoded: body !== before || stopped, cut: stopped };
}

/** Connect answers a unary call that failed as JSON, whatever its messages are. */
function mayBeConnectError({ parsed }: MessageWork): boolean {
  return parsed !== null && parsed.statusCode >= 400 && isJson(headerValue(parsed.headers, 'content-type') ?? '');
}

function findInError(response: MessageWork, masker: Masker, work: Work): void {
  if (mayBeConnectError(response)) findInDetails(response.body, masker, work);
}

function coveredError(response: MessageWork, masker: Masker, work: Work): MessageWork {
  const body = mayBeConnectError(response) ? coverDetails(response.body, masker, work) : response.body;
  return body === response.body ? response : { ...response, body, decoded: true };
}

function finished(
  message: MessageCapture,
  work: MessageWork,
  repeats: (text: string) => string,
  headOf: (head: Buffer) => Buffer,
): MessageCapture {
  const head = headOf(work.head);
  const body = withText(work.body, repeats);
  if (!work.decoded && body === work.body) return { ...message, head };
  const truncated = message.truncated || work.cut;
  return {
    head: withoutCodings(head, truncated ? null : body.length),
    body,
    wireBytes: truncated ? Math.max(message.wireBytes, body.length) : body.length,
    payloadBytes: truncated ? Math.max(message.payloadBytes, body.length) : body.length,
    truncated,
    // A checksum of what was masked would tell of it.
    crc32: 0,
  };
}

/** Bytes of a protocol whose messages tell their lengths; nothing of those that were not looked through whole, or in which a secret cannot be covered. */
function covered(message: MessageCapture, work: Work, seen: Seen | undefined): MessageCapture {
  const mayLeave = seen === 'whole' || (seen === 'packed' && work.findings.length === 0);
  if (!mayLeave && message.body.length > 0) return { ...message, body: new Uint8Array(0), truncated: true, crc32: 0 };
  const before = bufferOf(message.body);
  const body = work.cover(before);
  // A checksum of what was masked would tell of it.
  return body === before ? message : { ...message, body, crc32: 0 };
}

function repeated(imported: ImportedFacts, repeats: (text: string) => string): ImportedFacts {
  return { format: imported.format, text: repeats(imported.text) };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
