import type { HeaderField } from '../../rrpair/shapes.ts';
import { ChunkedReader } from './chunked.ts';
import { parseFields } from './head.ts';

/** A chunked body without its framing. */
export interface Unchunked {
  /** The chunks' data, one after the other; a view of what was given when it is a single run. */
  payload: Uint8Array;
  /** Fields of the trailer section; empty until that is complete. */
  trailers: HeaderField[];
  /** False when the last chunk or the end of the trailer section is missing, or when the framing is wrong from some byte on. */
  complete: boolean;
}

/** Takes the framing off a chunked body (RFC 9112 7.1.3). Of one that was cut off or is damaged, as much as can be had. */
export function removeChunkFraming(wire: Uint8Array): Unchunked {
  const runs: Uint8Array[] = [];
  const reader = new ChunkedReader((start, end) => {
    runs.push(wire.subarray(start, end));
  });
  const end = reader.read(wire, 0);
  return {
    payload: runs.length === 1 ? (runs[0] as Uint8Array) : Buffer.concat(runs),
    trailers: reader.done ? parseFields(wire.subarray(reader.trailerOffset, end)) : [],
    complete: reader.done,
  };
}
