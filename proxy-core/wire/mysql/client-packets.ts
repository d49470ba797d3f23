import { limits } from '../../limits.ts';
import { Content } from '../content.ts';
import type { Reception } from '../frame-reader.ts';
import { type CommandFacts, command, commandFacts } from './commands.ts';
import { ANSWER_BYTES } from './detect.ts';
import { type Introduction, maskChangeOfUser, maskIntroduction } from './handshake.ts';
import { capabilities, NONE, PacketReader } from './packets.ts';
import { type Exchange, LAST_PREPARED, type Session, type Statement } from './session.ts';
import { sqlOf, typesOf } from './statement.ts';

/** A statement for which the server may ask for a file of the client. */
const fromClient = /\bload\s+(?:data|xml)\b[^]*\blocal\b[^]*\binfile\b/i;

/** What a packet of the client is. */
type Place = 'introduction' | 'proof' | 'file' | 'command' | 'nothing';

/** Bytes of the parts of a statement that stand before its text. */
const ATTRIBUTE_BYTES = 1_024;

/** Reads what the client sends: who it is, and its commands. */
export class ClientPackets {
  readonly #session: Session;
  readonly #reader: PacketReader;
  #place: Place = 'nothing';
  #introduced = false;
  #exchange: Exchange | null = null;
  #facts: CommandFacts | null = null;
  #sequence = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#reader = new PacketReader({
      begins: (type, length, sequence) => this.#begins(type, length, sequence),
      ended: (type, content, length) => this.#ended(type, content, length),
    });
  }

  /** Returns where reading stopped: always the end. */
  push(bytes: Buffer): number {
    const session = this.#session;
    let at = 0;
    while (at < bytes.length && session.failure === null) {
      if (session.tls) {
        session.giveUp({ code: 'not-decoded', detail: 'The connection goes on with TLS, which passes unread.' });
        return bytes.length;
      }
      this.#reader.secret = session.authenticating !== null;
      at = this.#reader.push(bytes, session.at, at);
      if (session.tls) this.#reader.problem = '';
      if (this.#reader.problem !== '') session.giveUp({ code: 'malformed-message', detail: this.#reader.problem });
    }
    return bytes.length;
  }

  #begins(type: number, length: number, sequence: number): Reception {
    const session = this.#session;
    this.#sequence = sequence;
    this.#place = this.#placeOf(length, sequence);
    const clear = Number.POSITIVE_INFINITY;
    switch (this.#place) {
      case 'introduction':
        return this.#whole(length);
      case 'proof':
        return { ...this.#into(session.authenticating), collect: 0, clear: 0, bulk: true };
      case 'file':
        return { ...this.#into(this.#exchange), collect: 0, clear };
      default:
        return this.#command(type, length, sequence);
    }
  }

  #placeOf(length: number, sequence: number): Place {
    const session = this.#session;
    if (!this.#introduced) return 'introduction';
    if (session.authenticating !== null && sequence !== 0) return 'proof';
    if (session.infile === null) return 'command';
    this.#exchange = session.infile.requestOpen && !session.infile.over ? session.infile : null;
    if (length === 0) session.infile = null;
    return 'file';
  }

  #into(exchange: Exchange | null): Pick<Reception, 'to' | 'handle' | 'exchange'> {
    return { to: exchange === null ? null : 'request', handle: exchange?.handle ?? null, exchange };
  }

  /** A packet that is collected whole, because something in its middle is masked. */
  #whole(length: number): Reception {
    if (length > limits.readingContextBytes) this.#reader.problem = 'A packet that says who the user is, is impossibly long.';
    return { to: null, handle: null, collect: length, clear: Number.POSITIVE_INFINITY };
  }

  #command(type: number, length: number, sequence: number): Reception {
    const session = this.#session;
    const facts = commandFacts(type);
    this.#facts = facts ?? null;
    this.#exchange = null;
    const clear = Number.POSITIVE_INFINITY;
    if (facts === undefined || sequence !== 0) {
      this.#reader.problem = 'A client sends no command like this.';
      return { to: null, handle: null, collect: 0, clear };
    }
    if (facts.answer === 'unread') {
      session.giveUp({ code: 'not-decoded', detail: 'What follows is replication or a copy of the server, which is not read.' });
      this.#reader.problem = 'What follows is not read.';
      return { to: null, handle: null, collect: 0, clear };
    }
    if (type === command.quit) {
      this.#place = 'nothing';
      return { to: null, handle: null, collect: 0, clear };
    }
    if (type === command.changeUser) {
      this.#exchange = this.#fresh(facts.name);
      return this.#whole(length);
    }
    const joins =
      session.building !== null && (type === command.longData || type === command.execute || type === command.bulkExecute);
    this.#exchange = joins ? session.building : this.#fresh(facts.name);
    const text = type === command.query || type === command.prepare;
    const collect = text ? limits.summaryChars + ATTRIBUTE_BYTES : limits.wireTextBytes;
    session.sending = this.#exchange;
    return { ...this.#into(this.#exchange), collect, clear };
  }

  /** A pair begins. Values that were sent ahead, and that nothing was executed with, are one by themselves. */
  #fresh(name: string): Exchange {
    const session = this.#session;
    const { building } = session;
    session.building = null;
    if (building !== null) this.#unanswered(building);
    return session.start(name);
  }

  #unanswered(exchange: Exchange): void {
    exchange.status = 'NO REPLY';
    this.#session.over(exchange);
  }

  #ended(type: number, content: Buffer, length: number): void {
    if (this.#reader.problem !== '') return;
    const session = this.#session;
    session.sending = null;
    switch (this.#place) {
      case 'introduction':
        this.#introduction(whole(type, content), length);
        return;
      case 'file':
        if (length === 0 && this.#exchange !== null) session.requestEnds(this.#exchange);
        return;
      case 'command':
        if (this.#exchange?.over === false && this.#facts !== null) this.#asked(type, content, this.#exchange, this.#facts);
        return;
      default:
    }
  }

  #introduction(payload: Buffer, length: number): void {
    const session = this.#session;
    const flags = new Content(payload).uint32le();
    if ((flags & capabilities.protocol41) === 0) {
      session.giveUp({ code: 'not-decoded', detail: 'The client speaks the protocol from before MySQL 4.1, which is not read.' });
      this.#reader.problem = 'What follows is not read.';
      return;
    }
    if (length === ANSWER_BYTES && (flags & capabilities.tls) !== 0) {
      session.tls = true;
      // Makes the reader stop: what follows is no packet.
      this.#reader.problem = 'The connection goes on with TLS.';
      return;
    }
    this.#introduced = true;
    session.capabilities = flags & session.serverCapabilities;
    const { greeting } = session;
    session.greeting = null;
    const exchange = session.start('Connect');
    if (greeting !== null) {
      session.answers(exchange);
      exchange.handle.responseBody(greeting, greeting.length, session.at);
    }
    this.#says(exchange, payload, maskIntroduction(payload));
    session.ask('connect', exchange);
    session.authenticating = exchange;
    this.#reader.secret = true;
    if ((flags & capabilities.optionalMetadata) !== 0) {
      session.giveUp({ code: 'not-decoded', detail: 'The client may ask for results without their columns, which is not read.' });
    }
  }

  #says(exchange: Exchange, payload: Buffer, said: Introduction): void {
    const session = this.#session;
    const header = Buffer.alloc(4);
    header.writeUIntLE(payload.length, 0, 3);
    header[3] = this.#sequence;
    const bytes = Buffer.concat([header, payload]);
    exchange.handle.requestBody(bytes, bytes.length, session.at);
    exchange.location = said.database === '' ? said.user : `${said.user}@${said.database}`;
    const named = new Map(said.attributes);
    session.facts = [
      ['User', said.user],
      ['Database', said.database],
      ['Client', [named.get('_client_name'), named.get('_client_version')].filter((part) => part !== undefined).join(' ')],
      ['Program', named.get('program_name') ?? ''],
    ];
  }

  #asked(type: number, content: Buffer, exchange: Exchange, facts: CommandFacts): void {
    const session = this.#session;
    const read = new Content(content);
    switch (type) {
      case command.query:
      case command.prepare:
        this.#text(type, content, exchange, facts);
        return;
      case command.changeUser: {
        const payload = whole(type, content);
        this.#says(exchange, payload, maskChangeOfUser(payload, session.capabilities));
        session.ask('change', exchange);
        session.authenticating = exchange;
        this.#reader.secret = true;
        return;
      }
      case command.longData:
        this.#about(exchange, this.#statement(read.uint32le()));
        session.building = exchange;
        session.say(exchange);
        return;
      case command.execute:
      case command.bulkExecute:
        session.building = null;
        exchange.command = facts.name;
        this.#execute(type, read, exchange);
        return;
      case command.close: {
        const number = read.uint32le();
        this.#about(exchange, this.#statement(number));
        session.statements.delete(number);
        this.#unanswered(exchange);
        return;
      }
      case command.reset:
      case command.fetch: {
        const statement = this.#statement(read.uint32le());
        this.#about(exchange, statement);
        session.ask(facts.answer, exchange, statement);
        exchange.hasColumns = type !== command.fetch;
        session.requestEnds(exchange);
        return;
      }
      case command.kill:
        exchange.location = `process ${String(read.uint32le())}`;
        break;
      case command.initDb:
      case command.createDb:
      case command.dropDb:
      case command.fieldList:
        exchange.location = read.text();
        break;
      default:
    }
    session.ask(facts.answer, exchange);
    session.requestEnds(exchange);
  }

  #text(type: number, content: Buffer, exchange: Exchange, facts: CommandFacts): void {
    const session = this.#session;
    const attributes = (session.capabilities & capabilities.queryAttributes) !== 0 && type === command.query;
    const { sql, hasAttributes } = sqlOf(content, attributes);
    exchange.location = sql;
    exchange.attributes = hasAttributes;
    const statement: Statement | null = type === command.prepare ? { sql, parameters: 0, types: [], columns: [] } : null;
    // MariaDB's clients execute it without waiting for its number.
    if (statement !== null) session.lastPrepared = statement;
    session.ask(facts.answer, exchange, statement);
    if (type === command.prepare || !fromClient.test(sql)) session.requestEnds(exchange);
  }

  #execute(type: number, read: Content, exchange: Exchange): void {
    const session = this.#session;
    const statement = this.#statement(read.uint32le());
    this.#about(exchange, statement);
    exchange.attributes = (session.capabilities & capabilities.queryAttributes) !== 0 && type === command.execute;
    if (statement !== null) {
      const told = typesOf(read, type, statement.parameters, exchange.attributes);
      if (told.length > 0) statement.types = told;
      else exchange.types = statement.types;
    }
    session.ask('execute', exchange, statement);
    session.requestEnds(exchange);
  }

  #statement(number: number): Statement | null {
    const { statements, lastPrepared } = this.#session;
    return number === LAST_PREPARED ? lastPrepared : (statements.get(number) ?? null);
  }

  #about(exchange: Exchange, statement: Statement | null): void {
    if (statement === null) return;
    exchange.statement = statement;
    exchange.location = statement.sql;
  }
}

function whole(type: number, content: Buffer): Buffer {
  return type === NONE ? content : Buffer.concat([Buffer.of(type), content]);
}
