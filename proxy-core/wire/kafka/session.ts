import type { SummarisedHandle, SummarisedObserver, WireConnection } from '../decoder.ts';
import type { Failure } from '../endings.ts';
import { Queue } from '../queue.ts';
import { failExchange } from '../session-decoder.ts';
import type { Answered } from './answered.ts';
import { api, apiName } from './apis.ts';
import { Asked } from './asked.ts';
import { TopicList } from './topics.ts';

/** A request with its answer in the making. */
export interface Exchange {
  readonly handle: SummarisedHandle;
  readonly key: number;
  readonly version: number;
  /** By which its answer is found. */
  readonly number: number;
  /** A token of SASL, which is answered by one. */
  readonly isToken: boolean;
  readonly asked: Asked;
  location: string;
  requestOpen: boolean;
  over: boolean;
}

/** Tokens that a client sends for each mechanism (RFC 4616, 5802, 7628), where tokens have nothing but a size in front. */
const tokens: Readonly<Record<string, number>> = { PLAIN: 1, 'SCRAM-SHA-256': 2, 'SCRAM-SHA-512': 2, OAUTHBEARER: 1 };

/** The user in the first token: RFC 4616 for PLAIN, RFC 5802 for SCRAM. */
function userOf(mechanism: string, token: string): string {
  if (mechanism === 'PLAIN') return token.split('\0')[1] ?? '';
  return mechanism.startsWith('SCRAM-') ? (/(?:^|,)n=([^,]{1,200}),r=/.exec(token)?.[1] ?? '') : '';
}

/** What the two directions share. */
export class Session {
  readonly #observer: SummarisedObserver;
  readonly #connection: WireConnection;
  readonly #facts = new Map<string, string>();
  #evidence = '';
  at = 0;
  failure: Failure | null = null;
  readonly open = new Set<Exchange>();
  /** Requests in the order in which they are answered. */
  readonly waiting = new Queue<Exchange>();
  /** The first of them is being answered. */
  answering = false;
  /** Tokens of SASL that the client is to send before its next request. */
  tokens = 0;
  #mechanism = '';
  /** What a client fetches again and again without saying so each time (KIP-227): the number of that session, and its topics. */
  #fetch = { number: 0, topics: new TopicList() };

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.#observer = observer;
    this.#connection = connection;
  }

  start(key: number, version: number, number: number): Exchange {
    const isToken = key < 0;
    const exchange: Exchange = {
      handle: this.#observer.exchangeStarted(this.at),
      key: isToken ? api.saslAuthenticate : key,
      version,
      number,
      isToken,
      asked: new Asked(key),
      location: isToken ? this.#mechanism : '',
      requestOpen: true,
      over: false,
    };
    this.open.add(exchange);
    this.say(exchange, '');
    return exchange;
  }

  /** The request is complete. */
  requested(exchange: Exchange): void {
    const { asked, key, version, handle } = exchange;
    if (!exchange.isToken) this.#understand(exchange);
    if (key === api.saslHandshake) {
      this.#mechanism = asked.mechanism;
      if (version === 0) this.#expectTokens(asked.mechanism);
    }
    this.#learn(asked.facts());
    this.say(exchange, '');
    exchange.requestOpen = false;
    handle.requestEnded(this.at);
    if (key === api.produce && asked.acks === 0) this.over(exchange, 'NO REPLY');
    else this.waiting.add(exchange);
  }

  /** The answer is complete. */
  answered(exchange: Exchange, answer: Answered, understood: boolean): void {
    const status = exchange.isToken ? 'OK' : answer.status(understood);
    if (exchange.key === api.saslHandshake && status !== 'OK') this.tokens = 0;
    if (exchange.key === api.fetch && exchange.asked.fetchEpoch === 0) {
      const topics = new TopicList();
      topics.addAll(exchange.asked.topics);
      this.#fetch = { number: answer.fetchSession, topics };
    }
    if (answer.places.length > 0) this.#connection.goesOn(answer.places);
    if (answer.evidence !== '') {
      this.#evidence = answer.evidence;
      this.#learn([]);
    }
    this.over(exchange, status);
  }

  /** What is about to be covered may tell who the user is. */
  proves({ secrets: [secret] }: Asked, content: Buffer): void {
    if (secret === undefined) return;
    const [at, length] = secret;
    this.#learn([['User', userOf(this.#mechanism, content.toString('utf8', at, at + length))]]);
  }

  say({ handle, key, location }: Exchange, status: string): void {
    handle.summary({ command: apiName(key), location, status });
  }

  over(exchange: Exchange, status: string): void {
    if (exchange.over) return;
    exchange.over = true;
    this.open.delete(exchange);
    this.say(exchange, status);
    exchange.handle.responseEnded(this.at);
  }

  giveUp(failure: Failure): void {
    this.failure ??= failure;
  }

  /** What is open stays without its answer. A client that leaves while it waits for messages misses nothing. */
  fail(failure: Failure): void {
    const hasLeft = failure.code === 'client-gone' || failure.code === 'client-reset';
    for (const exchange of this.open) {
      const polls = exchange.key === api.fetch && !exchange.requestOpen && !(this.answering && exchange === this.waiting.first);
      if (hasLeft && polls) this.over(exchange, 'NO REPLY');
      else failExchange(this, exchange, failure);
    }
  }

  /** What the request is about, once all of it was seen. */
  #understand(exchange: Exchange): void {
    const { asked, key, handle } = exchange;
    const { number, topics } = this.#fetch;
    if (key === api.fetch && asked.fetchEpoch > 0 && asked.fetchSession === number) {
      topics.remove(asked.forgotten);
      topics.addAll(asked.topics);
      asked.topics.addAll(topics);
    }
    exchange.location = asked.location;
    if (asked.topics.ids.size > 0) handle.context({ topics: [...asked.topics.ids].flat() });
  }

  #expectTokens(mechanism: string): void {
    const count = tokens[mechanism];
    if (count === undefined) {
      this.giveUp({
        code: 'not-decoded',
        detail: `What ${mechanism || 'SASL'} says behind the first version of SaslHandshake is not read.`,
      });
    } else this.tokens = count;
  }

  #learn(facts: [name: string, value: string][]): void {
    let news = facts.length === 0;
    for (const [name, value] of facts) {
      const short = value.slice(0, 200);
      if (short === '' || this.#facts.get(name) === short) continue;
      this.#facts.set(name, short);
      news = true;
    }
    if (news) this.#connection.learned({ server: '', evidence: this.#evidence, facts: [...this.#facts] });
  }
}
