import { limits } from '../../limits.ts';
import type { Side } from '../../rrpair/pair.ts';
import type { SummarisedHandle, SummarisedObserver, WireConnection } from '../decoder.ts';
import type { Failure } from '../endings.ts';

/** A pair in the making. */
export interface Exchange {
  readonly handle: SummarisedHandle;
  command: string;
  location: string;
  requestOpen: boolean;
  answering: boolean;
  over: boolean;
}

/** A message that is coming on a channel. */
export interface Incoming {
  exchange: Exchange;
  /** Bytes of its body that are to come; -1 before its header. */
  left: number;
  /** What is to happen when it is complete. */
  done: () => void;
}

/** What is known of one channel. */
export interface Channel {
  /** Methods that wait for their answers; a client sends the next one ahead at most where it does not need the answer. */
  waiting: Exchange[];
  incoming: Record<Side, Incoming | null>;
  /** The server confirms what is published; the number of the next message. */
  confirms: boolean;
  published: number;
  unconfirmed: Map<number, Exchange>;
  /** Messages that the client has not acknowledged, by their number. */
  delivered: Map<number, Exchange>;
  /** The server has closed it, and looks at nothing more until the client has agreed. */
  closed: boolean;
  /** Consumers that need not acknowledge. */
  carefree: Set<string>;
}

/** What the two directions share. */
export class Session {
  readonly observer: SummarisedObserver;
  readonly connection: WireConnection;
  readonly #channels = new Map<number, Channel>();
  connecting: Exchange | null = null;
  server = { server: '', evidence: '' };
  facts: (readonly [name: string, value: string])[] = [];
  at = 0;
  readonly open = new Set<Exchange>();
  failure: Failure | null = null;

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.observer = observer;
    this.connection = connection;
  }

  channel(number: number): Channel {
    const known = this.#channels.get(number);
    if (known !== undefined) return known;
    if (this.#channels.size >= limits.amqpChannels) {
      this.giveUp({ code: 'not-decoded', detail: 'More channels are open than are read on one connection.' });
    }
    const channel: Channel = {
      waiting: [],
      incoming: { client: null, server: null },
      confirms: false,
      published: 0,
      unconfirmed: new Map(),
      delivered: new Map(),
      closed: false,
      carefree: new Set(),
    };
    this.#channels.set(number, channel);
    return channel;
  }

  /** What is delivered to the consumer need not be acknowledged. Of too many the oldest is forgotten: what it gets waits for an acknowledgement then. */
  carefree(channel: Channel, consumer: string): void {
    channel.carefree.add(consumer);
    const [oldest] = channel.carefree;
    if (channel.carefree.size > limits.preparedStatements && oldest !== undefined) channel.carefree.delete(oldest);
  }

  /** The channel is closed; what it waits for will not come. */
  closeChannel(channel: Channel): void {
    channel.closed = true;
    for (const exchange of channel.delivered.values()) this.over(exchange, 'PUSH');
    for (const exchange of channel.unconfirmed.values()) this.over(exchange, 'NO REPLY');
    for (const exchange of channel.waiting) this.over(exchange, 'NO REPLY');
    channel.delivered.clear();
    channel.unconfirmed.clear();
    channel.waiting = [];
    for (const side of ['client', 'server'] as const) {
      const { exchange } = channel.incoming[side] ?? {};
      if (exchange !== undefined) this.over(exchange, 'SKIPPED');
    }
  }

  /** Both sides agree that it is closed: the number may be used anew. */
  forgetChannel(number: number): void {
    this.closeChannel(this.channel(number));
    this.#channels.delete(number);
  }

  /** Messages that were delivered whole are no less so because nobody has acknowledged them. */
  endDeliveries(): void {
    for (const { delivered } of this.#channels.values()) for (const exchange of delivered.values()) this.over(exchange, 'PUSH');
  }

  start(command: string, location: string): Exchange {
    const exchange: Exchange = {
      handle: this.observer.exchangeStarted(this.at),
      command,
      location: location.slice(0, limits.summaryChars),
      requestOpen: true,
      answering: false,
      over: false,
    };
    this.open.add(exchange);
    this.say(exchange, '');
    return exchange;
  }

  say({ handle, command, location }: Exchange, status: string): void {
    handle.summary({ command, location, status });
  }

  give(side: Side, exchange: Exchange, bytes: Buffer): void {
    if (exchange.over) return;
    if (side === 'server') {
      this.answers(exchange);
      exchange.handle.responseBody(bytes, bytes.length, this.at);
    } else if (exchange.requestOpen) exchange.handle.requestBody(bytes, bytes.length, this.at);
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

  over(exchange: Exchange, status: string): void {
    if (exchange.over) return;
    exchange.over = true;
    this.open.delete(exchange);
    this.requestEnds(exchange);
    this.say(exchange, status);
    exchange.handle.responseEnded(this.at);
  }

  giveUp(failure: Failure): void {
    this.failure ??= failure;
  }
}
