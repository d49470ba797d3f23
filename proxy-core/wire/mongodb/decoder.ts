import { limits } from '../../limits.ts';
import type { FailureCode, Side } from '../../rrpair/pair.ts';
import type { EndOfStream, SummarisedHandle, SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import { Endings, type Failure } from '../endings.ts';
import { FrameReader, type Reception } from '../frame-reader.ts';
import { type Answer, answerOf, commandOf, type Said } from './commands.ts';
import { HEADER_BYTES, mongodbFrames, opcode } from './messages.ts';

/**
 * Reads MongoDB's wire protocol (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/): OP_MSG, OP_COMPRESSED, and OP_QUERY as far as clients
 * greet with it. A pair is a command with its answer.
 */
export function createMongodbDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder {
  return new MongodbDecoder(observer, connection);
}

interface Exchange {
  readonly handle: SummarisedHandle;
  said: Said;
  requestOpen: boolean;
  over: boolean;
}

const nothing: Said = { name: '', location: '', moreToCome: false, facts: [], proves: false };

class MongodbDecoder implements WireDecoder {
  readonly #observer: SummarisedObserver;
  readonly #connection: WireConnection;
  readonly #readers: Readonly<Record<Side, FrameReader>>;
  readonly #endings = new Endings();
  /** Commands by the number that their answers name. */
  readonly #waiting = new Map<number, Exchange>();
  /** Messages that are too long to be collected, and pass as they come. */
  readonly #passing: Record<Side, Exchange | null> = { client: null, server: null };
  readonly #facts = new Map<string, string>();
  #server = { server: '', evidence: '' };
  #at = 0;
  problem = '';

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.#observer = observer;
    this.#connection = connection;
    const sinks = (side: Side): ConstructorParameters<typeof FrameReader>[0] => ({
      begins: (kind, length) => this.#begins(side, kind, length),
      ended: (kind, content) => this.#ended(side, kind, content),
    });
    this.#readers = {
      client: new FrameReader(sinks('client'), mongodbFrames),
      server: new FrameReader(sinks('server'), mongodbFrames),
    };
  }

  get passedThrough(): boolean {
    return this.problem !== '';
  }

  push(side: Side, bytes: Buffer, at: number): void {
    if (this.problem !== '') return;
    this.#at = at;
    const reader = this.#readers[side];
    reader.push(bytes, at);
    if (reader.problem !== '') this.#giveUp('malformed-message', reader.problem);
    if (this.#waiting.size > limits.pipelinedCommands) {
      this.#giveUp('not-decoded', `More than ${String(limits.pipelinedCommands)} commands were sent without an answer.`);
    }
  }

  end(side: Side, how: EndOfStream, at: number): void {
    this.#at = at;
    const failure = this.#endings.ended(side, how);
    if (failure !== null) this.#fail(failure);
  }

  #begins(side: Side, kind: number, length: number): Reception {
    const { header } = this.#readers[side];
    const clear = Number.POSITIVE_INFINITY;
    const collect = limits.readingContextBytes;
    const isKnown =
      kind === opcode.message || kind === opcode.compressed || kind === (side === 'client' ? opcode.query : opcode.reply);
    if (!isKnown) this.#readers[side].problem = 'A message is of a kind that is not read.';
    this.#passing[side] = null;
    // What proves who somebody is, is short: it is masked before it is passed on.
    if (length <= collect || !isKnown) return { to: null, handle: null, collect, clear };
    const exchange = side === 'client' ? this.#start() : this.#waiting.get(header.readInt32LE(8));
    if (exchange === undefined) {
      this.#readers[side].problem = 'The server answers what nobody asked.';
      return { to: null, handle: null, collect: 0, clear };
    }
    this.#passing[side] = exchange;
    if (side === 'server') exchange.handle.responseStarted(this.#at);
    return { to: side === 'client' ? 'request' : 'response', handle: exchange.handle, exchange, collect, clear };
  }

  #ended(side: Side, kind: number, content: Buffer): void {
    if (this.#readers[side].problem !== '') return;
    const header = Buffer.from(this.#readers[side].header.subarray(0, HEADER_BYTES));
    if (side === 'client') this.#asks(kind, header, content);
    else this.#answers(kind, header, content);
  }

  #start(): Exchange {
    return { handle: this.#observer.exchangeStarted(this.#at), said: nothing, requestOpen: true, over: false };
  }

  #asks(kind: number, header: Buffer, content: Buffer): void {
    const passing = this.#passing.client;
    this.#passing.client = null;
    const exchange = passing ?? this.#start();
    const said = commandOf(kind, content);
    exchange.said = said;
    if (said.name === '') {
      this.#readers.client.problem = 'A message has no command.';
      exchange.over = true;
      exchange.handle.failed('malformed-message', this.#readers.client.problem, this.#at);
      return;
    }
    if (passing === null) this.#give(exchange, 'client', header, content);
    this.#learn(said.facts);
    this.#say(exchange, '');
    exchange.requestOpen = false;
    exchange.handle.requestEnded(this.#at);
    const id = header.readInt32LE(4);
    const before = this.#waiting.get(id);
    if (before !== undefined) this.#over(before, 'NO REPLY');
    if (said.moreToCome) this.#over(exchange, 'NO REPLY');
    else this.#waiting.set(id, exchange);
  }

  #answers(kind: number, header: Buffer, content: Buffer): void {
    const passing = this.#passing.server;
    this.#passing.server = null;
    const to = header.readInt32LE(8);
    const exchange = this.#waiting.get(to);
    if (exchange === undefined) {
      this.#readers.server.problem = 'The server answers what nobody asked.';
      return;
    }
    const answer = answerOf(kind, content, exchange.said.proves);
    if (passing === null) {
      exchange.handle.responseStarted(this.#at);
      this.#give(exchange, 'server', header, content);
    }
    this.#waiting.delete(to);
    this.#tell(exchange, answer, header.readInt32LE(4));
  }

  #tell(exchange: Exchange, { status, moreToCome, version }: Answer, id: number): void {
    const { said } = exchange;
    if (/^buildinfo$/i.test(said.name) && /^[\w.-]{1,40}$/.test(version)) {
      this.#server = { server: `MongoDB ${version}`, evidence: `the answer to buildInfo: version ${version}` };
      this.#learn([]);
    }
    this.#over(exchange, exchange.requestOpen ? 'PUSH' : status);
    if (!moreToCome) return;
    // The next answer names this one, and comes unasked.
    const next = this.#start();
    next.said = said;
    this.#say(next, '');
    this.#waiting.set(id, next);
  }

  #give({ handle }: Exchange, side: Side, header: Buffer, content: Buffer): void {
    const bytes = Buffer.concat([header, content]);
    if (side === 'client') handle.requestBody(bytes, bytes.length, this.#at);
    else handle.responseBody(bytes, bytes.length, this.#at);
  }

  #say({ handle, said }: Exchange, status: string): void {
    handle.summary({ command: said.name, location: said.location.slice(0, limits.summaryChars), status });
  }

  #over(exchange: Exchange, status: string): void {
    if (exchange.over) return;
    exchange.over = true;
    this.#say(exchange, status);
    exchange.handle.responseEnded(this.#at);
  }

  #learn(facts: Said['facts']): void {
    for (const [name, value] of facts) if (value !== '') this.#facts.set(name, value.slice(0, 200));
    this.#connection.learned({ ...this.#server, facts: [...this.#facts] });
  }

  #giveUp(code: FailureCode, detail: string): void {
    if (this.problem !== '') return;
    this.problem = detail;
    this.#fail({ code, detail });
  }

  #fail({ code, detail }: Failure): void {
    const passing = this.#passing.client;
    this.#passing.client = null;
    this.#passing.server = null;
    for (const exchange of [...this.#waiting.values(), passing]) {
      if (exchange === null || exchange.over) continue;
      exchange.over = true;
      exchange.handle.failed(code, detail, this.#at);
    }
    this.#waiting.clear();
  }
}
