import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { limits } from '../limits.ts';

/**
 * A socket that reads into memory which is used again, and emits `data` without going through the stream's queue. To whoever uses it, it is a
 * socket like any other; but a proxied request costs a quarter less. (Node otherwise takes a fresh 64 KiB block for every read, cuts
 * it to size, and runs each chunk through the queue of a stream that is never behind.)
 */
export class DirectSocket extends Socket {
  readonly #reads: Reads;

  constructor(options: SocketConstructorOpts) {
    const reads = new Reads();
    // Node passes the mark on to the stream; its types do not know.
    const all: SocketConstructorOpts & { highWaterMark: number } = {
      ...options,
      allowHalfOpen: true,
      highWaterMark: limits.pumpHighWaterBytes,
      onread: reads.onread,
    };
    super(all);
    this.#reads = reads;
    reads.socket = this;
    this.once('close', () => reads.close());
  }

  /** The bytes that were emitted last are needed no more: their memory may be read into again. */
  reuse(): void {
    this.#reads.reuse();
  }
}

/** Node calls back synchronously after each read, so one block does for all sockets whose reads are copied out of it. */
const shared = Buffer.allocUnsafeSlow(limits.readBytes);

/** Sockets that have blocks of their own. */
let ownBlocks = 0;

/**
 * Where a socket's bytes are read to. Small reads share one block and are copied out of it. A socket whose reads fill that block gets larger blocks of its
 * own, which are not copied: two of them take turns as long as whoever listens says that they may be used again.
 */
class Reads {
  socket: Socket | null = null;
  #own = false;
  #closed = false;
  /** Given to the listener and not given back. */
  #emitted: Buffer | null = null;
  #spare: Buffer | null = null;

  readonly onread: OnReadOpts = {
    buffer: () => this.#nextBlock(),
    callback: (count, block) => this.#read(count, block as Buffer),
  };

  reuse(): void {
    if (this.#emitted === null) return;
    this.#spare = this.#emitted;
    this.#emitted = null;
  }

  close(): void {
    this.#closed = true;
    this.#disown();
  }

  #nextBlock(): Buffer {
    if (!this.#own) return shared;
    const spare = this.#spare;
    this.#spare = null;
    return spare ?? Buffer.allocUnsafeSlow(limits.largeReadBytes);
  }

  #read(count: number, block: Buffer): boolean {
    let bytes: Buffer;
    // Whatever was given before is either back already or somebody's to keep.
    this.#emitted = null;
    if (block === shared) {
      bytes = Buffer.from(block.subarray(0, count));
      if (count === block.length) this.#wantOwn();
    } else if (count * 2 >= block.length) {
      bytes = block.subarray(0, count);
      this.#emitted = block;
    } else {
      // A block that was filled a little must not be kept alive for it.
      bytes = Buffer.from(block.subarray(0, count));
      this.#spare = block;
      if (count * 2 < limits.readBytes) this.#disown();
    }
    const { socket } = this;
    if (socket === null) return true;
    // Behind bytes that wait, or while nobody listens, it is an ordinary stream.
    if (socket.readableFlowing !== true || socket.readableLength > 0) {
      this.#emitted = null;
      return socket.push(bytes);
    }
    socket.emit('data', bytes);
    return true;
  }

  #wantOwn(): void {
    if (this.#own || this.#closed || ownBlocks >= limits.largeReaders) return;
    this.#own = true;
    ownBlocks += 1;
  }

  #disown(): void {
    if (!this.#own) return;
    this.#own = false;
    ownBlocks -= 1;
    this.#emitted = null;
    this.#spare = null;
  }
}

/**
 * The same connection as a direct socket; `accepted` must not have been read from. Node offers this for sockets that it connects, not for those that it
 * accepts, hence the step through the handle. Where there is none, the socket is returned as it is.
 */
export function directSocket(accepted: Socket): Socket {
  const inner = accepted as unknown as { _handle: SocketConstructorOpts['handle'] | null };
  const handle = inner._handle;
  if (handle === null || handle === undefined || accepted.destroyed) return accepted;
  inner._handle = null;
  const socket = new DirectSocket({ handle });
  // The server counts the socket that it made.
  socket.once('close', () => accepted.destroy());
  return socket;
}
