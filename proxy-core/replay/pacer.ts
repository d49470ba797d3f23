import { setTimeout as delay } from 'node:timers/promises';
import { assertNever } from '../errors.ts';
import type { Pace } from '../rrpair/replay-many.ts';

/** Longest wait that a timer can be set to, ms; longer ones are waited for in pieces. */
const LONGEST_TIMER = 2_000_000_000;

/** What tells the time and waits, ms; tests have their own. */
export interface Clock {
  now: () => number;
  /** Rejects when the signal aborts. */
  wait: (millis: number, signal: AbortSignal) => Promise<void>;
}

const realClock: Clock = {
  now: () => performance.now(),
  wait: (millis, signal) => delay(millis, undefined, { signal }),
};

/** Says when the next request is due. */
export class Pacer {
  readonly #pace: Pace;
  readonly #signal: AbortSignal;
  readonly #longestPauseMs: number;
  readonly #clock: Clock;
  /** When the last one was due, ms of the monotonic clock; null before the first. */
  #due: number | null = null;
  #startedAtMicros = 0;
  #behindMs = 0;

  constructor(pace: Pace, longestPauseMs: number, signal: AbortSignal, clock: Clock = realClock) {
    this.#clock = clock;
    this.#pace = pace;
    this.#longestPauseMs = longestPauseMs;
    this.#signal = signal;
  }

  /** How late the last one was, ms. */
  get behindMs(): number {
    return this.#behindMs;
  }

  /** The recorded order begins anew. */
  restart(): void {
    this.#startedAtMicros = 0;
  }

  /** Resolves when the request that was recorded at that time may be sent. Rejects when the signal aborts. */
  async turn(startedAtMicros: number): Promise<void> {
    const now = this.#clock.now();
    const due = this.#nextDue(startedAtMicros, now);
    this.#due = due;
    this.#startedAtMicros = startedAtMicros;
    for (let left = due - now; left > 0.5; left = due - this.#clock.now()) {
      await this.#clock.wait(Math.min(left, LONGEST_TIMER), this.#signal);
    }
    this.#behindMs = Math.max(0, now - due);
  }

  #nextDue(startedAtMicros: number, now: number): number {
    if (this.#due === null || this.#pace === 'fast') return now;
    if (this.#pace === 'recorded') {
      const gap = this.#startedAtMicros === 0 ? 0 : Math.max(0, (startedAtMicros - this.#startedAtMicros) / 1000);
      return this.#due + Math.min(gap, this.#longestPauseMs);
    }
    if (typeof this.#pace === 'number') {
      const due = this.#due + 1000 / this.#pace;
      // One that could not keep up goes on at its pace: what it missed is not sent in a burst. A timer's own lateness is made up for.
      return now - due > CATCH_UP_MS ? now : due;
    }
    return assertNever(this.#pace);
  }
}

/** Lateness that is made up for, ms. */
const CATCH_UP_MS = 100;
