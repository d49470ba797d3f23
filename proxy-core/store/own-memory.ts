/** Smaller memory is copied as fast as it is moved. */
const LEAST_BYTES = 16 * 1024;

/**
 * The memory of these arrays, as far as each is alone in its memory: it can be moved to another thread instead of being copied. The arrays
 * are empty here afterwards.
 */
export function ownMemory(arrays: Iterable<unknown>): ArrayBuffer[] {
  const memory = new Set<ArrayBuffer>();
  for (const array of arrays) {
    if (!ArrayBuffer.isView(array) || !(array.buffer instanceof ArrayBuffer)) continue;
    // A Buffer of a few bytes shares its memory with others.
    if (array.byteLength >= LEAST_BYTES && array.byteLength === array.buffer.byteLength) memory.add(array.buffer);
  }
  return [...memory];
}

/**
 * Gives the memory of these bytes back now, as far as they are alone in it, instead of when V8 next looks for garbage: it lets tens of MB of such memory
 * pile up before it does. The bytes are empty afterwards, and so is whatever was a view of them.
 */
export function freeMemory(bytes: Uint8Array): void {
  for (const memory of ownMemory([bytes])) memory.transfer(0);
}

/** What takes the most memory in a message: the value itself, or the bodies of a pair. */
export function largeParts(value: unknown): unknown[] {
  if (ArrayBuffer.isView(value)) return [value];
  if (typeof value !== 'object' || value === null || !('request' in value) || !('response' in value)) return [];
  return [bodyOf(value.request), bodyOf(value.response)];
}

function bodyOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'body' in message ? message.body : undefined;
}
