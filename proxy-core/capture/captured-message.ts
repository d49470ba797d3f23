import { crc32 } from 'node:zlib';
import { limits } from '../limits.ts';
import type { BatchQueue } from './batch-queue.ts';

/** Most messages have one head and one run of body, or none: an empty list of their own would be the largest thing that a small exchange makes. */
const NONE: Buffer[] = [];

/** One direction of an exchange while it passes: what is held of it, and what went ahead to the store. */
export class CapturedMessage {
  readonly #side: 'request' | 'response';
  /** Interim heads and the final one. */
  heads: readonly Buffer[] = NONE;
  /** Body bytes that wait here. */
  chunks: Buffer[] = NONE;
  wireBytes = 0;
  payloadBytes = 0;
  ended = false;
  /** Something of the body went ahead; what is held must follow as a part too. */
  inParts = false;
  #heldBytes = 0;
  #sentBytes = 0;
  /** No more of this body is kept: it reached the kept limit, or was shed. */
  #full = false;
  #crc = 0;
  /** Computed only once it may be needed: 2.5 GB/s is not nothing. */
  #crcRuns = false;

  constructor(side: 'request' | 'response') {
    this.#side = side;
  }

  /** Nothing more of its body is kept. */
  get full(): boolean {
    return this.#full;
  }

  get truncated(): boolean {
    return this.#sentBytes + this.#heldBytes < this.wireBytes;
  }

  get crc32(): number {
    return this.truncated ? this.#crc : 0;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  head(queue: BatchQueue, bytes: Buffer): void {
    this.heads = this.heads === NONE ? [bytes] : [...this.heads, bytes];
    queue.heldBytes += bytes.length;
  }

  /** Takes a run of body bytes. Returns true when enough is held to be sent ahead. */
  body(queue: BatchQueue, wire: Buffer, payloadBytes: number, keptBytes: number): boolean {
    this.wireBytes += wire.length;
    this.payloadBytes += payloadBytes;
    if (this.#full) {
      queue.unkeptBytes += wire.length;
      this.#crc = crc32(wire, this.#crc);
      return false;
    }
    const room = keptBytes - this.#sentBytes - this.#heldBytes;
    if (wire.length > room) {
      this.#startCrc();
      this.#full = true;
      if (room > 0) this.#hold(queue, wire.subarray(0, room));
    } else {
      this.#hold(queue, wire);
    }
    if (this.#crcRuns) this.#crc = crc32(wire, this.#crc);
    return this.#heldBytes > limits.bodyPartBytes || queue.heldBytes > queue.limits.held;
  }

  /** Sends what is held ahead, as a part. */
  sendPart(queue: BatchQueue, id: number): void {
    if (this.#heldBytes === 0) return;
    this.#startCrc();
    queue.part(id, this.#side, this.#sentBytes, this.chunks, this.#heldBytes);
    this.#sentBytes += this.#heldBytes;
    this.inParts = true;
    this.#drop(queue);
  }

  /** Gives up what is held, and all that follows. What went ahead stays. */
  shed(queue: BatchQueue): void {
    this.#startCrc();
    this.#full = true;
    this.#drop(queue);
  }

  /** Forgets everything held, when the record has been written or given up. */
  release(queue: BatchQueue): void {
    for (const head of this.heads) queue.heldBytes -= head.length;
    this.heads = NONE;
    this.#drop(queue);
  }

  /** A small view keeps the whole of its memory alive; for what waits long, a copy is cheaper. */
  compact(): void {
    this.heads = this.heads.map(ownMemory);
    this.chunks = this.chunks.map(ownMemory);
  }

  #hold(queue: BatchQueue, bytes: Buffer): void {
    if (this.chunks === NONE) this.chunks = [bytes];
    else this.chunks.push(bytes);
    this.#heldBytes += bytes.length;
    queue.heldBytes += bytes.length;
  }

  #drop(queue: BatchQueue): void {
    queue.heldBytes -= this.#heldBytes;
    this.#heldBytes = 0;
    this.chunks = NONE;
  }

  /** Includes what is held now; from here on every run of bytes is added as it comes. */
  #startCrc(): void {
    if (this.#crcRuns) return;
    this.#crcRuns = true;
    for (const chunk of this.chunks) this.#crc = crc32(chunk, this.#crc);
  }
}

function ownMemory(bytes: Buffer): Buffer {
  if (bytes.length * 2 >= bytes.buffer.byteLength) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
