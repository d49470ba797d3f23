import { limits } from '../../limits.ts';

/** What an entry costs beside its bytes, so that a flood of tiny pieces counts too. */
const ENTRY_BYTES = 64;

/**
 * What the client sends before it is known whether it is still HTTP: behind CONNECT, or behind a request that offers an upgrade. It is
 * copied, because an answer may be long in coming and a view would pin the whole piece it lies in.
 */
export class HeldBytes {
  /** More came than is kept: what follows can no longer be read. */
  overflowed = false;
  /** When the first and the last of them came, µs. */
  firstAt = 0;
  lastAt = 0;
  #entries: { bytes: Buffer; at: number }[] = [];
  #bytes = 0;

  add(bytes: Buffer, from: number, at: number): void {
    if (this.#bytes === 0) this.firstAt = at;
    this.lastAt = at;
    this.#bytes += bytes.length - from + ENTRY_BYTES;
    if (this.overflowed || this.#bytes > limits.heldClientBytes) {
      this.overflowed = true;
      this.#entries = [];
      return;
    }
    this.#entries.push({ bytes: Buffer.from(bytes.subarray(from)), at });
  }

  take(): { bytes: Buffer; at: number }[] {
    const entries = this.#entries;
    this.clear();
    return entries;
  }

  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
    this.overflowed = false;
  }
}
