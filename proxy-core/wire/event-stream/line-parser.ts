import type { ReadMessage } from '../conversation.ts';
import { LineCutter } from './line-cutter.ts';

/** Lines up to here are checked to be JSON. */
const CHECKED_BYTES = 256 * 1024;
/** RFC 7464 2.1: stands before each text of a JSON text sequence. */
const RECORD_SEPARATOR = 0x1e;

/** Reads JSON lines: a JSON text on each line, empty lines left out. */
export class LineParser {
  readonly #found: (message: ReadMessage) => void;
  readonly #lines: LineCutter;

  constructor(found: (message: ReadMessage) => void) {
    this.#found = found;
    this.#lines = new LineCutter(false, (line, wireBytes, atMs) => this.#line(line, wireBytes, atMs, ''));
  }

  push(bytes: Uint8Array, atMs: number | null): void {
    this.#lines.push(bytes, atMs);
  }

  /** The last line may have no end, if it is a whole text. */
  finish(): void {
    const rest = this.#lines.rest();
    if (rest.length > 0) this.#line(rest, rest.length, null, 'The stream ended within it.');
  }

  #line(whole: Buffer, wireBytes: number, atMs: number | null, cut: string): void {
    let line = whole.at(-1) === 13 ? whole.subarray(0, -1) : whole;
    if (line[0] === RECORD_SEPARATOR) line = line.subarray(1);
    if (line.length === 0) return;
    const problem = line.length > CHECKED_BYTES || isJson(line) ? '' : cut || 'It is not JSON.';
    this.#found({
      from: 'server',
      kind: 'line',
      label: '',
      atMs,
      bytes: line.length,
      wireBytes,
      facts: [],
      problem,
      bad: problem !== '',
      payload: Buffer.from(line),
      mediaType: problem === '' ? 'application/json' : 'text/plain',
    });
  }
}

function isJson(line: Buffer): boolean {
  try {
    JSON.parse(line.toString('utf8'));
    return true;
  } catch {
    return false; // that is the answer
  }
}
