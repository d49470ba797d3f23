import type { Said } from './frames.ts';
import type { Method } from './methods.ts';

/** A method frame that has come whole. */
export interface MethodFrame {
  /** Number of its channel. */
  number: number;
  method: Method;
  said: Said;
  /** All of it, with the frame around it. */
  bytes: Buffer;
}

/** Bytes of a frame before its content. */
export const FRAME_HEADER_BYTES = 7;

/** Covers an argument in the bytes of its frame. */
export function cover({ said, bytes }: MethodFrame, name: string): void {
  const place = said.places[name];
  if (place !== undefined) bytes.fill('*', FRAME_HEADER_BYTES + place[0], FRAME_HEADER_BYTES + place[1]);
}
