import { EventEmitter } from 'node:events';
import type { Status } from '../proxy-core/api/contract.ts';
import type { EngineLink } from './engine-link.ts';
import { limits } from './limits.ts';

interface Events {
  changed: [];
}

/** Which containers are captured, by name: the status that the engine tells live only counts them. */
export class CapturedContainers extends EventEmitter<Events> {
  readonly #link: EngineLink;
  #names: readonly string[] = [];
  /** Of the list that was asked for last. */
  #revision = -1;
  #timer: NodeJS.Timeout | null = null;

  constructor(link: EngineLink) {
    super();
    this.#link = link;
    link.on('status', (status) => this.#follow(status));
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** Switches one off. */
  async switchOff(name: string): Promise<void> {
    await this.#link.client?.containers.detach({ container: name });
  }

  /** Switches all off; each is tried, whatever becomes of the others. Throws what the first that failed threw. */
  async switchAllOff(): Promise<void> {
    const results = await Promise.allSettled(this.#names.map((name) => this.switchOff(name)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  #follow(status: Status | null): void {
    if (status === null || status.docker.capturing === 0) {
      this.#tell([]);
      this.#revision = -1;
    } else if (status.docker.revision !== this.#revision && this.#timer === null) {
      this.#revision = status.docker.revision;
      // Counts change all the time while traffic passes; names do not.
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#follow(this.#link.status);
      }, limits.containersMillis).unref();
      this.#ask().catch((error: unknown) => console.error('the captured containers could not be listed', error));
    }
  }

  async #ask(): Promise<void> {
    const list = (await this.#link.client?.containers.list()) ?? [];
    // Meanwhile the last one may have been switched off.
    if ((this.#link.status?.docker.capturing ?? 0) === 0) return;
    this.#tell(list.filter(({ capture }) => capture.state === 'on').map(({ name }) => name));
  }

  #tell(names: readonly string[]): void {
    const sorted = names.toSorted();
    if (sorted.join('\n') === this.#names.join('\n')) return;
    this.#names = sorted;
    this.emit('changed');
  }
}
