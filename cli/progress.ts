import { exitCodes, remark } from './output.ts';

/** Shows on a terminal how far something is, in one line that is written again and again; elsewhere nothing. */
export class Progress {
  readonly #what: string;
  readonly #shown = process.stderr.isTTY;
  #last = '';

  constructor(what: string) {
    this.#what = what;
  }

  show(done: number, total: number): void {
    if (!this.#shown) return;
    const part = total === 0 ? '' : ` ${String(Math.min(100, Math.floor((100 * done) / total)))} %`;
    const text = `${this.#what}…${part}`;
    if (text === this.#last) return;
    this.#last = text;
    process.stderr.write(`\r\u001b[K${text}`);
  }

  end(): void {
    if (this.#last !== '') process.stderr.write('\r\u001b[K');
    this.#last = '';
  }

  /** Ends the line and says something. */
  say(text: string): void {
    this.end();
    remark(text);
  }
}

/**
 * Long work with a line of progress, which Ctrl-C cancels: what was begun is taken back, `cancelled` is said, and the command ends as interrupted
 * commands do. The work answers its exit code, or undefined when it was left before its end.
 */
export async function withProgress(
  what: string,
  cancelled: string,
  work: (progress: Progress, signal: AbortSignal) => Promise<number | undefined>,
): Promise<number> {
  const progress = new Progress(what);
  return cancellable(async (signal) => {
    try {
      const code = await work(progress, signal);
      if (code !== undefined) return code;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      progress.end();
    }
    remark(`sidetap: ${cancelled}`);
    return exitCodes.failed;
  });
}

/** Aborted by Ctrl-C: what was begun is taken back, and the command ends as interrupted commands do. */
export async function cancellable<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  process.once('SIGINT', abort);
  process.once('SIGTERM', abort);
  try {
    return await run(stop.signal);
  } finally {
    process.off('SIGINT', abort);
    process.off('SIGTERM', abort);
  }
}
