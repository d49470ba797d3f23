import { limits } from '../../limits.ts';
import type { FailureCode } from '../../rrpair/pair.ts';
import { Content } from '../content.ts';
import type { SummarisedHandle } from '../decoder.ts';
import type { Reception } from '../frame-reader.ts';
import { greetingOf, serverOf } from './handshake.ts';
import {
  answer,
  capabilities,
  columnOf,
  errorOf,
  FULL,
  lengthEncoded,
  NONE,
  PacketReader,
  serverStatus,
  statusAtEnd,
  successOf,
} from './packets.ts';
import type { Operation, Session } from './session.ts';
import { tlsPlace, wayToTls } from './tls.ts';

/** What the next packet of an answer is. */
type Phase = 'first' | 'parameters' | 'columns' | 'rows';

/** Columns that are remembered of one statement. */
const MOST_COLUMNS = 500;

/** Characters of a column's name: an alias may have as many (Table 9.1 of MySQL's manual). */
const MOST_NAME_CHARS = 256;

/** Error number of a packet that tells how far a statement is (MariaDB). */
const PROGRESS = 0xff_ff;

/** Reads what the server sends and joins it to what was asked. */
export class ServerPackets {
  readonly #session: Session;
  readonly #reader: PacketReader;
  #greeted = false;
  /** The packet that was read last is the last one that is not compressed. */
  #turned = false;
  #phase: Phase = 'first';
  /** Definitions that are still to come. */
  #left = 0;
  /** Columns that come behind the parameters of a statement. */
  #columns = 0;
  /** Who gets what nobody asked for. */
  #push: SummarisedHandle | null = null;

  constructor(session: Session) {
    this.#session = session;
    this.#reader = new PacketReader({
      begins: (type, length) => this.#begins(type, length),
      ended: (type, content, length) => this.#ended(type, content, length),
    });
  }

  /** Inside of TLS the greeting was said before. */
  greeted(): void {
    this.#greeted = true;
  }

  /** Returns where reading stopped: the end, or where the connection goes on compressed. */
  push(bytes: Buffer): number {
    const session = this.#session;
    let at = 0;
    while (at < bytes.length && session.failure === null) {
      at = this.#reader.push(bytes, session.at, at);
      if (this.#turned) {
        this.#turned = false;
        this.#reader.problem = '';
        return at;
      }
      if (this.#reader.problem !== '') session.giveUp({ code: 'malformed-message', detail: this.#reader.problem });
    }
    return bytes.length;
  }

  /** Whatever has begun unasked will not end. */
  failed(code: FailureCode, detail: string): void {
    this.#push?.failed(code, detail, this.#session.at);
    this.#push = null;
  }

  #begins(type: number, length: number): Reception {
    const session = this.#session;
    const clear = Number.POSITIVE_INFINITY;
    if (!this.#greeted) {
      if (type === answer.error) return this.#unasked();
      return { to: null, handle: null, collect: limits.wireTextBytes, clear };
    }
    // A command may be too long for the server, which says so before it has come.
    if (session.operations.length === 0 && type === answer.error && session.sending !== null)
      session.ask('simple', session.sending);
    const operation = session.operations.first;
    if (operation === undefined) {
      if (type === answer.error) return this.#unasked();
      this.#reader.problem = 'The server answers what nobody asked.';
      return { to: null, handle: null, collect: 0, clear };
    }
    session.answers(operation.exchange);
    const to = { to: 'response' as const, handle: operation.exchange.handle, clear };
    if (this.#phase === 'rows' && !endsRows(type, length)) return { ...to, collect: 0, bulk: true };
    return { ...to, collect: limits.wireTextBytes };
  }

  #unasked(): Reception {
    this.#push = this.#session.observer.exchangeStarted(this.#session.at);
    return { to: 'response', handle: this.#push, collect: limits.wireTextBytes, clear: Number.POSITIVE_INFINITY };
  }

  #ended(type: number, content: Buffer, length: number): void {
    if (this.#reader.problem !== '') return;
    if (this.#push !== null) {
      const handle = this.#push;
      this.#push = null;
      const command = this.#greeted ? 'Error' : 'Connect';
      handle.summary({ command, location: '', status: errorStatus(content) });
      handle.responseEnded(this.#session.at);
      return;
    }
    if (!this.#greeted) {
      this.#greeting(type, content);
      return;
    }
    const operation = this.#session.operations.first;
    if (operation === undefined) return;
    if (type === answer.error) this.#error(operation, content);
    else if (this.#phase === 'first') this.#first(operation, type, content, length);
    else if (this.#phase === 'rows') this.#end(operation, content, length);
    else this.#definition(operation, type, content, length);
  }

  #greeting(type: number, content: Buffer): void {
    const session = this.#session;
    if (type !== 0x0a) {
      this.#reader.problem = 'The server greets with another version of the protocol.';
      return;
    }
    this.#greeted = true;
    const payload = Buffer.concat([Buffer.of(type), content]);
    const { version, capabilities: flags } = greetingOf(payload);
    const header = Buffer.alloc(4);
    header.writeUIntLE(payload.length, 0, 3);
    session.greeting = Buffer.concat([header, payload]);
    session.server = { server: serverOf(version), evidence: `the server’s greeting: ${version.slice(0, 100)}` };
    session.serverCapabilities = flags;
    session.learn();
    if ((flags & capabilities.tls) !== 0) session.connection.tlsMayFollow(tlsPlace, wayToTls);
  }

  #first(operation: Operation, type: number, content: Buffer, length: number): void {
    const session = this.#session;
    const { kind } = operation;
    switch (kind) {
      case 'connect':
      case 'change':
        if (type === answer.ok) this.#accepted(operation);
        else if (type !== answer.eof && type !== answer.moreAuth)
          this.#reader.problem = 'The server answers something else than was asked.';
        return;
      case 'prepare':
        if (type === answer.ok) this.#prepared(operation, content);
        else this.#reader.problem = 'The server answers something else than was asked.';
        return;
      case 'fetch':
      case 'fields':
        this.#phase = kind === 'fetch' ? 'rows' : 'columns';
        this.#left = Number.POSITIVE_INFINITY;
        if (type === answer.eof && length < FULL) this.#end(operation, content, length);
        return;
      case 'query':
      case 'execute':
        if (type === answer.ok) this.#done(operation, successOf(new Content(content)).status);
        else if (type === answer.infile) session.infile = operation.exchange;
        else this.#result(operation, type, content, length);
        return;
      default:
        this.#done(operation, 0);
    }
  }

  /** The number of columns, and MariaDB's word whether their definitions follow. */
  #result(operation: Operation, type: number, content: Buffer, length: number): void {
    const payload = new Content(Buffer.concat([Buffer.of(type), content]));
    const count = lengthEncoded(payload) ?? 0;
    const follows = payload.at >= length || payload.byte() !== 0;
    if (type === NONE || count === 0 || payload.at < length || count > 0xff_ff) {
      this.#reader.problem = 'The server answers something else than was asked.';
      return;
    }
    const { statement, exchange } = operation;
    this.#phase = 'columns';
    this.#left = follows ? count : 0;
    if (follows && statement !== null) statement.columns = [];
    exchange.hasColumns = follows;
    if (!follows) this.#phase = 'rows';
  }

  #prepared(operation: Operation, content: Buffer): void {
    const session = this.#session;
    const read = new Content(content);
    const number = read.uint32le();
    this.#columns = read.uint16le();
    this.#left = read.uint16le();
    const { statement } = operation;
    if (statement !== null) {
      statement.parameters = this.#left;
      session.statements.set(number, statement);
    }
    this.#phase = this.#left > 0 ? 'parameters' : 'columns';
    if (this.#left === 0) this.#left = this.#columns;
    if (this.#left === 0) this.#done(operation, 0);
  }

  /** A definition of a parameter or a column, or the end of them. */
  #definition(operation: Operation, type: number, content: Buffer, length: number): void {
    const isEnd = type === answer.eof && length < FULL;
    if (!isEnd && this.#left > 0) {
      this.#left -= 1;
      const { statement } = operation;
      if (this.#phase === 'columns' && statement !== null && statement.columns.length < MOST_COLUMNS) {
        const payload = Buffer.concat([Buffer.of(type), content]);
        const column = columnOf(payload, new Content(payload));
        statement.columns.push({ ...column, name: column.name.slice(0, MOST_NAME_CHARS) });
      }
      // Without an EOF in between, what comes next follows at once.
      if (this.#left === 0 && this.#withoutEof) this.#defined(operation, 0);
      return;
    }
    if (!isEnd) {
      this.#reader.problem = 'The server answers something else than was asked.';
      return;
    }
    if (operation.kind === 'fields') this.#end(operation, content, length);
    else this.#defined(operation, statusAtEnd(new Content(content), length));
  }

  get #withoutEof(): boolean {
    return (this.#session.capabilities & capabilities.withoutEof) !== 0;
  }

  #defined(operation: Operation, status: number): void {
    if (operation.kind !== 'prepare') {
      this.#phase = 'rows';
      // Rows are fetched later.
      if ((status & serverStatus.cursor) !== 0) this.#done(operation, status);
    } else if (this.#phase === 'parameters' && this.#columns > 0) {
      this.#phase = 'columns';
      this.#left = this.#columns;
    } else this.#done(operation, 0);
  }

  /** The packet behind the last row. */
  #end(operation: Operation, content: Buffer, length: number): void {
    this.#done(operation, statusAtEnd(new Content(content), length));
  }

  #done(operation: Operation, status: number): void {
    const session = this.#session;
    this.#phase = 'first';
    const severalResults = operation.kind === 'query' || operation.kind === 'execute';
    if (severalResults && (status & serverStatus.moreResults) !== 0) return;
    session.operations.shift();
    session.over(operation.exchange);
  }

  #accepted(operation: Operation): void {
    const session = this.#session;
    session.authenticating = null;
    session.learn();
    if (operation.kind === 'change') session.statements.clear();
    this.#done(operation, 0);
    const flags = session.capabilities;
    if (operation.kind === 'connect' && (flags & (capabilities.compress | capabilities.zstd)) !== 0) {
      // Servers look for the older one first.
      session.compression = (flags & capabilities.compress) !== 0 ? 'zlib' : 'zstd';
      this.#turned = true;
      this.#reader.problem = 'What follows is compressed.';
    }
  }

  #error(operation: Operation, content: Buffer): void {
    const session = this.#session;
    if (new Content(content).uint16le() === PROGRESS) return;
    operation.exchange.status = errorStatus(content);
    session.authenticating = null;
    session.infile = null;
    this.#done(operation, 0);
  }
}

/** Text rows of more than 16 MB begin with the same byte as the end of rows. */
function endsRows(type: number, length: number): boolean {
  return type === answer.error || (type === answer.eof && length < FULL);
}

/** `ERR:1146`. */
function errorStatus(content: Buffer): string {
  const { code } = errorOf(new Content(content));
  return code === 0 ? 'ERR' : `ERR:${String(code)}`;
}
