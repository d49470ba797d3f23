import type { FrameShape } from '../frame-reader.ts';

/** Larger messages are refused by servers and clients (1 GiB). */
const MOST_BYTES = 0x3f_ff_ff_ff;

/** Messages of a session: a type, and a length that counts itself. */
export const postgresqlFrames: FrameShape = {
  most: 5,
  size: () => 5,
  type: (header) => header[0] as number,
  length(header) {
    const length = header.readUInt32BE(1);
    return length > MOST_BYTES ? -1 : length - 4;
  },
};
