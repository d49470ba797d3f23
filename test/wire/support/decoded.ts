import { connect, type Socket } from 'node:net';
import type { WireProtocol } from '../../../proxy-core/wire/protocol.ts';
import { onCleanUp, type StoredPair } from '../../capture/support.ts';

/** What the list shows of a decoded pair. */
export function brief(pair: StoredPair): string {
  const { command = '', location = '', status = '' } = pair.extra.summary ?? {};
  return `${command} ${location} → ${status}`;
}

export const saying = (text: string) => (pair: StoredPair) => brief(pair) === text;

/** What its stored bytes say. */
export function readPair(protocol: WireProtocol, pair: StoredPair): ReturnType<WireProtocol['read']> {
  return protocol.read({
    request: pair.requestBody,
    requestCut: pair.requestTruncated,
    response: pair.responseBody,
    responseCut: pair.responseTruncated,
    summary: pair.extra.summary ?? { command: '', location: '', status: '' },
    context: pair.extra.context ?? {},
    firstRow: 0,
  });
}

/** All that is kept of pairs, to look for what must not be. */
export function everything(pairs: readonly StoredPair[]): string {
  return pairs
    .flatMap((pair) => [
      JSON.stringify([pair.extra, pair.connection]),
      pair.requestBody.toString('latin1'),
      pair.responseBody.toString('latin1'),
    ])
    .join('\n');
}

/** A client that says what it is told, and waits for what is to come. */
export class RawClient {
  readonly socket: Socket;
  #seen = '';
  #wake: (() => void) | null = null;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (bytes) => {
      this.#seen += bytes.toString('latin1');
      this.#wake?.();
    });
    this.socket.on('error', () => {
      // Its end is the capture's.
    });
    onCleanUp(() => this.socket.destroy());
  }

  say(text: string | Buffer): void {
    this.socket.write(text, 'latin1');
  }

  /** All that came, up to what fits, which is taken. */
  async hears(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#seen);
      if (match !== null) {
        const end = match.index + match[0].length;
        const heard = this.#seen.slice(0, end);
        this.#seen = this.#seen.slice(end);
        return heard;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
