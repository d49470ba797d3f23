import type Dockerode from 'dockerode';
import type { Progress } from './changes.ts';
import type { Journal } from './journal.ts';
import type { ChangeRecord, Step } from './record.ts';

/** A change while it is made. */
export class Making {
  readonly docker: Dockerode;
  readonly record: ChangeRecord;
  readonly progress: Progress;
  /** Ends what is only waited for: the change is to be undone, or we are closing. */
  readonly signal: AbortSignal;
  readonly #journal: Journal;

  constructor(docker: Dockerode, record: ChangeRecord, journal: Journal, progress: Progress, signal: AbortSignal) {
    this.docker = docker;
    this.record = record;
    this.#journal = journal;
    this.progress = progress;
    this.signal = signal;
  }

  /** The change's id. */
  get change(): string {
    return this.record.id;
  }

  /** Makes one step, after the journal has it. */
  async step<Result>(step: Step, make: () => Promise<Result>): Promise<Result> {
    this.signal.throwIfAborted();
    const index = this.record.steps.length;
    await this.#journal.append({ op: 'step', change: this.change, index, step });
    const result = await make();
    await this.#journal.append({ op: 'made', change: this.change, index });
    return result;
  }
}
