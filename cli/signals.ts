/** Resolves at the first signal that asks this process to end; a second one ends it at once. */
export function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(exitCodeOf(signal));
        asked = true;
        resolve(signal);
      });
    }
  });
}

const numbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 };

/** The exit code by which shells tell that a signal ended a command. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + (numbers[signal] ?? 0);
}
