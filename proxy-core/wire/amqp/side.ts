import { limits } from '../../limits.ts';
import type { Side } from '../../rrpair/pair.ts';
import { Content } from '../content.ts';
import { FrameReader, type Reception } from '../frame-reader.ts';
import { ClientMethods } from './client-methods.ts';
import { amqpFrames, contentHeaderOf, FRAME_END, frameType, PROTOCOL_HEADER, saidOf } from './frames.ts';
import { methodOf } from './methods.ts';
import { ServerMethods } from './server-methods.ts';
import type { Session } from './session.ts';

/** Reads the frames of one side, and joins messages that come in several. */
export class SideFrames {
  readonly #session: Session;
  readonly #side: Side;
  readonly #reader: FrameReader;
  readonly #methods: ClientMethods | ServerMethods;
  /** Bytes of the protocol's header that have come; the server sends one only where it refuses the client's. */
  #header = 0;

  constructor(session: Session, side: Side) {
    this.#session = session;
    this.#side = side;
    this.#methods = side === 'client' ? new ClientMethods(session) : new ServerMethods(session);
    this.#reader = new FrameReader(
      { begins: (type, length) => this.#begins(type, length), ended: (type, content) => this.#ended(type, content) },
      amqpFrames,
    );
  }

  push(bytes: Buffer): void {
    const session = this.#session;
    let at = this.#side === 'client' ? this.#readHeader(bytes) : 0;
    while (at < bytes.length && session.failure === null) {
      at = this.#reader.push(bytes, session.at, at);
      if (this.#reader.problem !== '') session.giveUp({ code: 'malformed-message', detail: this.#reader.problem });
    }
  }

  #readHeader(bytes: Buffer): number {
    if (this.#header === PROTOCOL_HEADER.length) return 0;
    const session = this.#session;
    const part = bytes.subarray(0, PROTOCOL_HEADER.length - this.#header);
    if (!part.equals(PROTOCOL_HEADER.subarray(this.#header, this.#header + part.length))) {
      session.giveUp({ code: 'malformed-message', detail: 'The client begins with another protocol.' });
    }
    session.connecting ??= session.start('Connect', '');
    session.give('client', session.connecting, part);
    this.#header += part.length;
    return part.length;
  }

  get #channel(): number {
    return this.#reader.header.readUInt16BE(1);
  }

  #begins(type: number, length: number): Reception {
    const clear = Number.POSITIVE_INFINITY;
    const nobody = { to: null, handle: null, clear };
    if (type === frameType.body) {
      const incoming = this.#session.channel(this.#channel).incoming[this.#side];
      if (incoming === null || incoming.left < length - 1) {
        this.#reader.problem = 'A frame has more of a message than was announced.';
        return { ...nobody, collect: 0 };
      }
      const { exchange } = incoming;
      return { to: this.#side === 'client' ? 'request' : 'response', handle: exchange.handle, exchange, collect: 0, clear };
    }
    const isKnown = type === frameType.method || type === frameType.header || type === frameType.heartbeat;
    if (!isKnown || length > limits.readingContextBytes) this.#reader.problem = 'What comes is no frame of the protocol.';
    return { ...nobody, collect: length };
  }

  #ended(type: number, content: Buffer): void {
    if (this.#reader.problem !== '') return;
    if (type === frameType.heartbeat) return;
    const number = this.#channel;
    if (type === frameType.body) {
      this.#part(number, this.#reader.header.readUInt32BE(3));
      return;
    }
    if (content.at(-1) !== FRAME_END) {
      this.#reader.problem = 'A frame does not end where it should.';
      return;
    }
    const bytes = Buffer.concat([this.#reader.header, content]);
    if (type === frameType.method) this.#method(number, content, bytes);
    else this.#contentHeader(number, content, bytes);
  }

  #method(number: number, content: Buffer, bytes: Buffer): void {
    const said = saidOf(new Content(content.subarray(0, -1)));
    const method = methodOf(said.id);
    if (method === undefined || (method.by !== 'both' && method.by !== this.#side)) {
      this.#reader.problem = 'A method is none that this side sends.';
      return;
    }
    const problem = this.#methods.method({ number, method, said, bytes });
    if (problem !== '') this.#reader.problem = problem;
  }

  #contentHeader(number: number, content: Buffer, bytes: Buffer): void {
    const incoming = this.#session.channel(number).incoming[this.#side];
    if (incoming === null || incoming.left >= 0) {
      this.#reader.problem = 'The header of a message comes without one.';
      return;
    }
    this.#session.give(this.#side, incoming.exchange, bytes);
    incoming.left = contentHeaderOf(new Content(content)).bytes;
    this.#part(number, 0);
  }

  #part(number: number, length: number): void {
    const channel = this.#session.channel(number);
    const incoming = channel.incoming[this.#side];
    if (incoming === null) return;
    incoming.left -= length;
    if (incoming.left > 0) return;
    channel.incoming[this.#side] = null;
    incoming.done();
  }
}
