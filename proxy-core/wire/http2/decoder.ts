import { limits } from '../../limits.ts';
import type { Side } from '../../rrpair/pair.ts';
import type { EndOfStream, ExchangeHandle, ExchangeObserver, WireDecoder } from '../decoder.ts';
import { Endings, type Failure } from '../endings.ts';
import { clientPreface } from './detect.ts';
import { errorName } from './error-codes.ts';
import { type Frame, FrameReader, flags, frameTypes } from './frame-reader.ts';
import { HeaderBlocks, type HeaderList } from './header-blocks.ts';
import { Stream } from './stream.ts';

/**
 * Reads HTTP/2 (RFC 9113) on one connection, from the client's preface on. Each stream is an exchange; heads are told in the form of HTTP/1 (see `HeadBlock`),
 * bodies without framing. Flow control, priorities and PING pass unread.
 *
 * Where a response is complete before its request, `responseEnded` waits for the end of the request, of the stream or of the connection, and carries the time at
 * which the response ended.
 */
export function createHttp2Decoder(observer: ExchangeObserver): WireDecoder {
  return new Http2Decoder(observer, null);
}

/** As `createHttp2Decoder`, behind an upgrade (RFC 7540 3.2): the request was made in HTTP/1, is complete, and is answered on stream 1. */
export function createUpgradedHttp2Decoder(observer: ExchangeObserver, asked: ExchangeHandle): WireDecoder {
  return new Http2Decoder(observer, asked);
}

/** What one side sends. */
interface SideState {
  frames: FrameReader;
  blocks: HeaderBlocks;
}

class Http2Decoder implements WireDecoder {
  readonly #observer: ExchangeObserver;
  readonly #streams = new Map<number, Stream>();
  readonly #endings = new Endings();
  readonly #client: SideState;
  readonly #server: SideState;
  /** Bytes of the preface that came. */
  #prefaceBytes = 0;
  /** The highest streams that were opened, by the client and by promises of the server. */
  #newest = 0;
  #newestPromised = 0;
  /** What the server said when it went away; empty while it has not. */
  #goAway = '';
  /** Why nothing that is open will be answered; null while it may be. */
  #over: Failure | null = null;
  passedThrough = false;
  problem = '';

  constructor(observer: ExchangeObserver, asked: ExchangeHandle | null) {
    this.#observer = observer;
    this.#client = this.#side('client');
    this.#server = this.#side('server');
    if (asked === null) return;
    this.#newest = 1;
    this.#streams.set(1, new Stream(1, asked, this.#closed, true));
  }

  push(side: Side, bytes: Buffer, at: number): void {
    if (this.passedThrough || this.#endings[side] !== null) return;
    if (side === 'server') this.#server.frames.push(bytes, 0, at);
    else {
      const from = this.#readPreface(bytes, at);
      if (from < bytes.length) this.#client.frames.push(bytes, from, at);
    }
    const problem = this.#client.frames.problem ?? this.#server.frames.problem;
    if (problem !== null) this.#giveUp(problem, at);
    // What is asked of a server that is gone fails as what was asked before.
    else if (this.#over !== null) this.#failAll(this.#over, at);
  }

  end(side: Side, how: EndOfStream, at: number): void {
    const failure = this.#endings.ended(side, how);
    if (failure === null) return;
    this.#over = this.#afterGoAway(failure);
    this.#failAll(this.#over, at);
  }

  #side(side: Side): SideState {
    const blocks = new HeaderBlocks();
    const frames: FrameReader = new FrameReader({
      data: (frame, bytes, at) => this.#data(side, frame, bytes, at),
      dataEnded: (frame, at) => this.#dataEnded(side, frame, at),
      frame: (frame, payload, at) => this.#frame(side, frame, payload, at),
    });
    return { frames, blocks };
  }

  /** Returns where the frames begin. */
  #readPreface(bytes: Buffer, at: number): number {
    const before = this.#prefaceBytes;
    if (before === clientPreface.length) return 0;
    const length = Math.min(bytes.length, clientPreface.length - before);
    if (clientPreface.compare(bytes, 0, length, before, before + length) !== 0) {
      this.#giveUp('The client does not begin as one of HTTP/2 does.', at);
      return bytes.length;
    }
    this.#prefaceBytes += length;
    return length;
  }

  #data(side: Side, frame: Frame, bytes: Buffer, at: number): void {
    if (!this.#mayCome(side, frame)) return;
    const stream = this.#streams.get(frame.stream);
    if (side === 'client') stream?.requestData(bytes, at);
    else stream?.responseData(bytes, at);
  }

  #dataEnded(side: Side, frame: Frame, at: number): void {
    if (!this.#mayCome(side, frame) || (frame.flags & flags.endStream) === 0) return;
    const stream = this.#streams.get(frame.stream);
    if (side === 'client') stream?.requestEnded(at);
    else stream?.responseEnded(at);
  }

  /** RFC 9113 5.1 and 6.2: on a stream that was opened, and not in the middle of a header list. */
  #mayCome(side: Side, frame: Frame): boolean {
    const { blocks, frames } = this.#of(side);
    if (blocks.expectsContinuation) frames.giveUp('A frame stands in the middle of a header list.');
    else if (!this.#wasOpened(frame.stream)) frames.giveUp('A frame belongs to a stream that was never opened.');
    return frames.problem === null;
  }

  #wasOpened(stream: number): boolean {
    return stream > 0 && stream <= (stream % 2 === 1 ? this.#newest : this.#newestPromised);
  }

  #of(side: Side): SideState {
    return side === 'client' ? this.#client : this.#server;
  }

  #frame(side: Side, frame: Frame, payload: Buffer, at: number): void {
    const { blocks, frames } = this.#of(side);
    switch (frame.type) {
      case frameTypes.headers:
      case frameTypes.pushPromise:
      case frameTypes.continuation: {
        if (blocks.expectsContinuation && frame.type !== frameTypes.continuation) {
          frames.giveUp('A frame stands in the middle of a header list.');
          return;
        }
        const list = blocks.frame(frame, payload);
        if (typeof list === 'string') frames.giveUp(list);
        else if (list !== null) this.#list(side, list, at);
        return;
      }
      case frameTypes.resetStream:
        if (this.#mayCome(side, frame)) this.#reset(side, frame, payload, at);
        return;
      case frameTypes.goAway:
        if (side === 'server') this.#goesAway(payload, at);
        return;
      default:
        return;
    }
  }

  #list(side: Side, list: HeaderList, at: number): void {
    if (side === 'client') this.#asked(list, at);
    else if (list.promised > 0) this.#promised(list, at);
    else if (this.#wasOpened(list.stream)) this.#streams.get(list.stream)?.answered(list, at);
    else this.#server.frames.giveUp('The server answers on a stream that was never opened.');
  }

  #asked(list: HeaderList, at: number): void {
    const { stream } = list;
    if (stream % 2 === 0) this.#client.frames.giveUp('The client opens a stream with a number of the server’s.');
    // What comes on a stream that was reset meanwhile is of no message.
    else if (stream <= this.#newest) this.#streams.get(stream)?.asked(list, at);
    else {
      this.#newest = stream;
      this.#open(stream, list)?.opened(list, at);
    }
  }

  /** RFC 9113 8.4: the server answers what nobody has asked, and says first what would have been asked. */
  #promised(list: HeaderList, at: number): void {
    const { promised } = list;
    if (promised % 2 === 1 || promised <= this.#newestPromised || !this.#wasOpened(list.stream)) {
      this.#server.frames.giveUp('The server promises a response on a stream that it cannot be on.');
      return;
    }
    this.#newestPromised = promised;
    const stream = this.#open(promised, list);
    const by = this.#streams.get(list.stream);
    if (by !== undefined) stream?.promisedWith(by);
    stream?.opened({ ...list, endStream: true }, at);
  }

  #open(id: number, { startedAt }: HeaderList): Stream | null {
    if (this.#streams.size >= limits.http2Streams) {
      this.#client.frames.giveUp(`More than ${limits.http2Streams} streams are open at once.`);
      return null;
    }
    const stream = new Stream(id, this.#observer.exchangeStarted(startedAt), this.#closed);
    this.#streams.set(id, stream);
    return stream;
  }

  readonly #closed = (stream: Stream): void => {
    this.#streams.delete(stream.id);
  };

  #reset(side: Side, frame: Frame, payload: Buffer, at: number): void {
    if (payload.length !== 4) {
      this.#of(side).frames.giveUp('A RST_STREAM frame has the wrong length.');
      return;
    }
    const name = errorName(payload.readUInt32BE(0));
    const failure: Failure =
      side === 'client'
        ? { code: 'client-reset', detail: `The client reset the stream (${name}).` }
        : { code: 'upstream-reset', detail: `The server reset the stream (${name}).` };
    this.#streams.get(frame.stream)?.fail(failure, at);
  }

  /** RFC 9113 6.8: the streams above the one it names were not looked at, and will not be. */
  #goesAway(payload: Buffer, at: number): void {
    if (payload.length < 8) {
      this.#server.frames.giveUp('A GOAWAY frame is too short.');
      return;
    }
    const last = payload.readUInt32BE(0) & 0x7fff_ffff;
    const code = payload.readUInt32BE(4);
    const why = payload
      .toString('latin1', 8)
      .replaceAll(/[^\x20-\x7e]/g, ' ')
      .trim();
    const said = why === '' ? errorName(code) : `${errorName(code)}, “${why}”`;
    if (code !== 0) this.#goAway = said;
    const failure: Failure = {
      code: 'upstream-closed-early',
      detail: `The server went away (GOAWAY: ${said}) without having looked at this request.`,
    };
    for (const stream of this.#streams.values()) if (stream.id > last && stream.id % 2 === 1) stream.fail(failure, at);
  }

  #afterGoAway({ code, detail }: Failure): Failure {
    return { code, detail: this.#goAway === '' ? detail : `${detail} Before that the server said GOAWAY: ${this.#goAway}.` };
  }

  #failAll(failure: Failure, at: number): void {
    for (const stream of this.#streams.values()) stream.fail(failure, at);
  }

  #giveUp(problem: string, at: number): void {
    this.passedThrough = true;
    this.problem = problem;
    for (const { frames, blocks } of [this.#client, this.#server]) {
      frames.giveUp(problem);
      blocks.forget();
    }
    this.#failAll({ code: 'not-decoded', detail: problem }, at);
  }
}
