import type { FrameShape } from '../frame-reader.ts';

/** Size, key of the API, its version and the number by which the answer is found. */
export const REQUEST_BYTES = 12;
/** Size, and the number of the request. */
export const ANSWER_BYTES = 8;
/** Size alone. */
const TOKEN_BYTES = 4;

/**
 * How messages begin (https://kafka.apache.org/protocol#protocol_messages). Where `isToken` says so, the next one is a token of SASL, which has nothing but a size in
 * front (KIP-12): as the first version of SaslHandshake has it.
 */
export function kafkaFrames(side: 'client' | 'server', isToken: () => boolean): FrameShape {
  const bytes = side === 'client' ? REQUEST_BYTES : ANSWER_BYTES;
  const headBytes = (): number => (isToken() ? TOKEN_BYTES : bytes);
  return {
    most: bytes,
    size: headBytes,
    type: (header, size) => (size === REQUEST_BYTES ? header.readInt16BE(4) : -1),
    length: (header, size) => header.readInt32BE(0) - (size - TOKEN_BYTES),
  };
}
