import { limits } from '../../limits.ts';
import { tokenTable } from './characters.ts';
import { ambiguous, malformed, type Problem } from './problem.ts';

const HT = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const SEMICOLON = 59;

/** Where the reader stands (RFC 9112 7.1). What comes next is: */
const SIZE_FIRST = 0; // the first digit of a chunk size
const SIZE = 1; // another digit, or what ends the size
const SIZE_SPACE = 2; // white space before an extension or the line's end
const EXTENSION = 3; // chunk extensions, up to CR
const SIZE_LF = 4;
const DATA = 5;
const DATA_CR = 6;
const DATA_LF = 7;
const TRAILER_START = 8; // a field line, or the CR of the last empty line
const TRAILER_NAME = 9;
const TRAILER_VALUE = 10;
const TRAILER_LF = 11;
const LAST_LF = 12;
const DONE = 13;

/** A size beyond this could not be multiplied by 16 and stay exact. */
const LARGEST_SIZE = 2 ** 48;

/** The value of each hexadecimal digit; 255 for every other byte. */
const hexValues = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++) {
  hexValues[value.toString(16).charCodeAt(0)] = value;
  hexValues[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/**
 * Follows a chunked body (RFC 9112 7.1) over any number of calls, keeping none of it. Lines must end with CRLF: what a lone LF or CR
 * means in here is what request smuggling lives on.
 */
export class ChunkedReader {
  /** Payload bytes that the last call passed over. */
  payloadBytes = 0;
  done = false;
  problem: Problem | null = null;
  /** Bytes from the body's beginning to its trailer section; -1 before that was reached. */
  trailerOffset = -1;

  readonly #onPayload: ((start: number, end: number) => void) | null;
  #state = SIZE_FIRST;
  /** Bytes left of the chunk, once its size is known. */
  #size = 0;
  /** Bytes of the current chunk line, or of the trailer section. */
  #lineBytes = 0;
  #passed = 0;

  /** `onPayload` is told where in the bytes of the call each run of payload lies. */
  constructor(onPayload: ((start: number, end: number) => void) | null = null) {
    this.#onPayload = onPayload;
  }

  /** Makes it ready for another body. */
  reset(): void {
    this.payloadBytes = 0;
    this.done = false;
    this.problem = null;
    this.trailerOffset = -1;
    this.#state = SIZE_FIRST;
    this.#size = 0;
    this.#lineBytes = 0;
    this.#passed = 0;
  }

  /** Reads on from `from`; returns where it stopped: at the end of the bytes, behind the body (`done`), or at the first wrong byte (`problem`). */
  read(bytes: Uint8Array, from: number): number {
    this.payloadBytes = 0;
    const end = bytes.length;
    let at = from;
    while (at < end && !this.done) {
      if (this.#state === DATA) {
        at = this.#data(bytes, at);
        continue;
      }
      if (!this.#byte(bytes[at] as number, at - from)) break;
      at++;
    }
    this.#passed += at - from;
    return at;
  }

  #data(bytes: Uint8Array, at: number): number {
    const stop = Math.min(bytes.length, at + this.#size);
    this.#onPayload?.(at, stop);
    this.payloadBytes += stop - at;
    this.#size -= stop - at;
    if (this.#size === 0) this.#state = DATA_CR;
    return stop;
  }

  /** Takes one byte that is not payload; false when it is wrong. `offset` is how far this call has come. */
  #byte(byte: number, offset: number): boolean {
    switch (this.#state) {
      case SIZE_FIRST:
      case SIZE:
      case SIZE_SPACE:
      case EXTENSION:
        return this.#sizeLine(byte);
      case SIZE_LF:
        if (byte !== LF) return this.#wrong(ambiguous('A CR without LF ends a chunk size.'));
        this.#lineBytes = 0;
        this.#state = this.#size > 0 ? DATA : TRAILER_START;
        if (this.#size === 0) this.trailerOffset = this.#passed + offset + 1;
        return true;
      case DATA_CR:
        if (byte !== CR) return this.#wrong(ambiguous('A chunk is longer than its size says.'));
        this.#state = DATA_LF;
        return true;
      case DATA_LF:
        if (byte !== LF) return this.#wrong(ambiguous('A chunk is longer than its size says.'));
        this.#state = SIZE_FIRST;
        return true;
      default:
        return this.#trailer(byte);
    }
  }

  #sizeLine(byte: number): boolean {
    this.#lineBytes += 1;
    if (this.#lineBytes > limits.chunkLineBytes) {
      return this.#wrong(ambiguous(`A chunk size line is longer than ${limits.chunkLineBytes} bytes.`));
    }
    if (this.#state === SIZE_FIRST || this.#state === SIZE) {
      const digit = hexValues[byte] as number;
      if (digit < 16) {
        if (this.#state === SIZE_FIRST) this.#size = 0;
        this.#size = this.#size * 16 + digit;
        this.#state = SIZE;
        return this.#size < LARGEST_SIZE || this.#wrong(ambiguous('A chunk size is too large to be true.'));
      }
      if (this.#state === SIZE_FIRST) return this.#wrong(ambiguous('A chunk does not begin with its size.'));
    }
    if (byte === CR) {
      this.#state = SIZE_LF;
      return true;
    }
    if (this.#state === EXTENSION) {
      if (byte >= SPACE || byte === HT) return true;
      return this.#wrong(ambiguous('A control character stands in a chunk extension.'));
    }
    if (byte === SEMICOLON) this.#state = EXTENSION;
    else if (byte === SPACE || byte === HT) this.#state = SIZE_SPACE;
    else return this.#wrong(ambiguous('A chunk size is not a hexadecimal number.'));
    return true;
  }

  /** RFC 9112 7.1.2: field lines and an empty line. None of them has a say in the framing. */
  #trailer(byte: number): boolean {
    this.#lineBytes += 1;
    if (this.#lineBytes > limits.trailerBytes) {
      return this.#wrong(malformed(`The trailer section is longer than ${limits.trailerBytes} bytes.`));
    }
    switch (this.#state) {
      case TRAILER_START:
        if (byte === CR) this.#state = LAST_LF;
        else if (tokenTable[byte] === 1) this.#state = TRAILER_NAME;
        else return this.#wrong(malformed('A line of the trailer section does not begin with a field name.'));
        return true;
      case TRAILER_NAME:
        if (byte === COLON) this.#state = TRAILER_VALUE;
        else if (tokenTable[byte] !== 1) return this.#wrong(malformed('A line of the trailer section is not a field.'));
        return true;
      case TRAILER_VALUE:
        if (byte === CR) this.#state = TRAILER_LF;
        else if (byte === LF) return this.#wrong(malformed('A line of the trailer section does not end with CRLF.'));
        return true;
      case TRAILER_LF:
        if (byte !== LF) return this.#wrong(malformed('A CR without LF stands in the trailer section.'));
        this.#state = TRAILER_START;
        return true;
      default:
        if (byte !== LF) return this.#wrong(malformed('A CR without LF stands in the trailer section.'));
        this.#state = DONE;
        this.done = true;
        return true;
    }
  }

  #wrong(problem: Problem): false {
    this.problem = problem;
    return false;
  }
}
