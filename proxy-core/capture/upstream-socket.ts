import { DirectSocket } from './direct-socket.ts';

/**
 * A connection to a server. When a write finds the server gone, what it sent before it went is still passed on: servers answer early (413, 401),
 * and close while the request comes in, which resets the connection. Node gives the socket up at the failed write, and with
 * it an answer that has arrived already and that a client of the server itself would have got.
 */
export class UpstreamSocket extends DirectSocket {
  #writeFailure: Error | null = null;

  /** Node destroys a socket with the error of a write; everything else that destroys it does so at once. */
  override destroy(error?: NodeJS.ErrnoException): this {
    const goneWhileWritten = error?.syscall === 'write' && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
    // The reset has come, so what is left to be read is followed by its end.
    if (goneWhileWritten && !this.destroyed && !this.readableEnded) {
      this.#writeFailure ??= error;
      return this;
    }
    return super.destroy(error);
  }

  /** The system tells of a reset once, here to the write: to the reads that follow, it looks like a proper end. */
  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    const failure = this.#writeFailure;
    if (chunk !== null || failure === null) return super.push(chunk, encoding);
    const end = (): void => {
      if (this.readableLength === 0) super.destroy(failure);
    };
    this.on('data', end);
    end();
    return false;
  }
}
