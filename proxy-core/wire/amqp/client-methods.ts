import { routeOf } from './frames.ts';
import { cover, type MethodFrame } from './method-frame.ts';
import type { Channel, Exchange, Session } from './session.ts';

const PROBLEM = 'The client sends a method that does not fit here.';

/** What the client's methods mean. */
export class ClientMethods {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Returns why it makes no sense, as a sentence; empty when it does. */
  method(frame: MethodFrame): string {
    const { method, number, said } = frame;
    const session = this.#session;
    switch (method.name) {
      case 'ConnectionStartOk':
      case 'ConnectionSecureOk':
      case 'ConnectionTuneOk':
      case 'ConnectionOpen':
        return this.#connects(frame);
      case 'ConnectionUpdateSecret':
        cover(frame, 'secret');
        break;
      // The end of a session says nothing of interest, where it is the client's.
      case 'ConnectionClose':
      case 'ConnectionCloseOk':
      case 'ChannelFlowOk':
      case 'CancelOk':
        return '';
      case 'ChannelCloseOk':
        session.forgetChannel(number);
        return '';
      case 'Publish':
        this.#publishes(frame, session.channel(number));
        return '';
      case 'Ack':
      case 'Nack':
      case 'Reject':
        this.#acknowledges(frame, session.channel(number));
        return '';
      case 'Consume':
        if (said.values['no-ack'] === 'yes') session.carefree(session.channel(number), said.values['consumer'] ?? '');
        break;
      default:
    }
    this.#asks(frame, session.channel(number));
    return '';
  }

  #connects(frame: MethodFrame): string {
    const session = this.#session;
    const { method, said, bytes } = frame;
    const exchange = session.connecting;
    if (exchange === null) return PROBLEM;
    if (method.name === 'ConnectionStartOk') {
      this.#introduces(said.values);
      exchange.location = this.#user;
    } else if (method.name === 'ConnectionOpen') {
      const vhost = said.values['vhost'] ?? '';
      exchange.location = this.#user === '' ? vhost : `${this.#user}@${vhost}`;
      session.facts = [...session.facts, ['Virtual host', vhost]];
    }
    cover(frame, 'response');
    session.say(exchange, '');
    session.give('client', exchange, bytes);
    if (method.name === 'ConnectionOpen') session.requestEnds(exchange);
    return '';
  }

  #user = '';

  #introduces({ client = '', response = '', mechanism = '' }: MethodFrame['said']['values']): void {
    // PLAIN: a zero, the user, a zero, the password.
    if (mechanism === 'PLAIN') this.#user = response.split('\0')[1] ?? '';
    this.#session.facts = [
      ['User', this.#user],
      ['Client', productOf(client)],
    ];
  }

  #publishes({ said, bytes }: MethodFrame, channel: Channel): void {
    const session = this.#session;
    const exchange = session.start('Publish', routeOf(said.values));
    session.give('client', exchange, bytes);
    channel.incoming.client = {
      exchange,
      left: -1,
      done: () => {
        session.requestEnds(exchange);
        if (!channel.confirms || channel.closed) {
          session.over(exchange, channel.closed ? 'SKIPPED' : 'NO REPLY');
          return;
        }
        channel.published += 1;
        channel.unconfirmed.set(channel.published, exchange);
      },
    };
  }

  #acknowledges(frame: MethodFrame, channel: Channel): void {
    const session = this.#session;
    const { said, bytes, method } = frame;
    const tag = Number(said.values['delivery']);
    const status = method.name === 'Ack' ? 'PUSH' : 'REJECTED';
    const exchange = channel.delivered.get(tag);
    if (said.values['multiple'] === 'yes') {
      // Number 0 stands for all.
      for (const [number, each] of channel.delivered) {
        if (tag !== 0 && number > tag) continue;
        channel.delivered.delete(number);
        if (number === tag) session.give('client', each, bytes);
        session.over(each, status);
      }
      return;
    }
    if (exchange === undefined) {
      // What was fetched with Get, or on another channel.
      const own = session.start(method.name, '');
      session.give('client', own, bytes);
      session.over(own, 'NO REPLY');
      return;
    }
    channel.delivered.delete(tag);
    session.give('client', exchange, bytes);
    session.over(exchange, status);
  }

  #asks({ method, said, bytes }: MethodFrame, channel: Channel): void {
    const session = this.#session;
    const exchange: Exchange = session.start(method.name, placeOf(said.values));
    session.give('client', exchange, bytes);
    session.requestEnds(exchange);
    if (method.name === 'ConfirmSelect') {
      channel.confirms = true;
      channel.published = 0;
    }
    if (channel.closed) session.over(exchange, 'SKIPPED');
    else if (said.values['no-wait'] === 'yes' || method.name === 'RecoverAsync') session.over(exchange, 'NO REPLY');
    else channel.waiting.push(exchange);
  }
}

/** What a method is about: a queue, and where it is bound to. */
function placeOf(values: MethodFrame['said']['values']): string {
  const { queue = '', destination = '', exchange, consumer = '' } = values;
  const place = queue === '' ? destination : queue;
  const bound = exchange === undefined ? '' : values['routing-key'] === undefined ? exchange : routeOf(values);
  return [place, bound].filter((part) => part !== '').join(' ') || consumer;
}

/** `RabbitMQ 3.10.8`, of the table in which a side introduces itself. */
export function productOf(table: string): string {
  const { product, version } = JSON.parse(table === '' ? '{}' : table) as Readonly<Record<string, unknown>>;
  const text = [product, version].filter((part) => typeof part === 'string').join(' ');
  return text.slice(0, 100);
}
