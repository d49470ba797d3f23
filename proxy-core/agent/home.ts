import { Socket } from 'node:net';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import { batchHeader, FrameReader, messageFrame } from '../link/frames.ts';
import type { FromAgent, ToAgent } from '../link/messages.ts';
import type { BatchSink } from '../store/store.ts';

/** The two ends of the link: streams on which home is heard and spoken to. */
export interface HomeStreams {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream & { readonly writableLength: number };
}

/**
 * Standard input and output, which Docker attaches to home. Not `process.stdout`: whatever else writes there would break the frames, and a library that prints
 * is not to be trusted with that.
 */
export function standardStreams(): HomeStreams {
  return {
    input: new Socket({ fd: 0, readable: true, writable: false }),
    output: new Socket({ fd: 1, readable: false, writable: true }),
  };
}

export interface HomeEvents {
  message(message: ToAgent): void;
  /** Home is gone, or cannot be understood: why, as a sentence. Once. */
  lost(reason: string): void;
}

/**
 * The link home. As a sink it never waits: what was sent and is not on its way to disk there counts as pending, and the recorder sheds
 * bodies, then pairs, before that grows beyond its limits.
 */
export class Home implements BatchSink {
  /** Home gives the pairs their real ids. */
  readonly nextPairId = 1;
  readonly #output: HomeStreams['output'];
  readonly #events: HomeEvents;
  readonly #spare: ArrayBuffer[] = [];
  #pendingBytes = 0;
  #lost = false;
  /** Nothing can be sent any more. It may be possible for a while after home fell silent. */
  #mute = false;
  #heardAt = performance.now();

  constructor(streams: HomeStreams, events: HomeEvents) {
    const { input, output } = streams;
    this.#output = output;
    this.#events = events;
    const reader = new FrameReader<ToAgent>({
      message: (message) => events.message(message),
      batch: () => this.#lose('Sidetap’s engine sent the agent what only agents send.'),
    });
    input.on('data', (chunk: Buffer) => {
      this.#heardAt = performance.now();
      if (this.#lost) return;
      try {
        reader.push(chunk);
      } catch (error) {
        this.#lose(`What Sidetap’s engine sent could not be read: ${messageOf(error)}`);
      }
    });
    const gone = (): void => this.#lose('Sidetap’s engine is gone.');
    input.on('end', gone);
    input.on('error', gone);
    input.on('close', gone);
    const mute = (): void => {
      this.#mute = true;
      gone();
    };
    output.on('error', mute);
    output.on('close', mute);
    input.resume();
  }

  /** Time since home was last heard, ms. */
  get silentMillis(): number {
    return performance.now() - this.#heardAt;
  }

  /** It was we who could not hear: home gets its time anew. */
  excuseSilence(): void {
    this.#heardAt = performance.now();
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  send(message: FromAgent): void {
    if (!this.#mute) this.#output.write(messageFrame(message));
  }

  write(batch: Uint8Array<ArrayBuffer>): void {
    if (this.#mute || batch.length === 0) return;
    this.#pendingBytes += batch.length;
    this.#output.write(batchHeader(batch.length));
    this.#output.write(batch, () => {
      const memory = batch.buffer;
      if (memory.byteLength === limits.batchBytes && this.#spare.length < limits.spareBatches) this.#spare.push(memory);
    });
  }

  spareMemory(): ArrayBuffer | undefined {
    return this.#spare.pop();
  }

  taken(bytes: number): void {
    this.#pendingBytes = Math.max(0, this.#pendingBytes - bytes);
  }

  /** Resolves when everything was handed to the system, home is gone, or `millis` have passed. */
  flushed(millis: number): Promise<void> {
    if (this.#mute || this.#output.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.#output.write(Buffer.alloc(0), () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #lose(reason: string): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#events.lost(reason);
  }
}
