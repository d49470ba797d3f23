const HEADER = 8;
const STDERR = 2;

export interface AttachedOutput {
  /** Bytes of standard output; a view of what was pushed. */
  stdout(bytes: Buffer): void;
  stderr(bytes: Buffer): void;
}

/**
 * Takes apart the stream of an attached container without a terminal: headers (kind, 3 bytes of nothing, length, big endian) and what was written.
 * Copies nothing and waits for nothing, unlike dockerode's own, which joins each piece to the rest. Sans-io.
 */
export class AttachedDemux {
  readonly #output: AttachedOutput;
  readonly #header = Buffer.alloc(HEADER);
  #headerBytes = 0;
  /** Bytes of the current piece that have not come yet. */
  #rest = 0;

  constructor(output: AttachedOutput) {
    this.#output = output;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#rest === 0) {
        const take = Math.min(HEADER - this.#headerBytes, chunk.length - at);
        this.#header.set(chunk.subarray(at, at + take), this.#headerBytes);
        this.#headerBytes += take;
        at += take;
        if (this.#headerBytes < HEADER) return;
        this.#headerBytes = 0;
        this.#rest = this.#header.readUInt32BE(4);
        continue;
      }
      const take = Math.min(this.#rest, chunk.length - at);
      const bytes = chunk.subarray(at, at + take);
      this.#rest -= take;
      at += take;
      if (this.#header[0] === STDERR) this.#output.stderr(bytes);
      else this.#output.stdout(bytes);
    }
  }
}
