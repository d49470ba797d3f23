import { limits } from '../../limits.ts';
import type { SummarisedHandle, SummarisedObserver, WireConnection } from '../decoder.ts';
import type { Failure } from '../endings.ts';
import { Named } from '../named.ts';
import { FAILURE } from './packets.ts';

/** A pair in the making. */
export interface Exchange {
  readonly handle: SummarisedHandle;
  /** Who began it. */
  readonly by: 'client' | 'server';
  command: string;
  location: string;
  status: string;
  /** Kind of the packet that ends it; 0 when its own does. */
  endsWith: number;
  requestOpen: boolean;
  answering: boolean;
  over: boolean;
}

/** What the two directions share. */
export class Session {
  readonly observer: SummarisedObserver;
  readonly connection: WireConnection;
  version = 4;
  /** What waits for an acknowledgement, by its number, of the client's and of the server's numbers. */
  readonly waiting = { client: new Map<number, Exchange>(), server: new Map<number, Exchange>() };
  readonly topics = { client: new Named<string, number>(), server: new Named<string, number>() };
  connecting: Exchange | null = null;
  /** Pings that are not answered, and proofs after the start. */
  readonly pings: Exchange[] = [];
  at = 0;
  readonly open = new Set<Exchange>();
  failure: Failure | null = null;

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.observer = observer;
    this.connection = connection;
  }

  start(by: Exchange['by'], command: string): Exchange {
    const handle = this.observer.exchangeStarted(this.at);
    const exchange: Exchange = {
      handle,
      by,
      command,
      location: '',
      status: '',
      endsWith: 0,
      requestOpen: true,
      answering: false,
      over: false,
    };
    this.open.add(exchange);
    this.tellVersion(exchange);
    return exchange;
  }

  /** Packets of version 5 have properties, which the others have not. */
  tellVersion({ handle }: Exchange): void {
    if (this.version === 5) handle.context({ version: 5 });
  }

  say({ handle, command, location, status }: Exchange): void {
    handle.summary({ command, location: location.slice(0, limits.summaryChars), status });
  }

  request(exchange: Exchange, bytes: Buffer): void {
    if (!exchange.over && exchange.requestOpen) exchange.handle.requestBody(bytes, bytes.length, this.at);
  }

  response(exchange: Exchange, bytes: Buffer): void {
    if (exchange.over) return;
    this.answers(exchange);
    exchange.handle.responseBody(bytes, bytes.length, this.at);
  }

  answers(exchange: Exchange): void {
    if (exchange.answering) return;
    exchange.answering = true;
    exchange.handle.responseStarted(this.at);
  }

  requestEnds(exchange: Exchange): void {
    if (!exchange.requestOpen) return;
    exchange.requestOpen = false;
    exchange.handle.requestEnded(this.at);
  }

  /** It waits for an acknowledgement. One with the same number that still waits has been sent again. */
  wait(exchange: Exchange, id: number): void {
    const waiting = this.waiting[exchange.by];
    const before = waiting.get(id);
    if (before !== undefined) this.over(before, 'RESENT');
    waiting.set(id, exchange);
    this.say(exchange);
  }

  /** The reason of its acknowledgement. */
  over(exchange: Exchange, status: string): void {
    if (exchange.over) return;
    exchange.over = true;
    this.open.delete(exchange);
    exchange.status = status;
    this.requestEnds(exchange);
    this.say(exchange);
    exchange.handle.responseEnded(this.at);
  }

  giveUp(failure: Failure): void {
    this.failure ??= failure;
  }
}

/** `ERR:135`, or `OK`. */
export function statusOf(reason: number): string {
  return reason >= FAILURE ? `ERR:${String(reason)}` : 'OK';
}
