import { limits } from '../../limits.ts';
import type { Side } from '../../rrpair/pair.ts';
import type { EndOfStream, SummarisedHandle, SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import { Endings, type Failure } from '../endings.ts';
import { AnswerReader } from './answer-reader.ts';
import { type Asked, askedOf } from './asked.ts';
import { type Command, RequestReader } from './request-reader.ts';

/**
 * Reads RESP2 and RESP3 from a connection's first byte on. Commands are answered in their order; what the server says unasked (messages of channels, pushes,
 * what MONITOR sees) is an exchange of its own each time, which has no request.
 */
export function createRedisDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder {
  return new RedisDecoder(observer, connection);
}

class RedisDecoder implements WireDecoder {
  readonly #requests: RequestReader;
  readonly #answers: AnswerReader;
  readonly #endings = new Endings();
  /** Commands that wait for their answer; those before `#first` have it. */
  #waiting: Asked[] = [];
  #first = 0;
  /** The command whose bytes are coming. */
  #open: SummarisedHandle | null = null;
  #at = 0;
  /** CLIENT REPLY: what is answered from now on. */
  #replies: 'on' | 'off' | 'skip' = 'on';
  /** Commands since MULTI, for the reading of EXEC; null outside of a transaction. */
  #transaction: string[] | null = null;
  problem = '';

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.#requests = new RequestReader({
      started: () => {
        this.#open = observer.exchangeStarted(this.#at);
      },
      wire: (bytes) => this.#open?.requestBody(bytes, bytes.length, this.#at),
      ended: (command) => this.#asked(command),
    });
    this.#answers = new AnswerReader({
      waiting: () => this.#waiting[this.#first],
      answered: () => this.#next(),
      push: () => observer.exchangeStarted(this.#at),
      learned: (facts) => connection.learned(facts),
    });
  }

  get passedThrough(): boolean {
    return this.problem !== '';
  }

  push(side: Side, bytes: Buffer, at: number): void {
    if (this.problem !== '') return;
    this.#at = at;
    if (side === 'client') {
      this.#requests.push(bytes);
      if (this.#requests.problem !== '') this.#giveUp({ code: 'malformed-message', detail: this.#requests.problem });
      else if (this.#waiting.length - this.#first > limits.pipelinedCommands) {
        const detail = `More than ${String(limits.pipelinedCommands)} commands were sent without an answer.`;
        this.#giveUp({ code: 'not-decoded', detail });
      }
      return;
    }
    this.#answers.push(bytes, at);
    if (this.#answers.problem !== '') this.#giveUp({ code: 'malformed-message', detail: this.#answers.problem });
    else if (this.#answers.replicates)
      this.#giveUp({ code: 'not-decoded', detail: 'What follows is a copy of the database for a replica, which is not read.' });
  }

  end(side: Side, how: EndOfStream, at: number): void {
    const failure = this.#endings.ended(side, how);
    if (failure !== null) this.#fail(failure, at);
  }

  #asked(command: Command): void {
    const handle = this.#open;
    this.#open = null;
    if (handle === null) return;
    const at = this.#at;
    const asked = askedOf(command, handle);
    handle.summary(asked.summary);
    handle.requestEnded(at);
    this.#follow(asked);
    if (asked.silent) {
      handle.summary({ ...asked.summary, status: 'NO REPLY' });
      handle.responseEnded(at);
      return;
    }
    this.#waiting.push(asked);
    // It was sent while the server was closing.
    if (this.#endings.server !== null)
      this.#fail({ code: 'upstream-closed-early', detail: 'The server had closed the connection.' }, at);
  }

  /** What a command changes for those after it. */
  #follow(asked: Asked): void {
    const { command } = asked.summary;
    const reply = command === 'CLIENT REPLY' ? (asked.args[2] ?? '').toUpperCase() : '';
    if (reply === 'ON') this.#replies = 'on';
    asked.silent = this.#replies !== 'on' || reply === 'OFF' || reply === 'SKIP';
    if (reply === 'OFF') this.#replies = 'off';
    else if (reply === 'SKIP' && this.#replies !== 'off') this.#replies = 'skip';
    else if (this.#replies === 'skip') this.#replies = 'on';

    if (command === 'MULTI') this.#transaction = [];
    else if (command === 'EXEC') {
      asked.queued = this.#transaction ?? [];
      if (asked.queued.length > 0) asked.handle.context({ queued: asked.queued });
      this.#transaction = null;
    } else if (command === 'DISCARD' || command === 'RESET') this.#transaction = null;
    else if (this.#transaction !== null && this.#transaction.length < limits.redisArguments) {
      this.#transaction.push(`${command} ${asked.summary.location}`.trim().slice(0, 200));
    }
  }

  #next(): void {
    this.#first += 1;
    if (this.#first === this.#waiting.length) {
      this.#waiting = [];
      this.#first = 0;
    } else if (this.#first >= 1_024) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
  }

  #giveUp(failure: Failure): void {
    this.problem = failure.detail;
    this.#fail(failure, this.#at);
  }

  #fail({ code, detail }: Failure, at: number): void {
    for (; this.#first < this.#waiting.length; this.#first += 1) {
      const asked = this.#waiting[this.#first];
      // It is answered by the end of the connection.
      if (asked?.summary.command === 'SHUTDOWN' && code === 'upstream-closed-early') {
        asked.handle.summary({ ...asked.summary, status: 'OK' });
        asked.handle.responseEnded(at);
      } else asked?.handle.failed(code, detail, at);
    }
    this.#waiting = [];
    this.#first = 0;
    this.#open?.failed(code, detail, at);
    this.#open = null;
    this.#answers.failed(code, detail, at);
  }
}
