import { limits } from '../../limits.ts';
import { largeHeads, Share } from '../allowance.ts';
import { sameIgnoringCase, tokenTable } from './characters.ts';
import { readContentLength, readTransferCoding, type TransferCoding } from './framing.ts';
import { malformed, type Problem, tooLarge } from './problem.ts';
import { isHttp10, isRequestLine, type Method, methodAt, methodEnd, statusAt, VERSION_BYTES } from './start-line.ts';

const HT = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;

const contentLengthName = Buffer.from('content-length');
const transferEncodingName = Buffer.from('transfer-encoding');
const upgradeName = Buffer.from('upgrade');
const chunkedValue = Buffer.from('chunked');

/** Bytes of a first line without an end after which it is looked at whether it can become one. */
const EARLY_LOOK_BYTES = limits.methodBytes + 1;

const noBytes = Buffer.alloc(0);

/**
 * Finds the end of a head and reads from it what decides over the framing, in one pass over its bytes. A head within one piece is not
 * copied; one that is split is collected, and each line of it is scanned once, when it is complete.
 */
export class HeadScanner {
  /** The head breaks the grammar: it cannot be trusted. Where possible it is read to its end all the same, so that it can be shown. */
  problem: Problem | null = null;
  /** The length of the body cannot be told. Of no matter to a message that has none whatever its head says. */
  framingProblem: Problem | null = null;
  method: Method = 'other';
  /** 0 for a request. */
  statusCode = 0;
  /** -1 when there is no Content-Length. */
  contentLength = -1;
  transferCoding: TransferCoding = 'none';
  /** The message has an Upgrade field (RFC 9110 7.8). */
  upgrade = false;

  /** `problem` is such that the head's end cannot be told either. */
  hopeless = false;

  /** The complete head, from when `read` has returned its end until it is taken. */
  #head: Buffer = noBytes;
  readonly #kind: 'request' | 'response';
  /** What came of a head that is not complete; null when nothing did, or all of it lies in the piece at hand. */
  #collected: Buffer | null = null;
  #collectedBytes = 0;
  readonly #share = new Share(largeHeads, limits.smallHeadBytes);
  /** Where in `#collected` the line begins that is not complete. */
  #lineStart = 0;
  #lookedEarly = false;

  #inFields = false;
  #complete = false;
  #http10 = false;
  #fields = 0;
  #codings = '';
  /** The last field was one that decides over the framing. */
  #afterFraming = false;

  constructor(kind: 'request' | 'response') {
    this.#kind = kind;
  }

  /**
   * Reads on from `from`. Returns where the head ends; -1 when more is needed, or when it is `hopeless`.
   */
  read(bytes: Buffer, from: number): number {
    if (this.#collected !== null) return this.#readOn(this.#collected, bytes, from);
    this.#reset();
    let line = from;
    while (line < bytes.length) {
      const next = this.#line(bytes, line, bytes.length);
      if (next < 0) break;
      if (next - from > limits.headBytes) this.#giveUp(this.#tooLong());
      if (this.hopeless) return -1;
      if (this.#complete) {
        this.#head = from === 0 && next === bytes.length ? bytes : bytes.subarray(from, next);
        this.#finish();
        return next;
      }
      line = next;
    }
    return this.#collect(bytes, from, line);
  }

  /** The head that was read. The scanner lets go of it, because an idle connection must not pin the piece it came in. */
  takeHead(): Buffer {
    const head = this.#head;
    this.#head = noBytes;
    return head;
  }

  /** The method of a request whose head is not complete yet: what a server that answers already must have gone by. */
  earlyMethod(): Method {
    if (this.#collected === null || this.#kind === 'response') return 'other';
    return methodAt(this.#collected, 0, this.#collectedBytes);
  }

  /** Bytes of the head so far, while it is not complete. */
  get pendingBytes(): number {
    return this.#collectedBytes;
  }

  #reset(): void {
    this.problem = null;
    this.framingProblem = null;
    this.method = 'other';
    this.statusCode = 0;
    this.contentLength = -1;
    this.transferCoding = 'none';
    this.upgrade = false;
    this.#lookedEarly = false;
    this.#inFields = false;
    this.#complete = false;
    this.hopeless = false;
    this.#http10 = false;
    this.#fields = 0;
    this.#codings = '';
    this.#afterFraming = false;
  }

  #collect(bytes: Buffer, from: number, line: number): number {
    const size = Math.max(1024, 2 * (bytes.length - from));
    if (!this.#share.grow(size)) return this.#giveUp(tooManyLarge());
    this.#collected = Buffer.allocUnsafe(size);
    this.#collectedBytes = 0;
    this.#append(bytes, from, bytes.length);
    this.#lineStart = line - from;
    return this.#wait();
  }

  /** Takes a further piece, line by line, so that nothing behind the head is copied. */
  #readOn(collected: Buffer, bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length) {
      const lf = bytes.indexOf(LF, at);
      const end = lf < 0 ? bytes.length : lf + 1;
      // A head too long by far is not collected either.
      if (this.#collectedBytes + end - at > limits.headBytes) return this.#giveUp(this.#tooLong());
      if (!this.#hasRoom(this.#collectedBytes + end - at)) return this.#giveUp(tooManyLarge());
      collected = this.#append(bytes, at, end);
      at = end;
      if (lf < 0) break;
      this.#lineStart = this.#line(collected, this.#lineStart, this.#collectedBytes);
      if (this.hopeless) return -1;
      if (this.#complete) {
        this.#head = collected.subarray(0, this.#collectedBytes);
        this.drop();
        this.#collectedBytes = 0;
        this.#finish();
        return at;
      }
    }
    return this.#wait();
  }

  /** Lets go of a head that is not complete. */
  drop(): void {
    this.#collected = null;
    this.#share.end();
  }

  #hasRoom(bytes: number): boolean {
    return bytes <= (this.#collected?.length ?? 0) || this.#share.grow(2 * bytes);
  }

  #append(bytes: Buffer, from: number, to: number): Buffer {
    let collected = this.#collected as Buffer;
    const needed = this.#collectedBytes + to - from;
    if (needed > collected.length) {
      // Doubling keeps the copying linear in the bytes.
      const larger = Buffer.allocUnsafe(2 * needed);
      collected.copy(larger, 0, 0, this.#collectedBytes);
      this.#collected = collected = larger;
    }
    bytes.copy(collected, this.#collectedBytes, from, to);
    this.#collectedBytes = needed;
    return collected;
  }

  #wait(): -1 {
    if (this.#collectedBytes > limits.headBytes) return this.#giveUp(this.#tooLong());
    if (!this.#inFields && !this.#lookedEarly && this.#collectedBytes >= EARLY_LOOK_BYTES) {
      // Bytes of another protocol may never hold an LF: that is seen early, not after a whole head's worth of them.
      this.#lookedEarly = true;
      const collected = this.#collected as Buffer;
      const plausible =
        this.#kind === 'request' ? methodEnd(collected, 0, EARLY_LOOK_BYTES) > 0 : statusAt(collected, 0, EARLY_LOOK_BYTES) >= 100;
      if (!plausible) return this.#giveUp(this.#notHttp());
    }
    return -1;
  }

  #giveUp(problem: Problem): -1 {
    this.problem ??= problem;
    this.hopeless = true;
    this.drop();
    this.#collectedBytes = 0;
    return -1;
  }

  /** Reads the line at `start`; returns where the next one begins, or -1 when this one is not complete. */
  #line(bytes: Buffer, start: number, end: number): number {
    return this.#inFields ? this.#fieldLine(bytes, start, end) : this.#startLine(bytes, start, end);
  }

  #startLine(bytes: Buffer, start: number, end: number): number {
    let at = start;
    let cr = -1;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte > CR) continue;
      if (byte === LF) break;
      if (byte === CR && cr < 0) cr = at;
    }
    if (at >= end) return -1;
    const lineEnd = cr >= 0 && bytes[at - 1] === CR ? at - 1 : at;
    const readable = this.#kind === 'request' ? this.#requestLine(bytes, start, lineEnd) : this.#statusLine(bytes, start, lineEnd);
    if (!readable) this.#giveUp(this.#notHttp());
    else if (cr >= 0 && cr < lineEnd) this.#note('A CR without LF stands in the first line of the ');
    this.#inFields = true;
    return at + 1;
  }

  #requestLine(bytes: Buffer, start: number, lineEnd: number): boolean {
    if (!isRequestLine(bytes, start, lineEnd)) return false;
    this.#http10 = isHttp10(bytes, lineEnd - VERSION_BYTES);
    this.method = methodAt(bytes, start, lineEnd);
    return true;
  }

  #statusLine(bytes: Buffer, start: number, lineEnd: number): boolean {
    this.statusCode = statusAt(bytes, start, lineEnd);
    this.#http10 = isHttp10(bytes, start);
    return this.statusCode >= 100;
  }

  #fieldLine(bytes: Buffer, start: number, end: number): number {
    const first = bytes[start] as number;
    let at = start;
    if (first === LF) {
      this.#complete = true;
      return at + 1;
    }
    if (first === CR && start + 1 < end && bytes[start + 1] === LF) {
      this.#complete = true;
      return start + 2;
    }
    while (at < end && tokenTable[bytes[at] as number] === 1) at++;
    const colon = at;
    // Most bytes are in values, and no byte of a value below a space is of interest but the line's end.
    let cr = -1;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte > CR) continue;
      if (byte === LF) break;
      if (byte === CR && cr < 0) cr = at;
    }
    if (at >= end) return -1;
    const lineEnd = cr === at - 1 ? cr : at;
    if (cr >= 0 && cr < at - 1) this.#note('A CR without LF stands in a header field of the ');
    if (first === SPACE || first === HT) this.#fold();
    else if (colon === start || bytes[colon] !== COLON) this.#note(this.#whyNoField(bytes, start, colon, lineEnd));
    else this.#field(bytes, start, colon, lineEnd);
    this.#fields += 1;
    if (this.#fields > limits.headFields) {
      this.#giveUp(tooLarge(`The ${this.#kind} has more than ${limits.headFields} header fields.`));
    }
    return at + 1;
  }

  /** Looks at the name by its length first: most fields are told from the ones that matter by that alone. */
  #field(bytes: Buffer, start: number, colon: number, lineEnd: number): void {
    this.#afterFraming = false;
    switch (colon - start) {
      case 7:
        if (sameIgnoringCase(bytes, start, upgradeName)) this.upgrade = true;
        break;
      case 14:
        if (sameIgnoringCase(bytes, start, contentLengthName)) {
          this.#afterFraming = true;
          const length = readContentLength(bytes, colon + 1, lineEnd, this.contentLength);
          if (typeof length === 'number') this.contentLength = length;
          else this.framingProblem ??= length;
        }
        break;
      case 17:
        if (sameIgnoringCase(bytes, start, transferEncodingName)) {
          this.#afterFraming = true;
          this.#codings += `${valueOf(bytes, colon + 1, lineEnd)},`;
        }
        break;
      default:
        break;
    }
  }

  /** RFC 9112 5.2: a line that continues the value before it. Some readers do not know of that, so it must not be one that matters. */
  #fold(): void {
    if (this.#fields === 0) this.#note('White space stands before the first header field of the ');
    else if (this.#afterFraming) {
      this.framingProblem ??= { code: 'ambiguous-framing', detail: `The length of the ${this.#kind} is folded over two lines.` };
    }
  }

  #whyNoField(bytes: Buffer, start: number, nameEnd: number, lineEnd: number): string {
    const byte = bytes[nameEnd];
    // RFC 9112 5.1: what one reader takes for a field of that name, another does not.
    if (nameEnd > start && nameEnd < lineEnd && (byte === SPACE || byte === HT)) {
      return 'White space stands before the colon of a header field of the ';
    }
    return 'A line that is no header field stands in the head of the ';
  }

  /** The head goes on to be read to its end, so that it can be shown. */
  #note(what: string): void {
    this.problem ??= malformed(`${what}${this.#kind}.`);
  }

  #finish(): void {
    if (this.#codings === '') return;
    const coding = readTransferCoding(this.#codings, this.#kind, this.#http10);
    if (typeof coding === 'string') this.transferCoding = coding;
    else this.framingProblem ??= coding;
    if (this.contentLength >= 0) {
      // RFC 9112 6.3, item 3: an attempt at request smuggling or response splitting, or as good as one.
      this.framingProblem ??= {
        code: 'ambiguous-framing',
        detail: `The ${this.#kind} has both a Content-Length and a Transfer-Encoding.`,
      };
    }
  }

  #tooLong(): Problem {
    return tooLarge(`The head of the ${this.#kind} is longer than ${limits.headBytes} bytes.`);
  }

  #notHttp(): Problem {
    return malformed(`The first line of the ${this.#kind} is not HTTP/1.`);
  }
}

/** A Transfer-Encoding value; `chunked`, which nearly all of them are, without making a new string of it. */
function valueOf(bytes: Buffer, from: number, to: number): string {
  let start = from;
  while (start < to && (bytes[start] === SPACE || bytes[start] === HT)) start++;
  if (to - start === chunkedValue.length && sameIgnoringCase(bytes, start, chunkedValue)) return 'chunked';
  return bytes.toString('latin1', start, to);
}

function tooManyLarge(): Problem {
  return tooLarge(`Unfinished heads of all connections together are larger than ${limits.largeHeadsBytes} bytes.`);
}
