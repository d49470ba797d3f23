import { limits } from '../../limits.ts';
import type { SummarisedHandle, SummarisedObserver, WireConnection } from '../decoder.ts';
import type { Failure } from '../endings.ts';
import { Named } from '../named.ts';
import { Queue } from '../queue.ts';
import type { ColumnFacts } from './content.ts';

/** A statement as Parse named it. */
export interface Statement {
  sql: string;
  /** OIDs of its parameters, as far as they were told. */
  parameters: number[];
  columns: ColumnFacts[] | null;
}

/** A pair in the making. */
export interface Exchange {
  readonly handle: SummarisedHandle;
  command: string;
  location: string;
  status: string;
  statement: Statement | null;
  /** Answers that are to come. */
  left: number;
  /** More of the request may come. */
  requestOpen: boolean;
  executes: boolean;
  /** Its own bytes have the text of the statement, and the names of the columns. */
  hasText: boolean;
  hasColumns: boolean;
  answering: boolean;
  over: boolean;
}

/** What a client message is answered with. */
export interface Operation {
  kind: 'startup' | 'query' | 'call' | 'parse' | 'bind' | 'describe' | 'execute' | 'close' | 'sync';
  exchange: Exchange;
  statement: Statement | null;
}

/** What is answered by ReadyForQuery, whatever happens before. */
export function endsWithReady({ kind }: Operation): boolean {
  return kind === 'startup' || kind === 'query' || kind === 'call' || kind === 'sync';
}

/** Operations in the order in which they are answered. */
export class Operations extends Queue<Operation> {
  override add(operation: Operation): void {
    operation.exchange.left += 1;
    super.add(operation);
  }

  /** The first one is answered. */
  override shift(): Operation | undefined {
    const first = super.shift();
    if (first !== undefined) first.exchange.left -= 1;
    return first;
  }
}

/** What the two directions share. */
export class Session {
  readonly observer: SummarisedObserver;
  readonly connection: WireConnection;
  readonly operations = new Operations();
  readonly statements = new Named<Statement>();
  readonly portals = new Named<Statement>();
  /** The extended query whose messages are coming. */
  building: Exchange | null = null;
  /** After an error the server skips everything up to the next Sync. */
  skipping = false;
  /** SSLRequest or GSSENCRequest was sent, and one byte is the answer. */
  negotiating: 'tls' | 'gss' | null = null;
  /** The session of a CancelRequest, which is answered by the end of the connection. */
  cancel: Exchange | null = null;
  user = '';
  facts: [name: string, value: string][] = [];
  at = 0;
  /** All that are not over. */
  readonly open = new Set<Exchange>();
  failure: Failure | null = null;

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.observer = observer;
    this.connection = connection;
  }

  start(command: string): Exchange {
    const handle = this.observer.exchangeStarted(this.at);
    const exchange: Exchange = {
      handle,
      command,
      location: '',
      status: '',
      statement: null,
      left: 0,
      requestOpen: true,
      executes: false,
      hasText: false,
      hasColumns: false,
      answering: false,
      over: false,
    };
    this.open.add(exchange);
    return exchange;
  }

  /** Something that the server says unasked. */
  push(): SummarisedHandle {
    return this.observer.exchangeStarted(this.at);
  }

  say({ handle, command, location, status }: Exchange): void {
    handle.summary({ command, location: location.slice(0, limits.summaryChars), status });
  }

  requestEnds(exchange: Exchange): void {
    if (!exchange.requestOpen) return;
    exchange.requestOpen = false;
    exchange.handle.requestEnded(this.at);
    this.maybeOver(exchange);
  }

  /** Ends a pair of which nothing more is to come. */
  maybeOver(exchange: Exchange): void {
    if (exchange.over || exchange.requestOpen || exchange.left > 0 || exchange === this.cancel) return;
    this.over(exchange);
  }

  over(exchange: Exchange): void {
    if (exchange.over) return;
    exchange.over = true;
    this.open.delete(exchange);
    if (exchange.requestOpen) exchange.handle.requestEnded(this.at);
    if (exchange.status === '') exchange.status = 'OK';
    if (exchange.statement !== null) tellStatement(exchange, exchange.statement);
    this.say(exchange);
    exchange.handle.responseEnded(this.at);
  }

  giveUp(failure: Failure): void {
    this.failure ??= failure;
  }
}

/** What its own bytes do not say of what it executes. */
function tellStatement({ handle, hasText, hasColumns }: Exchange, { sql, parameters, columns }: Statement): void {
  const context: Record<string, unknown> = {};
  if (!hasText) context['sql'] = sql;
  if (!hasText && parameters.length > 0) context['parameters'] = parameters;
  if (!hasColumns && columns !== null) context['columns'] = columns.map(({ name, type }) => ({ name, type }));
  if (!hasText || context['columns'] !== undefined) handle.context(context);
}
