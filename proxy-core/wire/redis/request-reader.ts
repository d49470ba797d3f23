import { limits } from '../../limits.ts';
import { viewOf } from '../http1/view.ts';
import { RespReader, resp } from './resp-reader.ts';
import { isCredential } from './secrets.ts';
import { wholeCommand } from './whole.ts';

/** A command as far as it is of interest. */
export interface Command {
  /** The first of its arguments, its name in front, each shortened. Credentials are masked. */
  args: string[];
  /** How many there are. */
  count: number;
}

/** Told of the commands of a client. */
export interface RequestSink {
  /** The first byte of a command. */
  started(): void;
  /** A run of its bytes, in which credentials are masked. */
  wire(bytes: Buffer): void;
  ended(command: Command): void;
}

const LF = 10;
const STAR = 0x2a;

/** Reads what a client sends: arrays of bulk strings, or a line (“inline commands”). */
export class RequestReader {
  readonly #sink: RequestSink;
  readonly #resp: RespReader;
  /** The line that is being collected; its bytes are given on once it is clear which of them are a password. */
  #line: Buffer[] | null = null;
  #lineBytes = 0;
  #command: Command = { args: [], count: 0 };
  #arg = '';
  #credential = false;
  #inArgument = false;
  #odd = false;
  /** Why what came is no command, as a sentence. */
  problem = '';

  constructor(sink: RequestSink) {
    this.#sink = sink;
    this.#resp = new RespReader({
      begins: (type, length, depth) => this.#begins(type, length, depth),
      content: (bytes) => this.#content(bytes),
      scalar: () => this.#scalar(),
      wire: (bytes, secret) => {
        if (!this.#odd) sink.wire(secret ? Buffer.alloc(bytes.length, '*') : bytes);
      },
      isSecret: () => this.#credential,
      ends: () => this.#ends(),
    });
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && this.problem === '') {
      if (this.#line !== null) at = this.#readLine(bytes, at);
      else if (!this.#resp.between) at = this.#readOn(bytes, at);
      else if (bytes[at] !== STAR) {
        this.#line = [];
        this.#lineBytes = 0;
      } else at = this.#readWhole(bytes, at);
    }
  }

  #readWhole(bytes: Buffer, at: number): number {
    const whole = wholeCommand(bytes, at);
    if (whole === null) return this.#readOn(bytes, at);
    this.#sink.started();
    this.#sink.wire(viewOf(bytes, at, whole.end));
    this.#sink.ended(whole.command);
    return whole.end;
  }

  #readOn(bytes: Buffer, at: number): number {
    const to = this.#resp.push(bytes, at, true);
    if (this.problem === '') this.problem = this.#resp.problem;
    return to;
  }

  #begins(type: number, length: number, depth: number): void {
    if (depth === 0) {
      this.#command = { args: [], count: Math.max(0, length) };
      this.#inArgument = false;
      // `*0` and `*-1` are skipped by the server, and are no commands.
      this.#odd = length <= 0;
      if (!this.#odd) this.#sink.started();
      return;
    }
    if (type !== resp.bulk || depth > 1 || length < 0) {
      this.#resp.problem = 'An argument of a command is no string.';
      return;
    }
    this.#arg = '';
    this.#inArgument = this.#command.args.length < limits.redisArguments;
    this.#credential = isCredential(this.#command.args, this.#command.count);
  }

  #content(bytes: Buffer): void {
    const room = limits.wireTextBytes - this.#arg.length;
    if (!this.#inArgument || room <= 0) return;
    this.#arg += this.#credential ? '*'.repeat(Math.min(room, bytes.length)) : bytes.toString('latin1', 0, room);
  }

  #scalar(): void {
    if (this.#inArgument) this.#command.args.push(Buffer.from(this.#arg, 'latin1').toString());
    this.#inArgument = false;
    this.#credential = false;
  }

  #ends(): void {
    if (!this.#odd) this.#sink.ended(this.#command);
  }

  /** Collects a line and returns where reading goes on. */
  #readLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LF, from);
    const to = end < 0 ? bytes.length : end + 1;
    this.#lineBytes += to - from;
    if (this.#lineBytes > limits.redisInlineBytes) {
      this.problem = 'A line is longer than an inline command may be.';
      return to;
    }
    this.#line?.push(Buffer.from(bytes.subarray(from, to)));
    if (end >= 0) this.#inline(Buffer.concat(this.#line ?? []));
    return to;
  }

  #inline(line: Buffer): void {
    this.#line = null;
    const words = wordsOf(line.toString('latin1'));
    // An empty line is skipped by the server.
    if (words.length === 0) return;
    const args: string[] = [];
    for (const { text, from, to } of words.slice(0, limits.redisArguments)) {
      const secret = isCredential(args, words.length);
      if (secret) line.fill('*', from, to);
      const shown = text.slice(0, limits.wireTextBytes);
      args.push(secret ? '*'.repeat(shown.length) : Buffer.from(shown, 'latin1').toString());
    }
    this.#sink.started();
    this.#sink.wire(line);
    this.#sink.ended({ args, count: words.length });
  }
}

/** The words of a line and where they stand; quotes hold blanks together, as in `sdssplitargs` of the server. */
export function wordsOf(line: string): { text: string; from: number; to: number }[] {
  const words: { text: string; from: number; to: number }[] = [];
  for (const match of line.matchAll(/(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s"'])+/g)) {
    const raw = match[0];
    const text = /^(["']).*\1$/s.test(raw) ? raw.slice(1, -1).replaceAll(/\\(["'\\])/g, '$1') : raw;
    words.push({ text, from: match.index, to: match.index + raw.length });
  }
  return words;
}
