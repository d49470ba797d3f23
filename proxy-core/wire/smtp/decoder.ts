import { limits } from '../../limits.ts';
import type { FailureCode, Side } from '../../rrpair/pair.ts';
import type { EndOfStream, SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import { Endings, type Failure } from '../endings.ts';
import { LineReader, textOfLine, utf8Of } from '../line-reader.ts';
import { Queue } from '../queue.ts';
import { TLS_HANDSHAKE, tlsAtOnce } from '../tls-at-once.ts';
import type { Exchange, Waiting } from './exchange.ts';
import { addressOf, type CommandLine, commandLineOf, plainUser, replyLineOf, softwareOf, statusOf } from './lines.ts';
import { MessageEnd } from './message-end.ts';
import { wayToTls } from './tls.ts';

/**
 * Reads SMTP and LMTP (RFC 5321, with pipelining, chunking, AUTH and STARTTLS). A pair is one mail, from MAIL to the reply behind its message, or one command of
 * another kind.
 */
export function createSmtpDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder {
  return new SmtpDecoder(observer, connection);
}

class SmtpDecoder implements WireDecoder {
  readonly #observer: SummarisedObserver;
  readonly #connection: WireConnection;
  readonly #client: LineReader;
  readonly #server: LineReader;
  readonly #endings = new Endings();
  readonly #waiting = new Queue<Waiting>();
  /** What the server begins with, until the client has answered it. */
  #greeting: Buffer[] | null = [];
  #greeted = false;
  #mail: Exchange | null = null;
  /** Recipients that were taken; LMTP answers for each. */
  #recipients = 0;
  #lmtp = false;
  /** The message is coming. */
  #message: MessageEnd | null = null;
  /** The lines of the client are proofs. */
  #proving: Exchange | null = null;
  #hello = Buffer.from('EHLO localhost\r\n');
  #tls = false;
  /** The client has said goodbye. */
  #quits = false;
  readonly #facts = { server: '', evidence: '', user: '', client: '' };
  #at = 0;
  problem = '';

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.#observer = observer;
    this.#connection = connection;
    this.#client = new LineReader({
      line: (line, startedAt) => this.#says(line, startedAt),
      block: (bytes, isLast) => this.#chunk(bytes, isLast),
    });
    this.#server = new LineReader({ line: (line) => this.#hears(line), block: () => {} });
  }

  get passedThrough(): boolean {
    return this.problem !== '';
  }

  push(side: Side, bytes: Buffer, at: number): void {
    if (this.problem !== '') return;
    this.#at = at;
    if (side === 'client') this.#pushClient(bytes);
    else this.#server.push(bytes, at);
    const problem = this.#client.problem || this.#server.problem;
    if (problem !== '') this.#giveUp('malformed-message', problem);
    if (this.#waiting.length > limits.pipelinedCommands) {
      this.#giveUp('not-decoded', `More than ${String(limits.pipelinedCommands)} commands were sent without a reply.`);
    }
  }

  end(side: Side, how: EndOfStream, at: number): void {
    this.#at = at;
    const failure = this.#endings.ended(side, how);
    if (failure !== null) this.#fail(failure);
  }

  #pushClient(bytes: Buffer): void {
    if (this.#tls && bytes[0] === TLS_HANDSHAKE) {
      this.#giveUp('not-decoded', 'The connection goes on with TLS, which passes unread.');
      return;
    }
    let rest = bytes;
    if (this.#message !== null) {
      const end = this.#message.find(bytes);
      const mail = this.#mail;
      if (mail !== null) this.#give('client', mail, end < 0 ? bytes : bytes.subarray(0, end));
      if (end < 0) return;
      this.#message = null;
      this.#sent();
      rest = bytes.subarray(end);
    }
    if (rest.length > 0) this.#client.push(rest, this.#at);
  }

  /** The message has come whole. */
  #sent(): void {
    const mail = this.#mail;
    if (mail === null) return;
    this.#mail = null;
    this.#requestEnds(mail);
    const replies = this.#lmtp ? Math.max(1, this.#recipients) : 1;
    for (let left = replies; left > 0; left -= 1) this.#wait(mail, '.', left === 1 ? 'ends' : 'goes on');
  }

  #says(line: Buffer, startedAt: number): number {
    const proving = this.#proving;
    if (proving !== null) {
      this.#proving = null;
      if (proving.location === 'PLAIN') this.#isUser(proving, plainUser(`PLAIN ${textOfLine(line)}`));
      line.fill('*', 0, textOfLine(line).length);
      this.#give('client', proving, line);
      this.#wait(proving, 'AUTH', 'ends');
      return 0;
    }
    const command = commandLineOf(textOfLine(line));
    if (command.verb === 'QUIT') {
      this.#endMail();
      this.#quits = true;
      return 0;
    }
    if (!/^[A-Z]{3,20}$/.test(command.verb)) {
      this.#client.problem = 'A client sends no command like this.';
      return 0;
    }
    if (['MAIL', 'RCPT', 'DATA', 'BDAT'].includes(command.verb)) return this.#mails(command, line, startedAt);
    this.#alone(command, line, startedAt);
    return 0;
  }

  #mails({ verb, rest }: CommandLine, line: Buffer, startedAt: number): number {
    if (verb === 'MAIL') {
      this.#endMail();
      this.#mail = this.#start('Mail', utf8Of(addressOf(rest)) || '<>', startedAt);
      this.#recipients = 0;
    }
    const mail = this.#mail ?? this.#start(verb, '', startedAt);
    const ownMail = mail === this.#mail;
    this.#give('client', mail, line);
    if (verb === 'RCPT' && ownMail) {
      mail.location = `${mail.location} ${utf8Of(addressOf(rest))}`.slice(0, limits.summaryChars);
      this.#say(mail);
    }
    if (verb === 'BDAT') return this.#chunkFollows(rest, mail, ownMail);
    if (!ownMail) this.#requestEnds(mail);
    this.#wait(mail, verb, ownMail ? (verb === 'MAIL' ? 'fails' : 'goes on') : 'ends');
    return 0;
  }

  #lastChunk = false;

  /** RFC 3030: a number of bytes, and whether they are the last. */
  #chunkFollows(rest: string, mail: Exchange, ownMail: boolean): number {
    const match = /^(\d{1,10})(\s+LAST)?$/i.exec(rest);
    if (match === null) {
      this.#client.problem = 'A chunk of a message has no length.';
      return 0;
    }
    const bytes = Number(match[1]);
    this.#lastChunk = match[2] !== undefined;
    if (!ownMail) {
      // Refused, and its bytes come all the same.
      this.#requestEnds(mail);
      this.#wait(mail, 'BDAT', 'ends');
    } else if (bytes === 0) this.#chunkEnds();
    return bytes;
  }

  #chunk(bytes: Buffer, isLast: boolean): void {
    if (this.#mail === null) return;
    this.#give('client', this.#mail, bytes);
    if (isLast) this.#chunkEnds();
  }

  #chunkEnds(): void {
    if (this.#mail === null) return;
    if (this.#lastChunk) this.#sent();
    else this.#wait(this.#mail, 'BDAT', 'fails');
  }

  /** A command that belongs to no mail. */
  #alone({ verb, rest }: CommandLine, line: Buffer, startedAt: number): void {
    if (verb === 'RSET') this.#endMail();
    const isHello = verb === 'EHLO' || verb === 'HELO' || verb === 'LHLO';
    if (isHello) {
      this.#lmtp = verb === 'LHLO';
      this.#hello = Buffer.from(line);
      this.#facts.client = utf8Of(rest);
      this.#learn();
    }
    const isProof = verb === 'AUTH';
    const exchange = this.#start(verb, isProof ? (rest.split(' ')[0] ?? '').toUpperCase() : utf8Of(rest), startedAt);
    if (isProof) {
      const user = plainUser(rest);
      // Behind the mechanism, which is the second word.
      const shown = /^\S+\s+\S+\s+/.exec(textOfLine(line))?.[0].length;
      if (shown !== undefined) line.fill('*', shown, textOfLine(line).length);
      this.#isUser(exchange, user);
    }
    if (this.#greeting !== null && this.#greeting.length > 0) this.#give('server', exchange, Buffer.concat(this.#greeting));
    this.#greeting = null;
    this.#give('client', exchange, line);
    if (!isProof) this.#requestEnds(exchange);
    this.#say(exchange);
    this.#wait(exchange, verb, 'ends');
  }

  #isUser(exchange: Exchange, user: string): void {
    if (user === '') return;
    this.#facts.user = user;
    exchange.location = user;
  }

  #hears(line: Buffer): number {
    const reply = replyLineOf(textOfLine(line));
    if (reply === null) {
      this.#server.problem = 'A server sends no reply like this.';
      return 0;
    }
    if (!this.#greeted && this.#greeting !== null && this.#waiting.length === 0) {
      this.#greeting.push(line);
      if (this.#greeting.length > limits.pipelinedRequests) this.#server.problem = 'The greeting has no end.';
      if (reply.isLast) this.#welcome(textOfLine(line), reply.code);
      return 0;
    }
    const waiting = this.#waiting.first;
    if (waiting === undefined && this.#quits) return 0;
    if (waiting === undefined) {
      this.#unasked(line, reply.code);
      return 0;
    }
    const { exchange } = waiting;
    this.#give('server', exchange, line);
    if (!reply.isLast) return 0;
    this.#waiting.shift();
    this.#replied(waiting, reply.code);
    return 0;
  }

  #welcome(text: string, code: number): void {
    this.#greeted = true;
    const server = softwareOf(text);
    this.#facts.server = server;
    this.#facts.evidence = server === '' ? '' : `the server’s greeting: ${utf8Of(text).slice(0, 100)}`;
    this.#learn();
    if (code < 400 || this.#greeting === null) return;
    const exchange = this.#start('Connect', '', this.#at);
    this.#give('server', exchange, Buffer.concat(this.#greeting));
    this.#greeting = null;
    this.#over(exchange, statusOf(code));
  }

  #replied({ exchange, verb, end }: Waiting, code: number): void {
    exchange.left -= 1;
    const failed = code >= 400;
    if (failed && exchange.status === '') exchange.status = statusOf(code);
    if (verb === 'RCPT' && !failed) this.#recipients += 1;
    if (verb === 'AUTH' && code === 334) {
      this.#proving = exchange;
      return;
    }
    if (verb === 'DATA' && code === 354) {
      this.#message = new MessageEnd();
      // A recipient may have been refused, and the others get the mail.
      exchange.status = '';
      return;
    }
    if (verb === 'AUTH') this.#learn();
    if (verb === 'STARTTLS' && code === 220) {
      this.#over(exchange, 'OK');
      this.#tls = true;
      this.#connection.tlsMayFollow(tlsAtOnce, wayToTls(this.#hello));
      return;
    }
    if (end === 'ends' || (failed && (end === 'fails' || verb === 'DATA'))) exchange.complete = true;
    if (exchange.complete && this.#mail === exchange) this.#mail = null;
    this.#maybeOver(exchange);
  }

  #maybeOver(exchange: Exchange): void {
    if (exchange.complete && exchange.left === 0) this.#over(exchange, exchange.status === '' ? 'OK' : exchange.status);
  }

  #unasked(line: Buffer, code: number): void {
    const exchange = this.#start('Reply', '', this.#at);
    exchange.requestOpen = false;
    this.#give('server', exchange, line);
    this.#over(exchange, code >= 400 ? statusOf(code) : 'PUSH');
  }

  /** A mail that is given up before its message. */
  #endMail(): void {
    const mail = this.#mail;
    this.#mail = null;
    if (mail === null) return;
    mail.complete = true;
    this.#maybeOver(mail);
  }

  #start(command: string, location: string, at: number): Exchange {
    const handle = this.#observer.exchangeStarted(at);
    const shown = location.slice(0, limits.summaryChars);
    const exchange = {
      handle,
      command,
      location: shown,
      status: '',
      left: 0,
      complete: false,
      requestOpen: true,
      answering: false,
      over: false,
    };
    this.#open.add(exchange);
    this.#say(exchange);
    return exchange;
  }

  readonly #open = new Set<Exchange>();

  #wait(exchange: Exchange, verb: string, end: Waiting['end']): void {
    exchange.left += 1;
    this.#waiting.add({ exchange, verb, end });
  }

  #give(side: Side, exchange: Exchange, bytes: Buffer): void {
    if (exchange.over || bytes.length === 0) return;
    if (side === 'client') {
      if (exchange.requestOpen) exchange.handle.requestBody(bytes, bytes.length, this.#at);
      return;
    }
    if (!exchange.answering) exchange.handle.responseStarted(this.#at);
    exchange.answering = true;
    exchange.handle.responseBody(bytes, bytes.length, this.#at);
  }

  #requestEnds(exchange: Exchange): void {
    if (!exchange.requestOpen || exchange.over) return;
    exchange.requestOpen = false;
    exchange.handle.requestEnded(this.#at);
  }

  #say({ handle, command, location }: Exchange, status = ''): void {
    handle.summary({ command, location, status });
  }

  #over(exchange: Exchange, status: string): void {
    if (exchange.over) return;
    this.#requestEnds(exchange);
    exchange.over = true;
    this.#open.delete(exchange);
    this.#say(exchange, status);
    exchange.handle.responseEnded(this.#at);
  }

  #learn(): void {
    const { server, evidence, user, client } = this.#facts;
    const facts = [
      ['User', user],
      ['Client', client],
    ] as const;
    this.#connection.learned({ server, evidence, facts: facts.filter(([, value]) => value !== '') });
  }

  #giveUp(code: FailureCode, detail: string): void {
    if (this.problem !== '') return;
    this.problem = detail;
    this.#fail({ code, detail });
  }

  #fail({ code, detail }: Failure): void {
    for (const exchange of this.#open) {
      exchange.over = true;
      exchange.handle.failed(code, detail, this.#at);
    }
    this.#open.clear();
    this.#mail = null;
    this.#message = null;
    this.#proving = null;
  }
}
