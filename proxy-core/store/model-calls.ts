import type { Reading } from '../rrpair/reading.ts';
import { headerValue, type ParsedHead, parseHeads } from '../wire/http1/head.ts';
import { readModelCall } from '../wire/llm/read.ts';
import { type ModelCall, mayCallModel, modelCall } from '../wire/llm/shape.ts';
import { readBody } from '../wire/read-body.ts';
import type { PairEntry } from './batch.ts';
import type { Bodies } from './bodies.ts';
import { parseMediaType } from './media-type.ts';

/** Bytes of a request in which its model is looked for: a long conversation may stand before it. */
const BEGINNING_BYTES = 64 * 1024;

/** Which model an HTTP pair calls, and how; null when it calls none. */
export function modelCallOf(entry: PairEntry, bodies: Bodies): ModelCall | null {
  const head = parseHeads(entry.requestHead).final;
  if (head === null || !mediaTypeOf(head).endsWith('json')) return null;
  const path = /^(?:\w+:\/\/[^/]*)?([^?]*)/.exec(head.target)?.[1] ?? '';
  // Most paths are those of no model, and their bodies need not be read.
  if (!mayCallModel(path)) return null;
  const { bytes } = readBody(bodies.wire(entry, 'request', BEGINNING_BYTES), head.headers, 'decoded', BEGINNING_BYTES);
  return modelCall(path, Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, BEGINNING_BYTES)).toString('latin1'));
}

/** What was said to a model and what it answered. */
export function readModelPair(entry: PairEntry, call: ModelCall, bodies: Bodies, open: boolean): Reading {
  const request = parseHeads(entry.requestHead).final;
  const response = parseHeads(entry.responseHead).final;
  const decoded = (side: 'request' | 'response', head: ParsedHead | null): Buffer => {
    const { bytes } = readBody(bodies.wire(entry, side, Number.POSITIVE_INFINITY), head?.headers ?? [], 'decoded');
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  return readModelCall({
    call,
    request: decoded('request', request),
    response: decoded('response', response),
    responseType: response === null ? '' : mediaTypeOf(response),
    open,
  });
}

function mediaTypeOf(head: ParsedHead): string {
  return parseMediaType(headerValue(head.headers, 'content-type') ?? '').mediaType;
}
