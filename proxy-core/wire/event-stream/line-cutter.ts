const LF = 10;
const CR = 13;

/** Cuts bytes that come in any pieces into lines that end with LF, CR or CRLF. A line that is not complete waits. */
export class LineCutter {
  readonly #line: (line: Buffer, wireBytes: number, atMs: number | null) => void;
  /** A CR alone ends a line too: in event streams, not in JSON lines. */
  readonly #crEnds: boolean;
  #parts: Buffer[] = [];
  #held = 0;
  #afterCr = false;

  /** `line` gets each line without its end. */
  constructor(crEnds: boolean, line: (line: Buffer, wireBytes: number, atMs: number | null) => void) {
    this.#crEnds = crEnds;
    this.#line = line;
  }

  /** Bytes of the line that is not complete. */
  get pendingBytes(): number {
    return this.#held;
  }

  push(bytes: Uint8Array, atMs: number | null): void {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    if (this.#afterCr && piece.length > 0) {
      this.#afterCr = false;
      if (piece[0] === LF) at = 1;
    }
    while (at < piece.length) {
      const end = this.#endOfLine(piece, at);
      if (end < 0) {
        // A copy: what the piece is a view of may be much larger.
        this.#parts.push(Buffer.from(piece.subarray(at)));
        this.#held += piece.length - at;
        return;
      }
      const last = piece.subarray(at, end);
      const line = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
      this.#parts = [];
      this.#held = 0;
      at = end + 1;
      if (piece[end] === CR) {
        if (at === piece.length) this.#afterCr = true;
        else if (piece[at] === LF) at += 1;
      }
      this.#line(line, line.length + 1, atMs);
    }
  }

  /** The line that was begun, when nothing more comes. */
  rest(): Buffer {
    const rest = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#held = 0;
    return rest;
  }

  #endOfLine(piece: Buffer, from: number): number {
    const lf = piece.indexOf(LF, from);
    if (!this.#crEnds) return lf;
    const cr = (lf < 0 ? piece.subarray(from) : piece.subarray(from, lf)).indexOf(CR);
    return cr < 0 ? lf : from + cr;
  }
}
