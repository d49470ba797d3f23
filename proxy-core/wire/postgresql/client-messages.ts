import { limits } from '../../limits.ts';
import { Content } from '../content.ts';
import { FrameReader, type Reception } from '../frame-reader.ts';
import { isFirstMessage, MOST_STARTUP_BYTES, requestCodes } from './detect.ts';
import { postgresqlFrames } from './frames.ts';
import type { Exchange, Operation, Session, Statement } from './session.ts';

/** Types of what a client (the “frontend”) sends. */
const type = {
  bind: 0x42, // B
  close: 0x43, // C
  describe: 0x44, // D
  execute: 0x45, // E
  call: 0x46, // F
  flush: 0x48, // H
  parse: 0x50, // P
  query: 0x51, // Q
  sync: 0x53, // S
  terminate: 0x58, // X
  copyDone: 0x63, // c
  copyData: 0x64, // d
  copyFail: 0x66, // f
  password: 0x70, // p
} as const;

const names = new Map<number, Operation['kind']>([
  [type.parse, 'parse'],
  [type.bind, 'bind'],
  [type.describe, 'describe'],
  [type.execute, 'execute'],
  [type.close, 'close'],
  [type.sync, 'sync'],
]);

/** What a pair is called that executes nothing. */
const commands: Readonly<Partial<Record<Operation['kind'], string>>> = {
  parse: 'Prepare',
  bind: 'Bind',
  describe: 'Describe',
  close: 'Close',
  sync: 'Sync',
  execute: 'Execute',
};

/** A statement after which the client sends data. */
const copyIn = /\bcopy\b[^]*\bfrom\s+stdin\b/i;

/** Reads what the client sends: what belongs together, and what is to be answered. */
export class ClientMessages {
  readonly #session: Session;
  readonly #reader: FrameReader;
  /** The pair of the message that is coming. */
  #current: Exchange | null = null;
  #first: Buffer | null = Buffer.alloc(0);
  /** The pair whose data is sent. */
  #copying: Exchange | null = null;

  constructor(session: Session) {
    this.#session = session;
    this.#reader = new FrameReader(
      { begins: (kind) => this.#begins(kind), ended: (kind, content) => this.#ended(kind, content) },
      postgresqlFrames,
    );
  }

  /** The request for encryption was refused: the first message comes anew. */
  begins(): void {
    this.#first = Buffer.alloc(0);
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && this.#session.failure === null) {
      if (this.#first !== null) {
        at = this.#readFirst(bytes, at);
        continue;
      }
      if (this.#session.negotiating !== null) {
        this.#session.giveUp({
          code: 'not-decoded',
          detail: 'The client did not wait for the answer to its request for encryption.',
        });
        return;
      }
      at = this.#reader.push(bytes, this.#session.at, at);
      if (this.#reader.problem !== '') this.#session.giveUp({ code: 'malformed-message', detail: this.#reader.problem });
    }
  }

  /** The first message is collected whole: it has no type, and is small. */
  #readFirst(bytes: Buffer, from: number): number {
    const have = this.#first ?? Buffer.alloc(0);
    const enough = have.length >= 4 ? have.readUInt32BE(0) : 4;
    const to = Math.min(bytes.length, from + enough - have.length);
    const first = Buffer.concat([have, bytes.subarray(from, to)]);
    this.#first = first;
    if (first.length < 4) return to;
    const length = first.readUInt32BE(0);
    if (length < 8 || length > MOST_STARTUP_BYTES) {
      this.#session.giveUp({
        code: 'not-decoded',
        detail:
          first[0] === 0x16
            ? 'The connection goes on with TLS, which passes unread.'
            : 'The first message has an impossible length.',
      });
      return to;
    }
    if (first.length < length) return to;
    this.#first = null;
    this.#firstMessage(first, length);
    return to;
  }

  #firstMessage(bytes: Buffer, length: number): void {
    const session = this.#session;
    const code = bytes.readUInt32BE(4);
    if (!isFirstMessage(length, code)) {
      session.giveUp({ code: 'not-decoded', detail: 'The first message is of no version of the protocol that is read.' });
    } else if (code === requestCodes.tls) session.negotiating = 'tls';
    else if (code === requestCodes.gss) session.negotiating = 'gss';
    else if (code === requestCodes.cancel) {
      const exchange = session.start('Cancel');
      exchange.location = `process ${String(bytes.readUInt32BE(8))}`;
      // The key is the right to cancel.
      bytes.fill('*', 12);
      session.cancel = exchange;
      this.#whole(exchange, bytes);
    } else this.#startup(bytes);
  }

  #startup(bytes: Buffer): void {
    const session = this.#session;
    const exchange = session.start('Connect');
    const content = new Content(bytes, 8);
    const options = new Map<string, string>();
    while (content.left > 1 && options.size < 50) {
      const name = content.text();
      if (name === '') break;
      options.set(name, content.text());
    }
    const user = options.get('user') ?? '';
    const database = options.get('database') ?? user;
    session.facts = [
      ['User', user],
      ['Database', database],
      ['Application', options.get('application_name') ?? ''],
    ];
    exchange.location = `${user}@${database}`;
    session.operations.add({ kind: 'startup', exchange, statement: null });
    exchange.handle.requestBody(bytes, bytes.length, session.at);
    session.say(exchange);
    this.#copying = null;
  }

  #whole(exchange: Exchange, bytes: Buffer): void {
    const session = this.#session;
    session.say(exchange);
    exchange.handle.requestBody(bytes, bytes.length, session.at);
    session.requestEnds(exchange);
  }

  #begins(kind: number): Reception {
    const exchange = this.#exchangeOf(kind);
    this.#current = exchange;
    const collect =
      kind === type.query || kind === type.parse ? limits.summaryChars : kind === type.copyData ? 0 : limits.wireTextBytes;
    // An answer to a challenge is a password, whatever the method.
    const clear = kind === type.password ? 0 : Number.POSITIVE_INFINITY;
    return {
      to: exchange === null ? null : 'request',
      handle: exchange?.handle ?? null,
      exchange,
      collect: clear === 0 ? 0 : collect,
      clear,
      bulk: kind === type.copyData,
    };
  }

  #exchangeOf(kind: number): Exchange | null {
    const session = this.#session;
    const { building } = session;
    switch (kind) {
      case type.query:
        return this.#fresh('Query');
      case type.call:
        return this.#fresh('FunctionCall');
      case type.parse:
      case type.bind:
      case type.describe:
      case type.execute:
        if (building !== null && !building.executes) return building;
        session.building = this.#fresh(commands[names.get(kind) ?? 'execute'] ?? 'Execute');
        return session.building;
      case type.close:
      case type.sync:
        session.building ??= this.#fresh(kind === type.sync ? 'Sync' : 'Close');
        return session.building;
      case type.flush:
        return building;
      case type.password:
        return session.operations.first?.kind === 'startup' ? session.operations.first.exchange : null;
      case type.copyData:
      case type.copyDone:
      case type.copyFail:
        return this.#copying?.over === false && this.#copying.requestOpen ? this.#copying : null;
      case type.terminate:
        return null;
      default:
        this.#reader.problem = 'A client sends no message of this type.';
        return null;
    }
  }

  /** A pair begins; what was being built is complete. */
  #fresh(command: string): Exchange {
    const session = this.#session;
    const { building } = session;
    session.building = null;
    if (building !== null) session.requestEnds(building);
    return session.start(command);
  }

  #ended(kind: number, content: Buffer): void {
    const exchange = this.#current;
    if (exchange === null || exchange.over) return;
    switch (kind) {
      case type.query:
        this.#asked(exchange, 'query', new Content(content).text());
        return;
      case type.call:
        exchange.location = `function ${String(new Content(content).int32())}`;
        this.#asked(exchange, 'call', exchange.location);
        return;
      case type.copyDone:
      case type.copyFail:
        this.#copying = null;
        if (exchange !== this.#session.building) this.#session.requestEnds(exchange);
        return;
      case type.flush:
      case type.password:
        return;
      default:
        this.#extended(kind, exchange, new Content(content));
    }
  }

  /** A message that is answered by itself. */
  #asked(exchange: Exchange, kind: 'query' | 'call', text: string): void {
    const session = this.#session;
    exchange.location = text;
    exchange.hasText = true;
    exchange.hasColumns = true;
    session.operations.add({ kind, exchange, statement: null });
    session.say(exchange);
    if (kind === 'query' && copyIn.test(text)) this.#copying = exchange;
    else session.requestEnds(exchange);
  }

  #extended(kind: number, exchange: Exchange, content: Content): void {
    const session = this.#session;
    const operation: Operation = { kind: names.get(kind) ?? 'sync', exchange, statement: null };
    if (kind === type.parse) operation.statement = this.#parse(exchange, content);
    else if (kind === type.bind) {
      const portal = content.text();
      operation.statement = session.statements.get(content.text()) ?? null;
      if (operation.statement !== null) session.portals.set(portal, operation.statement);
      this.#about(exchange, operation.statement);
    } else if (kind === type.describe || kind === type.close) {
      const isPortal = content.byte() === 0x50;
      const name = content.text();
      const known = isPortal ? session.portals : session.statements;
      operation.statement = known.get(name) ?? null;
      if (!exchange.executes) this.#about(exchange, operation.statement);
      if (kind === type.close) known.delete(name);
    } else if (kind === type.execute) {
      operation.statement = session.portals.get(content.text()) ?? null;
      exchange.executes = true;
      exchange.command = 'Execute';
      this.#about(exchange, operation.statement);
      if (copyIn.test(operation.statement?.sql ?? '')) this.#copying = exchange;
    }
    // The server does not look at what comes between an error and the next Sync.
    if (session.skipping && kind !== type.sync) {
      if (exchange.status === '') exchange.status = 'SKIPPED';
    } else session.operations.add(operation);
    session.say(exchange);
    if (kind === type.sync) {
      session.building = null;
      session.requestEnds(exchange);
    }
  }

  #parse(exchange: Exchange, content: Content): Statement {
    const name = content.text();
    const sql = content.text();
    const parameters: number[] = [];
    for (let left = Math.min(content.int16(), 200); left > 0 && content.left >= 4; left -= 1) parameters.push(content.int32());
    const statement: Statement = { sql, parameters, columns: null };
    this.#session.statements.set(name, statement);
    this.#about(exchange, statement);
    exchange.hasText = true;
    return statement;
  }

  #about(exchange: Exchange, statement: Statement | null): void {
    if (statement === null) return;
    if (exchange.statement !== statement) exchange.hasText = false;
    exchange.statement = statement;
    exchange.location = statement.sql;
  }
}
