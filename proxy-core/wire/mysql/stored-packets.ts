import { FULL, NONE } from './packets.ts';

/** A packet of stored bytes, with all that went on with it. */
export interface StoredPacket {
  offset: number;
  /** Bytes with all headers. */
  length: number;
  sequence: number;
  /** First byte of the content; `NONE` where there is none. */
  type: number;
  /** With the type. */
  payload: Buffer;
}

/** Cuts stored bytes into packets. `rest` is why not all of them are. */
export function storedPackets(bytes: Buffer): { packets: StoredPacket[]; rest: string } {
  const packets: StoredPacket[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const offset = at;
    const parts: Buffer[] = [];
    let length = 0;
    do {
      if (at + 4 > bytes.length) return { packets, rest: INCOMPLETE };
      length = bytes.readUIntLE(at, 3);
      if (at + 4 + length > bytes.length) return { packets, rest: INCOMPLETE };
      parts.push(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    } while (length === FULL);
    const payload = parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
    packets.push({ offset, length: at - offset, sequence: bytes[offset + 3] as number, type: payload[0] ?? NONE, payload });
  }
  return { packets, rest: at < bytes.length ? INCOMPLETE : '' };
}

const INCOMPLETE = 'The last packet is not complete.';
