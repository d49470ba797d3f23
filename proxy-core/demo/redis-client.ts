import type { Socket } from 'node:net';
import { ByteReader } from './byte-reader.ts';

/** As much of RESP2 as a shop needs of its cache: one command at a time on a connection. */
export class RedisClient {
  readonly #socket: Socket;
  readonly #reader: ByteReader;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#reader = new ByteReader(socket);
  }

  /** The answer as text; null for a null. Rejects with the server's words for an error. */
  async command(...words: readonly (string | number)[]): Promise<string | null> {
    const parts = words.map((word) => Buffer.from(String(word)));
    const head = `*${parts.length}\r\n`;
    this.#socket.write(
      Buffer.concat([
        Buffer.from(head),
        ...parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')]),
      ]),
    );
    const line = await this.#reader.line();
    if (line.startsWith('-')) throw new Error(line.slice(1));
    if (!line.startsWith('$')) return line.slice(1);
    const length = Number(line.slice(1));
    if (length < 0) return null;
    return (await this.#reader.take(length + 2)).toString('utf8', 0, length);
  }

  close(): void {
    this.#socket.destroy();
  }
}
