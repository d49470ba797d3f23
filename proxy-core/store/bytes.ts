/** A blob of SQLite as a Buffer over the same memory; empty for anything else. */
export function asBuffer(value: unknown): Buffer {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.alloc(0);
}
