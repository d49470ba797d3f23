import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';

/**
 * Frames over a byte stream: length of what follows (4 bytes, little endian), kind (1 byte), payload. A batch of pairs goes as it is
 * (`store/batch.ts`), everything else as JSON (`messages.ts`).
 */
const KIND_MESSAGE = 1;
const KIND_BATCH = 2;
const HEADER = 5;

export interface FrameReceiver<Message> {
  message(message: Message): void;
  /** The batch's memory is the receiver's own. */
  batch(batch: Uint8Array<ArrayBuffer>): void;
}

/** A message as a frame. */
export function messageFrame(message: object): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  return Buffer.concat([header(KIND_MESSAGE, json.length), json]);
}

/** What goes before the bytes of a batch: the two are written one after the other, so that the batch is not copied. */
export function batchHeader(bytes: number): Buffer {
  return header(KIND_BATCH, bytes);
}

function header(kind: number, payload: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER);
  bytes.writeUInt32LE(payload + 1);
  bytes[4] = kind;
  return bytes;
}

/**
 * Reads frames from bytes as they come, however they are cut. Sans-io.
 *
 * Throws `link-broken` when the bytes are no frames; the stream is of no use from then on.
 */
export class FrameReader<Message> {
  readonly #receiver: FrameReceiver<Message>;
  readonly #header = Buffer.alloc(HEADER);
  #headerBytes = 0;
  #payload: Uint8Array<ArrayBuffer> | null = null;
  #payloadBytes = 0;

  constructor(receiver: FrameReceiver<Message>) {
    this.#receiver = receiver;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payload === null) {
        const take = Math.min(HEADER - this.#headerBytes, chunk.length - at);
        this.#header.set(chunk.subarray(at, at + take), this.#headerBytes);
        this.#headerBytes += take;
        at += take;
        if (this.#headerBytes < HEADER) return;
        this.#payload = new Uint8Array(this.#length());
        this.#payloadBytes = 0;
      }
      const payload = this.#payload;
      const take = Math.min(payload.length - this.#payloadBytes, chunk.length - at);
      payload.set(chunk.subarray(at, at + take), this.#payloadBytes);
      this.#payloadBytes += take;
      at += take;
      if (this.#payloadBytes < payload.length) return;
      this.#payload = null;
      this.#headerBytes = 0;
      this.#deliver(payload);
    }
  }

  #length(): number {
    const kind = this.#header[4];
    const length = this.#header.readUInt32LE() - 1;
    if (length < 1 || length > limits.linkFrameBytes || (kind !== KIND_MESSAGE && kind !== KIND_BATCH)) {
      throw new SidetapError(
        'link-broken',
        'Sidetap’s agent and Sidetap do not understand each other. Switch the container off and on again.',
      );
    }
    return length;
  }

  #deliver(payload: Uint8Array<ArrayBuffer>): void {
    if (this.#header[4] === KIND_BATCH) this.#receiver.batch(payload);
    else this.#receiver.message(JSON.parse(Buffer.from(payload.buffer).toString()) as Message);
  }
}
