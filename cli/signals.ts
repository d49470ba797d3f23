const ending = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The signals that ask this process to end. They are caught from the moment this is made. */
export class EndSignals {
  /** Resolves at the first one. */
  readonly first: Promise<NodeJS.Signals>;
  #asked: NodeJS.Signals | null = null;
  #repeated: (signal: NodeJS.Signals) => void = (signal) => process.exit(exitCodeOf(signal));

  constructor() {
    this.first = new Promise((resolve) => {
      for (const signal of ending) {
        process.on(signal, () => {
          if (this.#asked !== null) return this.#repeated(signal);
          this.#asked = signal;
          resolve(signal);
        });
      }
    });
  }

  /** The first one, once it came. */
  get asked(): NodeJS.Signals | null {
    return this.#asked;
  }

  /** What happens at every further one, instead of ending at once. */
  onRepeat(action: (signal: NodeJS.Signals) => void): void {
    this.#repeated = action;
  }
}

const numbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 };

/** The exit code by which shells tell that a signal ended a command. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + (numbers[signal] ?? 0);
}
