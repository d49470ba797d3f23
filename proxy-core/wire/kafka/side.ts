import { limits } from '../../limits.ts';
import type { Side } from '../../rrpair/pair.ts';
import { FrameReader, type Reception } from '../frame-reader.ts';
import { Answered } from './answered.ts';
import { api, isSecretive, MOST_API, messageFields } from './apis.ts';
import type { Secret } from './asked.ts';
import { kafkaFrames } from './frames.ts';
import type { Exchange, Session } from './session.ts';
import { Walker } from './walker.ts';

/** A message that is coming. */
interface Incoming {
  exchange: Exchange;
  walker: Walker;
  /** What was found in it, to be covered. */
  secrets: readonly Secret[];
  answer: Answered | null;
  /** It is held until it is complete, because something in it has to be covered. */
  held: boolean;
}

/** Reads the messages of one side. */
export class SideMessages {
  readonly #session: Session;
  readonly #side: Side;
  readonly #reader: FrameReader;
  #incoming: Incoming | null = null;

  constructor(session: Session, side: Side) {
    this.#session = session;
    this.#side = side;
    const isToken = (): boolean => (side === 'client' ? session.tokens > 0 : session.waiting.first?.isToken === true);
    this.#reader = new FrameReader(
      { begins: (key) => this.#begins(key), ended: (_key, content) => this.#ended(content) },
      kafkaFrames(side, isToken),
    );
  }

  push(bytes: Buffer): void {
    this.#reader.push(bytes, this.#session.at);
    const { problem } = this.#reader;
    if (problem !== '') this.#session.giveUp({ code: 'malformed-message', detail: problem });
  }

  #begins(key: number): Reception {
    const clear = Number.POSITIVE_INFINITY;
    const incoming = this.#side === 'client' ? this.#asks(key) : this.#answers();
    this.#incoming = incoming;
    if (incoming === null) return { to: null, handle: null, collect: 0, clear };
    const { exchange, walker } = incoming;
    const { handle } = exchange;
    const to = this.#side === 'client' ? 'request' : 'response';
    if (!incoming.held) return { to, handle, exchange, collect: 0, clear, look: (content) => walker.push(content) };
    // What proves who somebody is, is short: it is collected, and covered before it is passed on. A token is nothing else.
    const isShort = !exchange.isToken && this.#reader.header.readInt32BE(0) <= limits.readingContextBytes;
    if (isShort) return { to: null, handle: null, collect: limits.readingContextBytes, clear };
    incoming.held = false;
    return { to, handle, exchange, collect: 0, clear: 0 };
  }

  #asks(key: number): Incoming | null {
    const { header } = this.#reader;
    const session = this.#session;
    if (key > MOST_API + UNKNOWN_APIS || (key < 0 && session.tokens === 0)) {
      this.#reader.problem = 'A request is of no API.';
      return null;
    }
    const isToken = session.tokens > 0;
    if (isToken) session.tokens -= 1;
    const exchange = isToken ? session.start(-1, 0, 0) : session.start(key, header.readInt16BE(6), header.readInt32BE(8));
    const { asked } = exchange;
    const walker = new Walker(messageFields('request', exchange.key, exchange.version), asked);
    return { exchange, walker, secrets: asked.secrets, answer: null, held: isSecretive(exchange.key) };
  }

  #answers(): Incoming | null {
    const session = this.#session;
    const exchange = this.#answered();
    if (exchange === undefined) {
      this.#reader.problem = 'The server answers what nobody asked.';
      return null;
    }
    session.answering = true;
    if (!exchange.over) exchange.handle.responseStarted(session.at);
    const answer = new Answered(exchange.key);
    const walker = new Walker(messageFields('response', exchange.key, exchange.version), answer);
    answer.walker = walker;
    return { exchange, walker, secrets: answer.secrets, answer, held: isSecretive(exchange.key) };
  }

  /** Answers come in the order of their requests. */
  #answered(): Exchange | undefined {
    const { first } = this.#session.waiting;
    return first?.isToken === true || first?.number === this.#reader.header.readInt32BE(4) ? first : undefined;
  }

  #ended(content: Buffer): void {
    const incoming = this.#incoming;
    this.#incoming = null;
    if (incoming === null || this.#reader.problem !== '') return;
    const { exchange, walker, held, answer } = incoming;
    if (held) this.#cover(incoming, content);
    if (answer === null) {
      this.#session.requested(exchange);
      return;
    }
    const session = this.#session;
    session.waiting.shift();
    session.answering = false;
    session.answered(exchange, answer, walker.complete && !walker.unread);
  }

  /** Covers what must not be kept, and passes the message on. Of one that cannot be read, that is all. */
  #cover({ exchange, walker, secrets, answer }: Incoming, content: Buffer): void {
    walker.push(content);
    if (answer === null && exchange.key === api.saslAuthenticate) this.#session.proves(exchange.asked, content);
    if (!walker.complete || walker.unread) content.fill('*');
    else for (const [at, length] of secrets) content.fill('*', at, at + length);
    const bytes = Buffer.concat([this.#reader.header, content]);
    if (exchange.over) return;
    if (answer === null) exchange.handle.requestBody(bytes, bytes.length, this.#session.at);
    else exchange.handle.responseBody(bytes, bytes.length, this.#session.at);
  }
}

/** Keys above those that are known which may yet be APIs: what is higher is another protocol. */
const UNKNOWN_APIS = 100;
