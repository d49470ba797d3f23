import type { HeaderField } from '../../rrpair/shapes.ts';
import { decodeContent } from '../content-coding.ts';
import { headerValue, parseFields } from '../http1/head.ts';
import { COMPRESSED } from './compression.ts';
import { type ConnectError, statusBytesOf, streamError } from './connect-error.ts';
import { Envelopes } from './envelopes.ts';

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const names: readonly string[] = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** How a call ended. */
export interface CallStatus {
  /** Its name; a number where it has none. */
  name: string;
  /** What the server says about it, for people; may be empty. */
  message: string;
  /** What else it says, as `grpc-status-details-bin` has it; empty when nothing. */
  details: string;
}

/** What calls are made of. `connect` is the streaming form of Connect; its unary one is plain HTTP. */
export type CallKind = 'grpc' | 'grpc-web' | 'connect';

/** By the media type of either message; null for what is no such call. */
export function callKind(mediaType: string): CallKind | null {
  // Also in base64, which is taken off before messages are cut from it (`callBody`).
  if (/^application\/grpc-web(?:-text)?(?:[+;\s]|$)/i.test(mediaType)) return 'grpc-web';
  if (/^application\/grpc(?:[+;\s]|$)/i.test(mediaType)) return 'grpc';
  return /^application\/connect\+/i.test(mediaType) ? 'connect' : null;
}

/** The status as header fields or trailers tell it; null where they do not. */
export function fieldStatus(...lists: readonly (readonly HeaderField[])[]): CallStatus | null {
  for (const fields of lists) {
    const code = headerValue(fields, 'grpc-status');
    if (code === undefined) continue;
    const details = headerValue(fields, 'grpc-status-details-bin') ?? '';
    return { name: statusName(code), message: decoded(headerValue(fields, 'grpc-message') ?? ''), details };
  }
  return null;
}

export function statusName(code: string): string {
  return (/^\d{1,2}$/.test(code) ? names[Number(code)] : undefined) ?? code.slice(0, 20);
}

/** Percent-encoded UTF-8 (gRPC over HTTP2, Status-Message). */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message; // as sent
  }
}

const TRAILERS = 0x80;
const END_OF_STREAM = 0x02;

/** The status as the last envelope of a body tells it (gRPC-Web, Connect), which `coding` may have compressed; null where there is none. */
export function bodyStatus(kind: CallKind, body: Buffer, coding: string): CallStatus | null {
  if (kind === 'grpc') return null;
  let status: CallStatus | null = null;
  new Envelopes((flags, payload) => {
    status = endStatus(kind, flags, payload, coding) ?? status;
  }).readOn(body, body.length, null);
  return status;
}

/** This envelope holds trailers: a block of fields (gRPC-Web, Message framing). */
export function isTrailers(kind: CallKind, flags: number): boolean {
  return kind === 'grpc-web' && (flags & TRAILERS) !== 0;
}

/** This envelope is the JSON that a stream ends with, its error in it (https://connectrpc.com/docs/protocol, EndStreamResponse). */
export function isEndOfStream(kind: CallKind, flags: number): boolean {
  return kind === 'connect' && (flags & END_OF_STREAM) !== 0;
}

/** The status that this envelope tells; null when it is none that does. */
export function endStatus(kind: CallKind, flags: number, payload: Buffer, coding: string): CallStatus | null {
  if (isTrailers(kind, flags)) return fieldStatus(parseFields(trailerBytes(flags, payload, coding)));
  if (!isEndOfStream(kind, flags)) return null;
  const error = streamError(trailerBytes(flags, payload, coding));
  return error === undefined ? null : connectStatus(error);
}

/** Bytes of trailers that are looked at, decompressed. */
const MOST_TRAILER_BYTES = 1024 * 1024;

/** What such an envelope holds, decompressed where its flags say so; as sent where nothing says how. */
export function trailerBytes(flags: number, payload: Buffer, coding: string): Buffer {
  if ((flags & COMPRESSED) === 0 || coding === '') return payload;
  const { bytes } = decodeContent(payload, coding, MOST_TRAILER_BYTES);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** How a call of Connect ended, by its error; without one it ended well. */
export function connectStatus(error: ConnectError | null): CallStatus {
  if (error === null) return { name: 'OK', message: '', details: '' };
  const { code, message, details } = error;
  const name = code === '' ? 'UNKNOWN' : code.toUpperCase();
  // gRPC writes it with two L.
  const known = names.indexOf(name === 'CANCELED' ? 'CANCELLED' : name);
  const number = known < 0 ? names.indexOf('UNKNOWN') : known;
  return { name, message, details: details.length === 0 ? '' : statusBytesOf(number, error).toString('base64') };
}

/** As lists show it: what begins with `ERR` counts as an error. */
export function listedStatus({ name }: CallStatus): string {
  return name === 'OK' ? name : `ERR:${name}`;
}
