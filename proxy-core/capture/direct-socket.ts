import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { limits } from '../limits.ts';
import { descriptorOf } from './descriptor.ts';
import { sendNow } from './direct-send.ts';

/**
 * A socket that reads into memory which is used again, and emits `data` without going through the stream's queue. To whoever uses it, it is a
 * socket like any other; but a proxied request costs a quarter less. (Node otherwise takes a fresh 64 KiB block for every read, cuts
 * it to size, and runs each chunk through the queue of a stream that is never behind.) It can write in the same way.
 */
export class DirectSocket extends Socket {
  readonly #reads: Reads;
  /** -1 until it is needed. */
  #descriptor = -1;

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

  /**
   * Writes, past the stream's queue when nothing waits in it: what the system takes at once is nearly always all of it, and a proxied
   * request costs 0.9 µs less. Returns false when more must wait until `drain`, as `write` does.
   */
  pass(bytes: Buffer): boolean {
    if (this.writableLength > 0 || this.writableEnded || this.destroyed || this.connecting) return this.write(bytes);
    if (this.#descriptor < 0) this.#descriptor = descriptorOf(this);
    const taken = this.#descriptor < 0 ? 0 : sendNow(this.#descriptor, bytes);
    if (taken === bytes.length) return true;
    // An error shows again there, and is told as that of any other write.
    return this.write(taken > 0 ? bytes.subarray(taken) : bytes);
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
  /** One to read into next, and one more where a block had to wait until it was sent on. */
  readonly #spares: Buffer[] = [];

  readonly onread: OnReadOpts = {
    buffer: () => this.#nextBlock(),
    callback: (count, block) => this.#read(count, block as Buffer),
  };

  reuse(): void {
    if (this.#emitted === null) return;
    this.#spares.push(this.#emitted);
    this.#emitted = null;
  }

  close(): void {
    this.#closed = true;
    this.#disown();
  }

  #nextBlock(): Buffer {
    if (!this.#own) return shared;
    return this.#spares.pop() ?? Buffer.allocUnsafeSlow(limits.largeReadBytes);
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
      this.#spares.push(block);
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
    this.#spares.length = 0;
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
