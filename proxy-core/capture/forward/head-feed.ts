import { Duplex } from 'node:stream';

/**
 * One request head as a connection of its own: what the HTTP server of the front reads instead of the client's socket. It delivers
 * the head, then its end, and swallows whatever the server would answer by itself. So the server can neither read bodies nor write to the client.
 */
export class HeadFeed extends Duplex {
  /** Stands in for a missing `Host`, without which the package answers by itself. */
  readonly authority: string;
  readonly #answered: () => void;

  constructor(authority: string, answered: () => void) {
    super({ allowHalfOpen: true, emitClose: true });
    this.authority = authority;
    this.#answered = answered;
  }

  deliver(head: Buffer): void {
    this.push(head);
    this.push(null);
  }

  override _read(): void {
    // Everything there is was pushed by `deliver`.
  }

  /** Reached when the server answers by itself, which it does only to refuse. */
  override _write(_chunk: unknown, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    callback();
    this.#answered();
  }
}
