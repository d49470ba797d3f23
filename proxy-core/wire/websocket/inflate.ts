import zlib from 'node:zlib';
import { limits } from '../../limits.ts';

/** Deflate looks back so far (RFC 1951 2). */
const WINDOW_BYTES = 32 * 1024;

/** RFC 7692 7.2.2: what the sender cut off of the end. */
const TAIL = Buffer.of(0, 0, 0xff, 0xff);

export interface Inflated {
  bytes: Uint8Array;
  problem: string;
}

/** What inflating may still make of all of one conversation: a bomb is worth a note, not the reader's time. */
export interface InflateBudget {
  bytes: number;
}

/**
 * Inflates the messages of one side one after the other (RFC 7692 7.2.2). Each is a call of its own to which the window is given, so that nothing is kept
 * between messages but that. Once a message could not be inflated, those that build on it cannot either.
 */
export class MessageInflater {
  readonly #keepsContext: boolean;
  readonly #budget: InflateBudget;
  #window: Buffer = Buffer.alloc(0);
  #lost = '';

  constructor(keepsContext: boolean, budget: InflateBudget) {
    this.#keepsContext = keepsContext;
    this.#budget = budget;
  }

  inflate(payload: Uint8Array): Inflated {
    if (this.#lost !== '') return { bytes: payload, problem: this.#lost };
    const most = Math.min(limits.messageBytes, this.#budget.bytes);
    try {
      if (most <= 0) throw new RangeError();
      const bytes = zlib.inflateRawSync(Buffer.concat([payload, TAIL]), {
        finishFlush: zlib.constants.Z_SYNC_FLUSH,
        maxOutputLength: most,
        ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
      });
      this.#budget.bytes -= bytes.length;
      if (this.#keepsContext) this.#slide(bytes);
      return { bytes, problem: '' };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      const tooLarge = error instanceof RangeError || code === 'ERR_BUFFER_TOO_LARGE';
      if (tooLarge) this.#budget.bytes -= most;
      const problem = tooLarge
        ? `Decompressed it is larger than ${String(most)} bytes, which is too much to be read; its compressed bytes are shown.`
        : 'Its compressed bytes are damaged; they are shown as sent.';
      if (this.#keepsContext)
        this.#lost = 'It is compressed against an earlier message that could not be read; its compressed bytes are shown.';
      return { bytes: payload, problem };
    }
  }

  /** A message of which not all bytes are there. */
  lose(): void {
    if (this.#keepsContext)
      this.#lost = 'It is compressed against an earlier message that was not kept whole; its compressed bytes are shown.';
  }

  #slide(bytes: Buffer): void {
    if (bytes.length >= WINDOW_BYTES) this.#window = Buffer.from(bytes.subarray(bytes.length - WINDOW_BYTES));
    else
      this.#window = Buffer.concat([this.#window.subarray(Math.max(0, this.#window.length + bytes.length - WINDOW_BYTES)), bytes]);
  }
}
