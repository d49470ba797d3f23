import { limits } from '../../limits.ts';
import type { FailureCode, Side } from '../../rrpair/pair.ts';
import type { EndOfStream, SummarisedHandle, SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import { Endings, type Failure } from '../endings.ts';
import { LineReader, textOfLine, utf8Of } from '../line-reader.ts';
import { Queue } from '../queue.ts';
import { bytesOf, type Command, commandOf, isError, mayBeLogin, statusOf, versionFacts } from './commands.ts';

/**
 * Reads the text protocol with its meta commands (https://github.com/memcached/memcached/blob/master/doc/protocol.txt). A pair is one command with all that
 * answers it.
 */
export function createTextDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder {
  return new MemcachedDecoder(observer, connection);
}

/** A command that waits for its answer. */
interface Asked {
  command: Command;
  handle: SummarisedHandle;
  location: string;
  answering: boolean;
  /** A value was found. */
  found: boolean;
}

class MemcachedDecoder implements WireDecoder {
  readonly #observer: SummarisedObserver;
  readonly #connection: WireConnection;
  readonly #waiting = new Queue<Asked>();
  readonly #requests: LineReader;
  readonly #answers: LineReader;
  readonly #endings = new Endings();
  /** The command whose value is coming. */
  #sending: Asked | null = null;
  #masked = false;
  #isFirst = true;
  #at = 0;
  problem = '';

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.#observer = observer;
    this.#connection = connection;
    this.#requests = new LineReader({
      line: (line, startedAt) => this.#asks(line, startedAt),
      block: (bytes, isLast) => this.#value(bytes, isLast),
    });
    this.#answers = new LineReader({ line: (line) => this.#says(line), block: (bytes) => this.#found(bytes) });
  }

  get passedThrough(): boolean {
    return this.problem !== '';
  }

  push(side: Side, bytes: Buffer, at: number): void {
    if (this.problem !== '') return;
    this.#at = at;
    if (side === 'client') {
      this.#requests.push(bytes, at);
      if (this.#requests.problem !== '') this.#giveUp('malformed-message', this.#requests.problem);
    } else {
      this.#answers.push(bytes, at);
      if (this.#answers.problem !== '') this.#giveUp('malformed-message', this.#answers.problem);
    }
    if (this.#waiting.length > limits.pipelinedCommands) {
      this.#giveUp('not-decoded', `More than ${String(limits.pipelinedCommands)} commands were sent without an answer.`);
    }
  }

  end(side: Side, how: EndOfStream, at: number): void {
    this.#at = at;
    const failure = this.#endings.ended(side, how);
    if (failure !== null) this.#fail(failure);
  }

  #asks(line: Buffer, startedAt: number): number {
    const command = commandOf(textOfLine(line));
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    // The server answers an empty line as an unknown command.
    if (command.name === 'quit' || command.name === '') return 0;
    if (!/^[!-~]{1,64}$/.test(command.name)) {
      this.#requests.problem = 'A client sends no command like this.';
      return 0;
    }
    const handle = this.#observer.exchangeStarted(startedAt);
    const location = utf8Of(command.keys.join(' ')).slice(0, limits.summaryChars);
    const asked: Asked = { command, handle, location, answering: false, found: false };
    this.#say(asked, '');
    handle.requestBody(line, line.length, this.#at);
    this.#sending = asked;
    if (command.valueBytes < 0) {
      this.#sent(asked);
      return 0;
    }
    this.#masked = isFirst && mayBeLogin(command);
    return command.valueBytes + 2;
  }

  #value(bytes: Buffer, isLast: boolean): void {
    const asked = this.#sending;
    if (asked === null) return;
    const shown = this.#masked ? Buffer.alloc(bytes.length, '*') : bytes;
    asked.handle.requestBody(shown, shown.length, this.#at);
    if (isLast) this.#sent(asked);
  }

  #sent(asked: Asked): void {
    this.#sending = null;
    asked.handle.requestEnded(this.#at);
    if (asked.command.quiet === 'noreply') this.#end(asked, 'NO REPLY');
    else this.#waiting.add(asked);
  }

  /** A line of the server. Returns the bytes of the value behind it. */
  #says(line: Buffer): number {
    const text = textOfLine(line);
    // A value may be refused before all of it has come.
    const asked = this.#answered(text) ?? (isError(text) ? this.#refused() : null);
    if (asked === null) {
      if (isError(text)) this.#unasked(line, text);
      else this.#answers.problem = 'The server answers what nobody asked.';
      return 0;
    }
    if (!asked.answering) {
      asked.answering = true;
      asked.handle.responseStarted(this.#at);
    }
    asked.handle.responseBody(line, line.length, this.#at);
    const words = text.split(' ');
    switch (asked.command.answer) {
      case 'values':
        if (words[0] !== 'VALUE') {
          this.#over(asked, text === 'END' ? (asked.found ? 'OK' : 'MISS') : statusOf(text));
          return 0;
        }
        return this.#counted(asked, words[3]);
      case 'lines':
        if (!/^(?:STAT |PREFIX |key=|mg |ITEM )/.test(text)) this.#over(asked, statusOf(text === 'EN' ? 'END' : text));
        else if (words[1] === 'version') this.#learn(words[2] ?? '');
        return 0;
      case 'meta':
        if (words[0] === 'VA') return this.#counted(asked, words[1]);
        this.#over(asked, statusOf(text));
        return 0;
      case 'watch':
        this.#over(asked, statusOf(text));
        if (text === 'OK') this.#giveUp('not-decoded', 'What follows is a log of the server, which is not read.');
        this.#answers.problem = this.problem;
        return 0;
      default:
        if (words[0] === 'VERSION') this.#learn(words[1] ?? '');
        this.#over(asked, statusOf(text));
        return 0;
    }
  }

  #counted(asked: Asked, word: string | undefined): number {
    const bytes = bytesOf(word);
    if (bytes < 0) this.#answers.problem = 'A value has an impossible length.';
    asked.found = true;
    if (asked.command.answer === 'meta') this.#valueLeft = bytes + 2;
    return bytes < 0 ? 0 : bytes + 2;
  }

  /** Bytes of a value that ends its answer. */
  #valueLeft = 0;

  #found(bytes: Buffer): void {
    const asked = this.#waiting.first;
    if (asked === undefined) return;
    asked.handle.responseBody(bytes, bytes.length, this.#at);
    if (asked.command.answer !== 'meta') return;
    this.#valueLeft -= bytes.length;
    if (this.#valueLeft === 0) this.#over(asked, 'OK');
  }

  /** Who is answered by the line. Quiet commands before it were not worth an answer. */
  #answered(text: string): Asked | null {
    for (let asked = this.#waiting.first; asked !== undefined; asked = this.#waiting.first) {
      if (asked.command.quiet !== 'meta' || fitsQuiet(asked.command, text)) return asked;
      this.#waiting.shift();
      asked.handle.responseStarted(this.#at);
      this.#end(asked, asked.command.name === 'mg' ? 'MISS' : 'OK');
    }
    return null;
  }

  #refused(): Asked | null {
    const asked = this.#sending;
    if (asked === null) return null;
    this.#sending = null;
    asked.handle.requestEnded(this.#at);
    this.#waiting.add(asked);
    return asked;
  }

  #unasked(line: Buffer, text: string): void {
    const handle = this.#observer.exchangeStarted(this.#at);
    handle.responseStarted(this.#at);
    handle.responseBody(line, line.length, this.#at);
    handle.summary({ command: 'error', location: '', status: statusOf(text) });
    handle.responseEnded(this.#at);
  }

  #over(asked: Asked, status: string): void {
    this.#waiting.shift();
    this.#end(asked, status);
  }

  #end(asked: Asked, status: string): void {
    this.#say(asked, status);
    asked.handle.responseEnded(this.#at);
  }

  #say({ handle, command, location }: Asked, status: string): void {
    handle.summary({ command: command.name, location, status });
  }

  #learn(version: string): void {
    const facts = versionFacts(version);
    if (facts !== null) this.#connection.learned(facts);
  }

  #giveUp(code: FailureCode, detail: string): void {
    if (this.problem !== '') return;
    this.problem = detail;
    this.#fail({ code, detail });
  }

  #fail({ code, detail }: Failure): void {
    for (let asked = this.#waiting.shift(); asked !== undefined; asked = this.#waiting.shift()) {
      // Nothing was worth an answer, as it was asked.
      if (asked.command.quiet === 'meta' && !asked.answering && code === 'client-gone') this.#end(asked, 'NO REPLY');
      else asked.handle.failed(code, detail, this.#at);
    }
    this.#sending?.handle.failed(code, detail, this.#at);
    this.#sending = null;
  }
}

function fitsQuiet({ name, marks }: Command, text: string): boolean {
  const [word = '', ...rest] = text.split(' ');
  if (isError(text)) return true;
  if (word === 'MN') return false;
  if (marks.some((mark) => !rest.includes(mark))) return false;
  // A miss of `mg`, and the success of the others, are what is not said.
  return name === 'mg' ? word === 'VA' || word === 'HD' : word !== 'HD' && word !== 'VA' && word !== 'EN';
}
