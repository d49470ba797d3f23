import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ReplayManyProgress } from '../rrpair/replay-many.ts';
import type { Diff, Difference } from '../rrpair/results.ts';

export interface Compared {
  diff: Diff;
  /** The new pair has a response. */
  answered: boolean;
}

/** Compares two pairs that can be read. Throws `pair-not-found`. */
export type Compare = (original: number, pair: number) => Promise<Compared>;

/** Differences of one pair that are listed. */
const LISTED_PATHS = 5;

/**
 * Compares replays with their originals beside the sending, so that a slow comparison does not change the pace. Of each that waits only two
 * numbers are held.
 */
export class Comparisons {
  readonly #parts: { flush: () => Promise<void>; compare: Compare };
  readonly #signal: AbortSignal;
  readonly #lost: (original: number, text: string) => void;
  readonly #waiting: { original: number; pair: number }[] = [];
  readonly #counts = { answered: 0, failed: 0, equal: 0, different: 0, differs: { status: 0, headers: 0, body: 0 } };
  readonly #first: ReplayManyProgress['first'] = [];
  #working: Promise<void> | null = null;
  #failure: unknown = null;
  #room: (() => void)[] = [];
  #taken = 0;

  constructor(
    parts: { flush: () => Promise<void>; compare: Compare },
    signal: AbortSignal,
    lost: (original: number, text: string) => void,
  ) {
    this.#parts = parts;
    this.#signal = signal;
    this.#lost = lost;
  }

  add(original: number, pair: number): void {
    this.#waiting.push({ original, pair });
    this.#working ??= this.#work();
  }

  /** Resolves when there is room for more. Throws what comparing threw. */
  async room(): Promise<void> {
    while (this.#waiting.length >= limits.replayComparisons && this.#working !== null) {
      await new Promise<void>((resolve) => {
        this.#room.push(resolve);
      });
    }
    if (this.#failure !== null) throw this.#failure;
  }

  /** Resolves when all that were added are compared, or the signal has aborted. */
  async finish(): Promise<void> {
    await this.#working;
    if (this.#failure !== null) throw this.#failure;
  }

  counts(): Pick<ReplayManyProgress, 'answered' | 'failed' | 'equal' | 'different' | 'differs' | 'uncompared' | 'first'> {
    return {
      ...this.#counts,
      differs: { ...this.#counts.differs },
      uncompared: this.#waiting.length + this.#taken,
      first: [...this.#first],
    };
  }

  async #work(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && !this.#signal.aborted) {
        const batch = this.#waiting.splice(0, limits.replayComparedAtOnce);
        this.#taken = batch.length;
        await this.#parts.flush();
        for (const { original, pair } of batch) {
          await this.#compare(original, pair);
          this.#taken -= 1;
        }
        for (const resume of this.#room.splice(0)) resume();
      }
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#working = null;
      for (const resume of this.#room.splice(0)) resume();
    }
  }

  async #compare(original: number, pair: number): Promise<void> {
    try {
      const { diff, answered } = await this.#parts.compare(original, pair);
      this.#count(original, pair, diff, answered);
    } catch (error) {
      if (!(error instanceof SidetapError) || error.code !== 'pair-not-found') throw error;
      this.#lost(original, error.message);
    }
  }

  #count(original: number, pair: number, diff: Diff, answered: boolean): void {
    const counts = this.#counts;
    counts[answered ? 'answered' : 'failed'] += 1;
    counts[diff.equal ? 'equal' : 'different'] += 1;
    if (diff.equal) return;
    const headers = real(diff.headers);
    const body = real(diff.body);
    if (diff.status !== null) counts.differs.status += 1;
    if (headers.length > 0) counts.differs.headers += 1;
    if (body.length > 0 || diff.truncated) counts.differs.body += 1;
    if (this.#first.length >= limits.replayListed) return;
    const status = diff.status === null ? null : `${diff.status.before ?? ''} → ${diff.status.after ?? ''}`;
    this.#first.push({ original, pair, status, headers: headers.slice(0, LISTED_PATHS), body: body.slice(0, LISTED_PATHS) });
  }
}

function real(differences: readonly Difference[]): string[] {
  return differences.filter((difference) => !difference.noise).map((difference) => difference.path);
}
