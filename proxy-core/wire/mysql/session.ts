import { limits } from '../../limits.ts';
import type { SummarisedHandle, SummarisedObserver, WireConnection } from '../decoder.ts';
import type { Failure } from '../endings.ts';
import { Named } from '../named.ts';
import { Queue } from '../queue.ts';
import type { AnswerKind } from './commands.ts';
import type { Compression } from './compressed.ts';
import type { ColumnFacts } from './packets.ts';

/** A statement that was prepared. */
export interface Statement {
  sql: string;
  /** How many values it takes. */
  parameters: number;
  /** Their types, as the last execution told them. */
  types: number[];
  /** MariaDB leaves them out of later results. */
  columns: ColumnFacts[];
}

/** A pair in the making. */
export interface Exchange {
  readonly handle: SummarisedHandle;
  command: string;
  location: string;
  status: string;
  /** What it executes, and its own bytes do not say. */
  statement: Statement | null;
  /** Types of its parameters that its own bytes do not say. */
  types: number[];
  /** The client sent attributes with its statement. */
  attributes: boolean;
  /** The server left the columns of its result out. */
  hasColumns: boolean;
  requestOpen: boolean;
  answering: boolean;
  over: boolean;
}

/** A command that waits for its answer. */
export interface Operation {
  kind: AnswerKind;
  exchange: Exchange;
  statement: Statement | null;
}

/** Number that stands for the statement that was prepared last (MariaDB). */
export const LAST_PREPARED = 0xff_ff_ff_ff;

/** What the two directions share. */
export class Session {
  readonly observer: SummarisedObserver;
  readonly connection: WireConnection;
  readonly operations = new Queue<Operation>();
  readonly statements = new Named<Statement, number>();
  lastPrepared: Statement | null = null;
  /** The server's greeting until the client has answered it. */
  greeting: Buffer | null = null;
  /** What both sides can; inside of TLS, where the greeting was not seen, what the client can. */
  capabilities = 0;
  serverCapabilities = ~0;
  server = { server: '', evidence: '' };
  facts: (readonly [name: string, value: string])[] = [];
  /** The pair whose user proves who it is. */
  authenticating: Exchange | null = null;
  /** The statement whose file the client sends; null when none is sent. */
  infile: Exchange | null = null;
  /** The command that is coming. */
  sending: Exchange | null = null;
  /** Values that were sent ahead of an execution. */
  building: Exchange | null = null;
  /** What both sides go on compressed with, once they do. */
  compression: Compression | null = null;
  /** Both sides go on with TLS. */
  tls = false;
  at = 0;
  /** All that are not over. */
  readonly open = new Set<Exchange>();
  failure: Failure | null = null;

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.observer = observer;
    this.connection = connection;
  }

  start(command: string): Exchange {
    const exchange: Exchange = {
      handle: this.observer.exchangeStarted(this.at),
      command,
      location: '',
      status: '',
      statement: null,
      types: [],
      attributes: false,
      hasColumns: true,
      requestOpen: true,
      answering: false,
      over: false,
    };
    this.open.add(exchange);
    return exchange;
  }

  /** A command that is answered. */
  ask(kind: AnswerKind, exchange: Exchange, statement: Statement | null = null): void {
    this.operations.add({ kind, exchange, statement });
    this.say(exchange);
  }

  say({ handle, command, location, status }: Exchange): void {
    handle.summary({ command, location: location.slice(0, limits.summaryChars), status });
  }

  requestEnds(exchange: Exchange): void {
    if (!exchange.requestOpen) return;
    exchange.requestOpen = false;
    exchange.handle.requestEnded(this.at);
  }

  answers(exchange: Exchange): void {
    if (exchange.answering) return;
    exchange.answering = true;
    exchange.handle.responseStarted(this.at);
  }

  over(exchange: Exchange): void {
    if (exchange.over) return;
    exchange.over = true;
    this.open.delete(exchange);
    this.requestEnds(exchange);
    if (exchange.status === '') exchange.status = 'OK';
    const { statement } = exchange;
    const context: Record<string, unknown> = {};
    if (statement !== null) {
      context['sql'] = statement.sql;
      context['parameters'] = statement.parameters;
      if (exchange.types.length > 0) context['types'] = exchange.types;
      if (!exchange.hasColumns) context['columns'] = statement.columns;
    }
    if (exchange.attributes) context['attributes'] = true;
    if (Object.keys(context).length > 0) exchange.handle.context(context);
    this.say(exchange);
    exchange.handle.responseEnded(this.at);
  }

  giveUp(failure: Failure): void {
    this.failure ??= failure;
  }

  learn(): void {
    this.connection.learned({ ...this.server, facts: this.facts.filter(([, value]) => value !== '') });
  }
}
