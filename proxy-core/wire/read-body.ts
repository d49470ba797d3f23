import { limits } from '../limits.ts';
import type { BodyForm, HeaderField } from '../rrpair/shapes.ts';
import { decodeContent } from './content-coding.ts';
import { removeChunkFraming } from './http1/body.ts';
import { headerValues } from './http1/head.ts';

export interface ReadBody {
  bytes: Uint8Array;
  trailers: HeaderField[];
  /** False when bytes are missing: the body was cut short, or its decoding was stopped at a limit. */
  complete: boolean;
  /** Why the form asked for could not be had, as a sentence; empty when it could. */
  problem: string;
}

/**
 * A body as it went over the wire, in the form in which somebody wants to read it. `headers` are those of its message. Decoding stops
 * after `maxBytes`.
 */
export function readBody(
  wire: Uint8Array,
  headers: readonly HeaderField[],
  form: BodyForm,
  maxBytes: number = limits.decodedBodyBytes,
): ReadBody {
  // Of a response to HEAD the fields tell of a body that is not there.
  if (form === 'wire' || wire.length === 0) return { bytes: wire, trailers: [], complete: true, problem: '' };
  const transferCodings = headerValues(headers, 'transfer-encoding')
    .join(',')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '');
  const chunked = transferCodings.at(-1) === 'chunked';
  const unframed = chunked ? removeChunkFraming(wire) : { payload: wire, trailers: [], complete: true };
  // Transfer codings come on top of content codings, so they are the last to have been applied (RFC 9112 7).
  const codings = [
    ...headerValues(headers, 'content-encoding'),
    ...(chunked ? transferCodings.slice(0, -1) : transferCodings),
  ].join(',');
  if (form === 'payload' || codings === '') {
    return { bytes: unframed.payload, trailers: unframed.trailers, complete: unframed.complete, problem: '' };
  }
  const decoded = decodeContent(unframed.payload, codings, maxBytes);
  return {
    bytes: decoded.bytes,
    trailers: unframed.trailers,
    complete: unframed.complete && decoded.complete,
    problem: decoded.problem,
  };
}
