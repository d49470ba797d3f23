import { limits } from '../../limits.ts';
import type { FailureCode, Side } from '../../rrpair/pair.ts';
import type { EndOfStream, SummarisedHandle, SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import { Endings, type Failure } from '../endings.ts';
import { LineReader, textOfLine, utf8Of } from '../line-reader.ts';
import { Named } from '../named.ts';
import { TLS_HANDSHAKE, tlsAtOnce } from '../tls-at-once.ts';
import { type Line, lineOf, maskSecrets, membersOf, memberText } from './lines.ts';
import { wayToTls } from './tls.ts';

/**
 * Reads the protocol of NATS clients (https://docs.nats.io/reference/reference-protocols/nats-protocol). A pair is a line of the client with its payload and what
 * answers it; what the server delivers is one without a request.
 */
export function createNatsDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder {
  return new NatsDecoder(observer, connection);
}

interface Exchange {
  readonly handle: SummarisedHandle;
  command: string;
  location: string;
  answering: boolean;
}

const commands: Readonly<Record<string, string>> = {
  CONNECT: 'Connect',
  PUB: 'Publish',
  HPUB: 'Publish',
  SUB: 'Subscribe',
  UNSUB: 'Unsubscribe',
  PING: 'Ping',
};

class NatsDecoder implements WireDecoder {
  readonly #observer: SummarisedObserver;
  readonly #connection: WireConnection;
  readonly #client: LineReader;
  readonly #server: LineReader;
  readonly #endings = new Endings();
  /** Lines that the server answers with +OK, because CONNECT asked for that. */
  #confirmed: Exchange[] = [];
  #verbose = false;
  #connecting: Exchange | null = null;
  readonly #pings: Exchange[] = [];
  /** The server's question whether the client is there. */
  #asked: Exchange | null = null;
  /** Who waits for an answer on which subject. */
  readonly #requests = new Map<string, Exchange>();
  readonly #subjects = new Named<string>();
  /** INFO, until the client has answered it. */
  #greeting: Buffer | null = null;
  #spoken = { server: '', evidence: '' };
  /** The line whose payload is coming, of either side. */
  #sending: { exchange: Exchange; line: Line } | null = null;
  #delivering: { exchange: Exchange; line: Line; head: string } | null = null;
  #at = 0;
  problem = '';

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.#observer = observer;
    this.#connection = connection;
    this.#client = new LineReader({
      line: (line, startedAt) => this.#says(line, startedAt),
      block: (bytes, isLast) => this.#payload(bytes, isLast),
    });
    this.#server = new LineReader({
      line: (line, startedAt) => this.#hears(line, startedAt),
      block: (bytes, isLast) => this.#delivery(bytes, isLast),
    });
  }

  get passedThrough(): boolean {
    return this.problem !== '';
  }

  push(side: Side, bytes: Buffer, at: number): void {
    if (this.problem !== '') return;
    this.#at = at;
    if (side === 'client' && this.#greeting !== null && this.#client.between && bytes[0] === TLS_HANDSHAKE) {
      this.#giveUp('not-decoded', 'The connection goes on with TLS, which passes unread.');
      return;
    }
    const reader = side === 'client' ? this.#client : this.#server;
    reader.push(bytes, at);
    if (reader.problem !== '') this.#giveUp('malformed-message', reader.problem);
    if (this.#confirmed.length + this.#pings.length > limits.pipelinedCommands) {
      this.#giveUp('not-decoded', `More than ${String(limits.pipelinedCommands)} lines were sent without an answer.`);
    }
  }

  end(side: Side, how: EndOfStream, at: number): void {
    this.#at = at;
    const failure = this.#endings.ended(side, how);
    if (failure !== null) this.#fail(failure);
  }

  #start(command: string, location: string, at: number): Exchange {
    const handle = this.#observer.exchangeStarted(at);
    const exchange = { handle, command, location: utf8Of(location).slice(0, limits.summaryChars), answering: false };
    handle.summary({ command, location: exchange.location, status: '' });
    return exchange;
  }

  #over({ handle, command, location }: Exchange, status: string): void {
    handle.summary({ command, location, status });
    handle.responseEnded(this.#at);
  }

  #answer(exchange: Exchange, bytes: Buffer): void {
    if (!exchange.answering) exchange.handle.responseStarted(this.#at);
    exchange.answering = true;
    exchange.handle.responseBody(bytes, bytes.length, this.#at);
  }

  /** A line of the client. Returns how many bytes follow it. */
  #says(bytes: Buffer, startedAt: number): number {
    const line = lineOf(textOfLine(bytes));
    if (line?.verb === '') return 0;
    if (line?.verb === 'PONG') {
      this.#isThere(bytes);
      return 0;
    }
    const command = commands[line?.verb ?? ''];
    if (line === null || command === undefined) {
      this.#client.problem = 'A client sends no line like this.';
      return 0;
    }
    if (line.verb === 'CONNECT') {
      this.#connect(bytes, line, startedAt);
      return 0;
    }
    if (line.verb === 'SUB') this.#subjects.set(line.sid, line.subject);
    const location = line.verb === 'UNSUB' ? (this.#subjects.get(line.sid) ?? '') : line.subject;
    const exchange = this.#start(line.reply === '' ? command : 'Request', location, startedAt);
    exchange.handle.requestBody(bytes, bytes.length, this.#at);
    if (line.bytes >= 0) {
      this.#sending = { exchange, line };
      return line.bytes + 2;
    }
    this.#said(exchange, line);
    return 0;
  }

  #payload(bytes: Buffer, isLast: boolean): void {
    if (this.#sending === null) return;
    const { exchange, line } = this.#sending;
    exchange.handle.requestBody(bytes, bytes.length, this.#at);
    if (!isLast) return;
    this.#sending = null;
    this.#said(exchange, line);
  }

  /** A line of the client is complete with its payload. */
  #said(exchange: Exchange, { verb, reply }: Line): void {
    exchange.handle.requestEnded(this.#at);
    if (verb === 'PING') this.#pings.push(exchange);
    else if (reply !== '') this.#waitFor(exchange, reply);
    else if (this.#verbose) this.#confirmed.push(exchange);
    else this.#over(exchange, 'NO REPLY');
  }

  #waitFor(exchange: Exchange, reply: string): void {
    this.#noReply(reply);
    this.#requests.set(reply, exchange);
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > limits.preparedStatements && oldest !== undefined) this.#noReply(oldest);
  }

  #noReply(reply: string): void {
    const exchange = this.#requests.get(reply);
    this.#requests.delete(reply);
    if (exchange !== undefined) this.#over(exchange, 'NO REPLY');
  }

  #connect(bytes: Buffer, { rest }: Line, startedAt: number): void {
    const said = membersOf(rest);
    maskSecrets(bytes);
    // A raw client that does not say so is answered.
    this.#verbose = said['verbose'] !== false;
    const user = memberText(said, 'user');
    const facts = [
      ['User', user],
      ['Client', memberText(said, 'name')],
      ['Library', `${memberText(said, 'lang')} ${memberText(said, 'version')}`.trim()],
    ] as const;
    this.#connection.learned({ ...this.#spoken, facts: facts.filter(([, value]) => value !== '') });
    const exchange = this.#start('Connect', '', startedAt);
    exchange.location = user;
    if (this.#greeting !== null) this.#answer(exchange, this.#greeting);
    this.#greeting = null;
    exchange.handle.requestBody(bytes, bytes.length, this.#at);
    exchange.handle.requestEnded(this.#at);
    if (this.#connecting !== null) this.#over(this.#connecting, 'OK');
    this.#connecting = exchange;
  }

  /** A line of the server. Returns how many bytes follow it. */
  #hears(bytes: Buffer, startedAt: number): number {
    const line = lineOf(textOfLine(bytes));
    if (line?.verb === '') return 0;
    if (line !== null && line.verb !== 'INFO') this.#connected(line, bytes);
    switch (line?.verb) {
      case 'INFO':
        this.#info(bytes, line, startedAt);
        return 0;
      case 'MSG':
      case 'HMSG': {
        const request = this.#requests.get(line.subject);
        this.#requests.delete(line.subject);
        const exchange = request ?? this.#start('Deliver', line.subject, startedAt);
        this.#answer(exchange, bytes);
        this.#delivering = { exchange, line, head: '' };
        return line.bytes + 2;
      }
      case 'PING':
        if (this.#asked !== null) this.#over(this.#asked, 'NO REPLY');
        this.#asked = this.#start('Ping', '', startedAt);
        this.#answer(this.#asked, bytes);
        return 0;
      case 'PONG':
        this.#ends(this.#pings.shift(), bytes, 'OK');
        return 0;
      case '+OK':
        if (this.#confirmedConnect) this.#confirmedConnect = false;
        else this.#ends(this.#confirmed.shift(), bytes, 'OK');
        return 0;
      case '-ERR':
        if (this.#confirmedConnect) this.#confirmedConnect = false;
        else this.#ends(this.#confirmed.shift() ?? this.#start('Error', '', startedAt), bytes, 'ERR');
        return 0;
      default:
        this.#server.problem = 'A server sends no line like this.';
        return 0;
    }
  }

  /** The line that is looked at was the answer to CONNECT. */
  #confirmedConnect = false;

  /** Whatever the server says first, it has looked at CONNECT. */
  #connected({ verb }: Line, bytes: Buffer): void {
    const exchange = this.#connecting;
    if (exchange === null) return;
    this.#connecting = null;
    this.#confirmedConnect = verb === '-ERR' || (verb === '+OK' && this.#verbose);
    if (this.#confirmedConnect) this.#answer(exchange, bytes);
    this.#over(exchange, verb === '-ERR' ? 'ERR' : 'OK');
  }

  #ends(exchange: Exchange | undefined, bytes: Buffer, status: string): void {
    if (exchange === undefined) {
      this.#server.problem = 'The server answers what nobody asked.';
      return;
    }
    this.#answer(exchange, bytes);
    this.#over(exchange, status);
  }

  #info(bytes: Buffer, { rest }: Line, startedAt: number): void {
    const said = membersOf(rest);
    const version = memberText(said, 'version');
    if (/^[\w.+-]{1,60}$/.test(version)) {
      this.#spoken = { server: `NATS ${version}`, evidence: `INFO of the server: version ${version}` };
    }
    if (this.#greeted) {
      const exchange = this.#start('Info', '', startedAt);
      this.#ends(exchange, bytes, 'PUSH');
      return;
    }
    this.#greeted = true;
    this.#greeting = bytes;
    this.#connection.learned({ ...this.#spoken, facts: [] });
    if (said['tls_required'] === true || said['tls_available'] === true) {
      this.#connection.tlsMayFollow(tlsAtOnce, wayToTls('nonce' in said));
    }
  }

  #greeted = false;

  #delivery(bytes: Buffer, isLast: boolean): void {
    const delivering = this.#delivering;
    if (delivering === null) return;
    const { exchange, line } = delivering;
    // `NATS/1.0 503`: nobody answers.
    if (line.headerBytes > 0 && delivering.head.length < 12)
      delivering.head += bytes.toString('latin1', 0, 12 - delivering.head.length);
    exchange.handle.responseBody(bytes, bytes.length, this.#at);
    if (!isLast) return;
    this.#delivering = null;
    const code = /^NATS\/1\.0 ([45]\d\d)/.exec(delivering.head)?.[1];
    if (exchange.command === 'Deliver') this.#over(exchange, 'PUSH');
    else this.#over(exchange, code === undefined ? 'OK' : `ERR:${code}`);
  }

  #isThere(bytes: Buffer): void {
    const exchange = this.#asked;
    this.#asked = null;
    if (exchange === null) return;
    exchange.handle.requestBody(bytes, bytes.length, this.#at);
    exchange.handle.requestEnded(this.#at);
    this.#over(exchange, 'PUSH');
  }

  #giveUp(code: FailureCode, detail: string): void {
    if (this.problem !== '') return;
    this.problem = detail;
    this.#fail({ code, detail });
  }

  #fail({ code, detail }: Failure): void {
    for (const reply of this.#requests.keys()) this.#noReply(reply);
    if (this.#asked !== null) this.#over(this.#asked, 'NO REPLY');
    this.#asked = null;
    const open = [this.#connecting, this.#sending?.exchange, this.#delivering?.exchange, ...this.#pings, ...this.#confirmed];
    this.#connecting = null;
    this.#sending = null;
    this.#delivering = null;
    this.#confirmed = [];
    this.#pings.length = 0;
    for (const exchange of open) exchange?.handle.failed(code, detail, this.#at);
  }
}
