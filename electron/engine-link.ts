import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient, Connection } from '../proxy-core/api/client.ts';
import type { CaptureStatus, Status } from '../proxy-core/api/contract.ts';
import { connectDirectly } from '../proxy-core/api/node-client.ts';
import type { LaunchKind } from '../proxy-core/rrpair/launch-kinds.ts';
import type { EngineAddress } from './engine-host.ts';
import { limits } from './limits.ts';

interface Events {
  /** Null while the engine cannot be reached. */
  status: [Status | null];
  /** The engine that is followed has stopped answering. */
  broken: [];
}

/** The shell's own line to the engine: what the menu and the tray show, and what they ask for. */
export class EngineLink extends EventEmitter<Events> {
  #address: EngineAddress | null = null;
  #connection: Connection | null = null;
  #status: Status | null = null;
  /** The application of the last capture, so that the tray can start the same again. */
  #lastApp: string | null = null;

  get status(): Status | null {
    return this.#status;
  }

  get client(): ApiClient | null {
    return this.#connection?.client ?? null;
  }

  /** Follows this engine from now on; null when there is none. */
  follow(address: EngineAddress | null): void {
    this.#address = address;
    this.#connection?.close();
    this.#connection = null;
    this.#tell(null);
    if (address !== null) {
      this.#run(address).catch((error: unknown) => console.error('the line to the engine ended', error));
    }
  }

  async startCapture(): Promise<CaptureStatus | null> {
    const options = this.#lastApp === null ? {} : { app: this.#lastApp };
    return (await this.client?.capture.start(options)) ?? null;
  }

  async stopCapture(): Promise<CaptureStatus | null> {
    return (await this.client?.capture.stop()) ?? null;
  }

  async open(kind: LaunchKind): Promise<void> {
    if (this.#status?.capture.state === 'off') await this.startCapture();
    await this.client?.launch.open({ kind });
  }

  async startDemo(): Promise<void> {
    await this.client?.demo.start();
  }

  async #run(address: EngineAddress): Promise<void> {
    while (this.#address === address) {
      try {
        const connection = await connectDirectly(address);
        if (this.#address !== address) {
          connection.close();
          return;
        }
        this.#connection = connection;
        for await (const event of await connection.client.live()) this.#tell(event.status);
      } catch {
        // The engine died, or is busy dying: its host starts another and calls `follow`, or this line is made anew.
      }
      if (this.#address !== address) return;
      this.#connection = null;
      this.#tell(null);
      this.emit('broken');
      await delay(limits.reconnectMillis);
    }
  }

  #tell(status: Status | null): void {
    this.#status = status;
    if (status !== null && status.capture.app !== null) this.#lastApp = status.capture.app;
    this.emit('status', status);
  }
}
