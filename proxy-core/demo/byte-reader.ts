import type { Socket } from 'node:net';

/** Takes what a connection brings piece by piece. Meant for one taker at a time. */
export class ByteReader {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #ended: Error | null = null;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#wake();
    });
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the connection was closed')));
    socket.resume();
  }

  /** So many bytes; rejects when the connection ends before. */
  async take(count: number): Promise<Buffer> {
    while (this.#bytes.length < count) await this.#more();
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  /** Up to the next CRLF, which is taken too and left out. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#bytes.indexOf('\r\n');
      if (end >= 0) return (await this.take(end + 2)).toString('utf8', 0, end);
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    if (this.#ended !== null) throw this.#ended;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#socket.destroy();
    this.#wake();
  }
}
