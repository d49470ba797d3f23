import type { Side } from '../../rrpair/pair.ts';
import type { EndOfStream, SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import type { WireProtocol } from '../protocol.ts';
import { REQUEST } from './binary.ts';
import { createBinaryDecoder } from './binary-decoder.ts';
import { createTextDecoder } from './decoder.ts';
import { detectMemcached } from './detect.ts';
import { readMemcached } from './read.ts';
import { isBinary, readBinary } from './read-binary.ts';

/** Memcached: the text protocol with its meta commands, and the binary one. */
export const memcached: WireProtocol = {
  name: 'memcached',
  ports: [11_211],
  detect: detectMemcached,
  createDecoder: (observer, connection) => new EitherDecoder(observer, connection),
  read: (exchange) => (isBinary(exchange) ? readBinary(exchange) : readMemcached(exchange)),
};

/** The client's first byte tells which of the two it speaks, for as long as the connection lasts. */
class EitherDecoder implements WireDecoder {
  readonly #observer: SummarisedObserver;
  readonly #connection: WireConnection;
  #decoder: WireDecoder | null = null;

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.#observer = observer;
    this.#connection = connection;
  }

  get passedThrough(): boolean {
    return this.#decoder?.passedThrough === true;
  }

  get problem(): string {
    return this.#decoder?.problem ?? '';
  }

  push(side: Side, bytes: Buffer, at: number): void {
    const create = side === 'client' && bytes[0] === REQUEST ? createBinaryDecoder : createTextDecoder;
    this.#decoder ??= create(this.#observer, this.#connection);
    this.#decoder.push(side, bytes, at);
  }

  end(side: Side, how: EndOfStream, at: number): void {
    this.#decoder?.end(side, how, at);
  }
}
