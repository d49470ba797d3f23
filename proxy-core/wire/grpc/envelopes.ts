/** Takes a message. `atMs` is when its first byte came, null where that is not known. */
export type TakeEnvelope = (flags: number, payload: Buffer, atMs: number | null) => void;

/** One byte of flags and four of length stand before each message (gRPC over HTTP2, Length-Prefixed-Message; Connect, Enveloped-Message). */
const PREFIX_BYTES = 5;

/** Cuts a body that grows into its messages. */
export class Envelopes {
  readonly #take: TakeEnvelope;
  /** Where the next one begins. */
  #at = 0;
  #startedMs: number | null | undefined;

  constructor(take: TakeEnvelope) {
    this.#take = take;
  }

  /** The body, whose bytes up to `to` are there; those that are new came at `atMs`. A payload is only there during the call. */
  readOn(body: Buffer, to: number, atMs: number | null): void {
    while (to > this.#at) {
      this.#startedMs ??= atMs;
      if (to - this.#at < PREFIX_BYTES) return;
      const from = this.#at + PREFIX_BYTES;
      const length = body.readUInt32BE(this.#at + 1);
      if (to - from < length) return;
      const flags = body[this.#at] as number;
      const startedMs = this.#startedMs ?? null;
      this.#at = from + length;
      this.#startedMs = undefined;
      this.#take(flags, body.subarray(from, from + length), startedMs);
    }
  }

  /** Bytes behind the last message that is complete. */
  rest(to: number): number {
    return to - this.#at;
  }
}
