const END = Buffer.from('\r\n.\r\n');
const NEW_LINE = Buffer.from('\r\n');

/** Finds the line with a single dot that ends a message, however its bytes are cut (RFC 5321, 4.1.1.4). */
export class MessageEnd {
  /** The last bytes that came, as many as may belong to the end. */
  #tail: Buffer = NEW_LINE;

  /** How many of the bytes belong to the message, with its end; -1 when all do and it goes on. */
  find(bytes: Buffer): number {
    const seam = Buffer.concat([this.#tail, bytes.subarray(0, END.length - 1)]).indexOf(END);
    const place = seam >= 0 ? seam - this.#tail.length : bytes.indexOf(END);
    if (seam >= 0 || place >= 0) return place + END.length;
    const joined = bytes.length >= END.length ? bytes : Buffer.concat([this.#tail, bytes]);
    this.#tail = Buffer.from(joined.subarray(Math.max(0, joined.length - END.length + 1)));
    return -1;
  }
}
