import { limits } from '../../limits.ts';
import type { Side } from '../../rrpair/pair.ts';
import { Content } from '../content.ts';
import { FrameReader, type Reception } from '../frame-reader.ts';
import {
  aliasOf,
  FAILURE,
  flagsFit,
  headerBytes,
  maskConnect,
  mqttFrames,
  packet,
  propertiesOf,
  publicationOf,
  text,
} from './packets.ts';
import { type Exchange, type Session, statusOf } from './session.ts';

/** Packets that the client sends and the server does not, and the other way round. */
const onlyOf: Readonly<Record<Side, readonly number[]>> = {
  client: [packet.connect, packet.subscribe, packet.unsubscribe, packet.pingreq],
  server: [packet.connack, packet.suback, packet.unsuback, packet.pingresp],
};

/** What answers a packet that has a number, in turn: with QoS 2, there are two steps. */
const acknowledgements: ReadonlySet<number> = new Set([
  packet.puback,
  packet.pubrec,
  packet.pubrel,
  packet.pubcomp,
  packet.suback,
  packet.unsuback,
]);

/** Reads what one side sends. A message may be published by either. */
export class SidePackets {
  readonly #session: Session;
  readonly #side: Side;
  readonly #reader: FrameReader;
  /** The pair of a packet that is passed on as it comes. */
  #current: Exchange | null = null;
  /** A packet has come: the client’s first is CONNECT. */
  #begun = false;

  constructor(session: Session, side: Side) {
    this.#session = session;
    this.#side = side;
    this.#reader = new FrameReader(
      { begins: (type, length) => this.#begins(type, length), ended: (type, content) => this.#ended(type, content) },
      mqttFrames,
    );
  }

  push(bytes: Buffer): void {
    const session = this.#session;
    let at = 0;
    while (at < bytes.length && session.failure === null) {
      at = this.#reader.push(bytes, session.at, at);
      if (this.#reader.problem !== '') session.giveUp({ code: 'malformed-message', detail: this.#reader.problem });
    }
  }

  #begins(first: number, length: number): Reception {
    const session = this.#session;
    const kind = first >> 4;
    const clear = Number.POSITIVE_INFINITY;
    const foreign = onlyOf[this.#side === 'client' ? 'server' : 'client'];
    this.#current = null;
    const early = this.#side === 'client' && !this.#begun && kind !== packet.connect;
    this.#begun = true;
    if (kind === 0 || early || foreign.includes(kind) || !flagsFit(first, session.version)) {
      this.#reader.problem = 'A packet is of a kind that this side does not send here.';
      return { to: null, handle: null, collect: 0, clear };
    }
    const commands: Readonly<Record<number, string>> = {
      [packet.publish]: this.#side === 'client' ? 'Publish' : 'Deliver',
      [packet.subscribe]: 'Subscribe',
      [packet.unsubscribe]: 'Unsubscribe',
    };
    const command = commands[kind];
    if (command === undefined) {
      if (length > limits.readingContextBytes) this.#reader.problem = 'A packet is longer than its kind can be.';
      return { to: null, handle: null, collect: length, clear };
    }
    const exchange = session.start(this.#side, command);
    this.#current = exchange;
    if (this.#side === 'server') session.answers(exchange);
    const to = this.#side === 'client' ? 'request' : 'response';
    return { to, handle: exchange.handle, collect: limits.summaryChars, clear };
  }

  #ended(first: number, content: Buffer): void {
    if (this.#reader.problem !== '') return;
    const kind = first >> 4;
    const exchange = this.#current;
    const read = new Content(content);
    if (exchange === null) this.#whole(kind, content);
    else if (kind === packet.publish) this.#published(exchange, first, read);
    else this.#subscribes(exchange, kind, read);
  }

  #published(exchange: Exchange, first: number, read: Content): void {
    const session = this.#session;
    const said = publicationOf(first, read, session.version);
    const topics = session.topics[this.#side];
    const alias = aliasOf(said);
    if (alias > 0 && said.topic !== '') topics.set(alias, said.topic);
    exchange.location = said.topic === '' ? (topics.get(alias) ?? '') : said.topic;
    exchange.endsWith = said.qos === 0 ? 0 : said.qos === 1 ? packet.puback : packet.pubcomp;
    // With QoS 2 the side that publishes says a second word.
    if (this.#side === 'client' && said.qos < 2) session.requestEnds(exchange);
    exchange.status = this.#side === 'server' ? 'PUSH' : '';
    if (said.id !== 0) session.wait(exchange, said.id);
    else if (this.#side === 'client') session.over(exchange, 'NO REPLY');
    else this.#pushed(exchange);
  }

  /** What the server sends without wanting an answer has no request. */
  #pushed(exchange: Exchange): void {
    exchange.requestOpen = false;
    this.#session.over(exchange, 'PUSH');
  }

  #subscribes(exchange: Exchange, kind: number, read: Content): void {
    const session = this.#session;
    const id = read.uint16();
    if (session.version === 5) propertiesOf(read);
    const topics: string[] = [];
    while (read.left > 2 && topics.length < 200) {
      topics.push(text(read));
      if (kind === packet.subscribe) read.byte();
    }
    exchange.location = topics.join(' ');
    exchange.endsWith = kind === packet.subscribe ? packet.suback : packet.unsuback;
    session.requestEnds(exchange);
    session.wait(exchange, id);
  }

  /** A packet that was collected, for it is clear only now whose it is, or because something in it is masked. */
  #whole(kind: number, content: Buffer): void {
    const { header } = this.#reader;
    const bytes = (): Buffer => Buffer.concat([header.subarray(0, headerBytes(header)), content]);
    if (acknowledgements.has(kind)) {
      this.#acknowledges(kind, content, bytes());
      return;
    }
    switch (kind) {
      case packet.connect:
        this.#connects(content, bytes);
        return;
      case packet.connack:
        this.#connected(content, bytes);
        return;
      case packet.pingreq: {
        const exchange = this.#session.start('client', 'Ping');
        this.#session.say(exchange);
        this.#session.request(exchange, bytes());
        this.#session.requestEnds(exchange);
        this.#session.pings.push(exchange);
        return;
      }
      case packet.pingresp: {
        const exchange = this.#session.pings.shift();
        if (exchange === undefined) this.#reader.problem = 'The server answers what nobody asked.';
        else {
          this.#session.response(exchange, bytes());
          this.#session.over(exchange, 'OK');
        }
        return;
      }
      case packet.auth:
        this.#proves(content, bytes);
        return;
      default:
        this.#disconnects(content, bytes());
    }
  }

  #connects(content: Buffer, bytes: () => Buffer): void {
    const session = this.#session;
    const said = maskConnect(new Content(content));
    session.version = said.version & 0x7f;
    const exchange = session.start('client', 'Connect');
    exchange.location = said.user === '' ? said.client : `${said.user}@${said.client}`;
    session.say(exchange);
    session.tellVersion(exchange);
    session.request(exchange, bytes());
    session.connecting = exchange;
    const versions: Readonly<Record<number, string>> = { 3: '3.1', 4: '3.1.1', 5: '5.0' };
    const facts = [
      ['Protocol', `MQTT ${versions[session.version] ?? ''}`],
      ['Client', said.client],
      ['User', said.user],
    ] as const;
    session.connection.learned({ server: '', evidence: '', facts: facts.filter(([, value]) => value !== '') });
  }

  #connected(content: Buffer, bytes: () => Buffer): void {
    const session = this.#session;
    const exchange = session.connecting;
    session.connecting = null;
    if (exchange === null) {
      this.#reader.problem = 'The server answers what nobody asked.';
      return;
    }
    const read = new Content(content);
    read.byte();
    const code = read.byte();
    if (session.version === 5) propertiesOf(read, true);
    session.response(exchange, bytes());
    // Before version 5, every number but 0 is a refusal.
    session.over(exchange, session.version === 5 || code === 0 ? statusOf(code) : `ERR:${String(code)}`);
  }

  /** AUTH of version 5: while the session begins it belongs to that, later to a pair of its own. */
  #proves(content: Buffer, bytes: () => Buffer): void {
    const session = this.#session;
    const read = new Content(content);
    const reason = read.byte();
    if (read.left > 0) propertiesOf(read, true);
    const exchange =
      session.connecting ?? [...session.open].find(({ command }) => command === 'Auth') ?? session.start(this.#side, 'Auth');
    session.say(exchange);
    if (this.#side === 'client') session.request(exchange, bytes());
    else session.response(exchange, bytes());
    if (exchange.command === 'Auth' && this.#side === 'server' && reason === 0) session.over(exchange, 'OK');
  }

  #acknowledges(kind: number, content: Buffer, bytes: Buffer): void {
    const session = this.#session;
    const read = new Content(content);
    const id = read.uint16();
    // PUBREL comes from whoever has published, all others from the other side.
    const other = this.#side === 'client' ? 'server' : 'client';
    const owner = kind === packet.pubrel ? this.#side : other;
    const exchange = session.waiting[owner].get(id);
    // After the loss of a connection, what belongs to an older one is acknowledged.
    if (exchange === undefined) return;
    if (this.#side === 'client') session.request(exchange, bytes);
    else session.response(exchange, bytes);
    if (kind === packet.pubrel && this.#side === 'client') session.requestEnds(exchange);
    const reason = this.#reasonOf(kind, read);
    const failed = reason >= FAILURE;
    if (kind !== exchange.endsWith && !failed) return;
    session.waiting[owner].delete(id);
    session.over(exchange, failed || owner === 'client' ? statusOf(reason) : 'PUSH');
  }

  #reasonOf(kind: number, read: Content): number {
    if (kind !== packet.suback && kind !== packet.unsuback) return read.left > 0 ? read.byte() : 0;
    if (this.#session.version === 5) propertiesOf(read);
    return read.rest().reduce((worst, reason) => Math.max(worst, reason), 0);
  }

  #disconnects(content: Buffer, bytes: Buffer): void {
    const reason = content[0] ?? 0;
    // A client that leaves says nothing of interest.
    if (this.#side === 'client' && reason === 0) return;
    const session = this.#session;
    const exchange = session.start(this.#side, 'Disconnect');
    if (this.#side === 'client') session.request(exchange, bytes);
    else {
      exchange.requestOpen = false;
      session.response(exchange, bytes);
    }
    session.over(exchange, reason >= FAILURE ? statusOf(reason) : this.#side === 'server' ? 'PUSH' : 'NO REPLY');
  }
}
