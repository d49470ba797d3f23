import { limits } from '../limits.ts';
import type { BodyForm, HeaderField } from '../rrpair/shapes.ts';
import { decodeContent } from './content-coding.ts';
import { removeChunkFraming } from './http1/body.ts';
import { headerValue, headerValues } from './http1/head.ts';

export interface ReadBody {
  bytes: Uint8Array;
  trailers: HeaderField[];
  /** False when bytes are missing: the body was cut short, or its decoding was stopped at a limit. */
  complete: boolean;
  /** Why the form asked for could not be had, as a sentence; empty when it could. */
  problem: string;
}

/** A body as it went over the wire, in the form in which somebody wants to read it. `headers` are those of its message. */
export function readBody(wire: Uint8Array, headers: readonly HeaderField[], form: BodyForm): ReadBody {
  if (form === 'wire') return { bytes: wire, trailers: [], complete: true, problem: '' };
  const chunked = /\bchunked\b/i.test(headerValue(headers, 'transfer-encoding') ?? '');
  const unframed = chunked ? removeChunkFraming(wire) : { payload: wire, trailers: [], complete: true };
  const coding = headerValues(headers, 'content-encoding').join(', ');
  if (form === 'payload' || coding === '' || unframed.payload.length === 0) {
    return { bytes: unframed.payload, trailers: unframed.trailers, complete: unframed.complete, problem: '' };
  }
  const decoded = decodeContent(unframed.payload, coding, limits.decodedBodyBytes);
  return {
    bytes: decoded.bytes,
    trailers: unframed.trailers,
    complete: unframed.complete && decoded.complete,
    problem: decoded.problem,
  };
}
