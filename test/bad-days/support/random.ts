import { createCipheriv, createHash } from 'node:crypto';

/** Random numbers and bytes that are the same for the same seed. */
export class Random {
  readonly #cipher;

  constructor(seed: string) {
    this.#cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16));
  }

  bytes(count: number): Buffer {
    return this.#cipher.update(Buffer.alloc(count));
  }

  /** From 0 to `below` - 1. */
  below(below: number): number {
    return this.bytes(4).readUInt32LE() % below;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}
