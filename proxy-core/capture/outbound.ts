import type { Socket } from 'node:net';
import { limits } from '../limits.ts';
import type { CaptureContext, LiveConnection } from './context.ts';
import type { ForwardFront } from './route.ts';
import { SocksPreamble } from './socks.ts';
import { captureTunnel } from './tunnel.ts';

/** A client of the outbound listener until it has said where to: SOCKS by its first byte, anything else is for the HTTP front. */
export class OutboundClient implements LiveConnection {
  readonly idle = true;
  readonly #context: CaptureContext;
  readonly #front: ForwardFront;
  readonly #client: Socket;
  #socks: SocksPreamble | null = null;
  #bytes = 0;

  constructor(context: CaptureContext, front: ForwardFront, client: Socket) {
    this.#context = context;
    this.#front = front;
    this.#client = client;
    context.live.add(this);
    context.preambles.add(this);
    client.on('data', this.#data);
    client.once('end', this.#gone);
    client.once('close', this.#gone);
    client.resume();
  }

  /** Slow-loris clients never say where to. */
  expired(): void {
    this.stop();
  }

  stop(): void {
    this.#leave();
    this.#client.destroy();
  }

  readonly #gone = (): void => this.stop();

  readonly #data = (bytes: Buffer): void => {
    if (this.#socks === null) {
      const first = bytes[0];
      if (first !== 4 && first !== 5) {
        this.#leave();
        this.#client.pause();
        this.#client.unshift(bytes);
        this.#front.accept(this.#client);
        return;
      }
      this.#socks = new SocksPreamble(first);
    }
    this.#bytes += bytes.length;
    if (this.#bytes > limits.preambleBytes) {
      this.stop();
      return;
    }
    const socks = this.#socks;
    const step = socks.push(bytes);
    for (const reply of step.replies) this.#client.write(reply);
    switch (step.kind) {
      case 'more':
        return;
      case 'refuse':
        this.#leave();
        this.#client.end(step.answer);
        this.#client.resume();
        this.#context.firstBytes.add({ expired: () => this.#client.destroy() });
        return;
      case 'target':
        this.#leave();
        this.#client.pause();
        captureTunnel(this.#context, this.#client, {
          ...step.target,
          entry: socks.version === 4 ? 'socks4' : 'socks5',
          head: step.rest,
          onDialed: () => void this.#client.write(socks.granted()),
          onFailed: (code) => this.#refuse(socks.refused(code)),
        });
    }
  };

  #refuse(answer: Buffer): void {
    const client = this.#client;
    client.end(answer);
    // What the client still sends is dropped, and a client that does not close is closed.
    client.resume();
    this.#context.firstBytes.add({ expired: () => client.destroy() });
  }

  #leave(): void {
    this.#context.live.delete(this);
    this.#context.preambles.delete(this);
    this.#client.off('data', this.#data);
    this.#client.off('end', this.#gone);
    this.#client.off('close', this.#gone);
  }
}
