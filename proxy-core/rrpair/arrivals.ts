/**
 * When the bytes of a stream came, run after run and of both sides, so that its messages can be put in their order and given their times. Kept beside the
 * bodies, as varints (7 bits a byte, the lowest first): length of the run × 2, plus 1 when the server sent it; then µs since the run before, of the first
 * since the pair began.
 */

export interface Arrival {
  fromServer: boolean;
  /** Bytes of the body on the wire. */
  bytes: number;
  /** µs since the pair began; of the run's first byte. */
  at: number;
}

/** Numbers here are below 2^53, which are 8 bytes. */
export const ARRIVAL_BYTES = 16;

/** Appends one; `sinceBefore` in µs. Returns where it ends. The buffer must have `ARRIVAL_BYTES` of room. */
export function writeArrival(into: Uint8Array, at: number, fromServer: boolean, bytes: number, sinceBefore: number): number {
  return varint(into, varint(into, at, bytes * 2 + (fromServer ? 1 : 0)), sinceBefore);
}

function varint(into: Uint8Array, at: number, value: number): number {
  let left = value;
  let place = at;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) into[place++] = (left % 0x80) + 0x80;
  into[place++] = left;
  return place;
}

/** All of them. Of bytes that are cut off or wrong (a file may hold anything), those that can be read. */
export function readArrivals(bytes: Uint8Array): Arrival[] {
  const arrivals: Arrival[] = [];
  let at = 0;
  let place = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 0x80) {
      const byte = bytes[place++];
      if (byte === undefined) return -1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return -1;
  };
  while (place < bytes.length) {
    const run = next();
    const since = next();
    if (run < 0 || since < 0) break;
    at += since;
    arrivals.push({ fromServer: run % 2 === 1, bytes: Math.floor(run / 2), at });
  }
  return arrivals;
}
