import { limits } from '../limits.ts';

export interface LineSink {
  /**
   * A line has come, with its end, in memory of its own; its first byte came at `startedAt`. Returns how many bytes follow that are no line; 0 when the next
   * line does.
   */
  line(line: Buffer, startedAt: number): number;
  /** A run of those bytes, and whether it is the last of them. */
  block(bytes: Buffer, isLast: boolean): void;
}

const LF = 10;

/** Cuts a stream into lines and counted blocks between them. Keeps one line, no more. */
export class LineReader {
  readonly #sink: LineSink;
  #parts: Buffer[] = [];
  #bytes = 0;
  #startedAt = 0;
  #left = 0;
  /** Why what came is no line, as a sentence; nothing is read any more then. */
  problem = '';

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Neither a line nor a block has begun that is not complete. */
  get between(): boolean {
    return this.#bytes === 0 && this.#left === 0;
  }

  push(bytes: Buffer, at: number): void {
    let place = 0;
    while (place < bytes.length && this.problem === '') {
      if (this.#left > 0) {
        const take = Math.min(this.#left, bytes.length - place);
        this.#left -= take;
        this.#sink.block(bytes.subarray(place, place + take), this.#left === 0);
        place += take;
        continue;
      }
      if (this.#bytes === 0) this.#startedAt = at;
      const end = bytes.indexOf(LF, place);
      const to = end < 0 ? bytes.length : end + 1;
      this.#bytes += to - place;
      if (this.#bytes > limits.wireLineBytes) {
        this.problem = `A line is longer than ${String(limits.wireLineBytes)} bytes.`;
        return;
      }
      this.#parts.push(Buffer.from(bytes.subarray(place, to)));
      place = to;
      if (end >= 0) this.#ended();
    }
  }

  #ended(): void {
    const [only] = this.#parts;
    const line = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    this.#left = this.#sink.line(line, this.#startedAt);
  }
}

/** A line without its end. Each byte is a character, so that offsets stay. */
export function textOfLine(line: Buffer): string {
  const last = line.length - (line.at(-1) === LF ? 1 : 0);
  return line.toString('latin1', 0, last > 0 && line[last - 1] === 0x0d ? last - 1 : last);
}

/** A text whose characters are bytes, as UTF-8. */
export function utf8Of(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
