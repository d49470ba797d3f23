import { limits } from '../../limits.ts';
import { productOf } from './client-methods.ts';
import { routeOf } from './frames.ts';
import { cover, type MethodFrame } from './method-frame.ts';
import type { Channel, Exchange, Session } from './session.ts';

const NOBODY = 'The server answers what nobody asked.';

/** What the server's methods mean. */
export class ServerMethods {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Returns why it makes no sense, as a sentence; empty when it does. */
  method(frame: MethodFrame): string {
    const { method, number, said, bytes } = frame;
    const session = this.#session;
    const channel = session.channel(number);
    switch (method.name) {
      case 'ConnectionStart':
      case 'ConnectionSecure':
      case 'ConnectionTune':
      case 'ConnectionOpenOk':
        return this.#connects(frame);
      case 'ConnectionCloseOk':
      case 'CancelOk':
        if (method.name === 'CancelOk') break;
        return '';
      case 'ConnectionClose':
      case 'ChannelClose':
        this.#closes(frame, channel);
        return '';
      case 'ConnectionBlocked':
      case 'ConnectionUnblocked':
      case 'ChannelFlow':
      case 'Cancel': {
        const exchange = session.start(method.name, said.values['consumer'] ?? '');
        session.give('server', exchange, bytes);
        this.#pushed(exchange, 'PUSH');
        return '';
      }
      case 'Ack':
      case 'Nack':
        this.#confirms(frame, channel);
        return '';
      case 'Deliver':
        this.#delivers(frame, channel);
        return '';
      case 'Return':
        this.#returns(frame, channel);
        return '';
      default:
    }
    const exchange = channel.waiting.shift();
    if (exchange === undefined || !fits(exchange.command, method.name)) return NOBODY;
    session.give('server', exchange, bytes);
    if (method.name === 'ConsumeOk') this.#named(exchange, channel, said.values['consumer'] ?? '');
    if (method.name === 'QueueDeclareOk' && exchange.location === '') exchange.location = said.values['queue'] ?? '';
    if (method.content) {
      channel.incoming.server = { exchange, left: -1, done: () => session.over(exchange, 'OK') };
      return '';
    }
    session.over(exchange, method.name === 'GetEmpty' ? 'EMPTY' : 'OK');
    if (method.name === 'ChannelCloseOk') session.forgetChannel(number);
    return '';
  }

  #connects(frame: MethodFrame): string {
    const session = this.#session;
    const { method, said, bytes } = frame;
    const exchange = session.connecting;
    if (exchange === null) return NOBODY;
    if (method.name === 'ConnectionStart') {
      const server = productOf(said.values['server'] ?? '');
      session.server = { server, evidence: server === '' ? '' : `Connection.Start of the server: ${server}` };
    }
    cover(frame, 'challenge');
    session.give('server', exchange, bytes);
    if (method.name === 'ConnectionOpenOk') {
      session.connecting = null;
      this.#learn();
      session.over(exchange, 'OK');
    }
    return '';
  }

  #learn(): void {
    const { server, facts, connection } = this.#session;
    connection.learned({ ...server, facts: facts.filter(([, value]) => value !== '') });
  }

  /** An error ends the channel or the connection; it is about what waits there. */
  #closes({ method, number, said, bytes }: MethodFrame, channel: Channel): void {
    const session = this.#session;
    const status = `ERR:${said.values['code'] ?? ''}`;
    const [unconfirmed] = channel.unconfirmed.values();
    const about = session.connecting ?? channel.waiting.shift() ?? unconfirmed;
    const exchange = about ?? session.start(method.name, '');
    if (exchange === session.connecting) {
      session.connecting = null;
      this.#learn();
    }
    session.give('server', exchange, bytes);
    if (about === undefined) this.#pushed(exchange, status);
    else session.over(exchange, status);
    if (number !== 0) session.closeChannel(channel);
  }

  #confirms({ method, said, bytes }: MethodFrame, channel: Channel): void {
    const session = this.#session;
    const tag = Number(said.values['delivery']);
    const status = method.name === 'Ack' ? 'OK' : 'ERR';
    for (const [number, exchange] of channel.unconfirmed) {
      if (number > tag && tag !== 0) break;
      if (number !== tag && said.values['multiple'] !== 'yes') continue;
      channel.unconfirmed.delete(number);
      if (number === tag) session.give('server', exchange, bytes);
      session.over(exchange, status);
    }
  }

  #delivers({ said, bytes }: MethodFrame, channel: Channel): void {
    const session = this.#session;
    const exchange = session.start('Deliver', routeOf(said.values));
    session.give('server', exchange, bytes);
    const carefree = channel.carefree.has(said.values['consumer'] ?? '');
    const tag = Number(said.values['delivery']);
    channel.incoming.server = {
      exchange,
      left: -1,
      done: () => {
        if (carefree) this.#pushed(exchange, 'PUSH');
        else {
          session.say(exchange, 'PUSH');
          channel.delivered.set(tag, exchange);
          this.#forgetOldest(channel);
        }
      },
    };
  }

  /** A client that never acknowledges keeps no more waiting than this. */
  #forgetOldest(channel: Channel): void {
    const [oldest] = channel.delivered.keys();
    if (channel.delivered.size <= limits.preparedStatements || oldest === undefined) return;
    const exchange = channel.delivered.get(oldest);
    channel.delivered.delete(oldest);
    if (exchange !== undefined) this.#pushed(exchange, 'PUSH');
  }

  #returns({ said, bytes }: MethodFrame, channel: Channel): void {
    const session = this.#session;
    const exchange = session.start('Return', routeOf(said.values));
    session.give('server', exchange, bytes);
    const status = `ERR:${said.values['code'] ?? ''}`;
    channel.incoming.server = { exchange, left: -1, done: () => this.#pushed(exchange, status) };
  }

  /** The server names a consumer that the client has not. */
  #named(exchange: Exchange, channel: Channel, consumer: string): void {
    if (channel.carefree.delete('')) this.#session.carefree(channel, consumer);
    if (exchange.location === '') exchange.location = consumer;
  }

  /** What the server says unasked has no request. */
  #pushed(exchange: Exchange, status: string): void {
    exchange.requestOpen = false;
    this.#session.over(exchange, status);
  }
}

function fits(asked: string, answered: string): boolean {
  return answered === `${asked}Ok` || (asked === 'Get' && answered === 'GetEmpty');
}
