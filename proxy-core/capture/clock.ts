/** Monotonic time in whole µs. Latency and duration are differences of it, so that a jump of the wall clock cannot disturb them. */
export function nowMicros(): number {
  return Math.round(performance.now() * 1000);
}

/**
 * Tells the wall-clock time of a monotonic time.
 *
 * The wall clock is read once and everything else is an offset from that reading, so that pairs stay in their order. `check` compares the two now and
 * then: after a suspend (the monotonic clock stands still) or when the wall clock was set, the reading is taken anew, for the
 * pairs that start from then on.
 */
export class WallClock {
  #offsetMicros: number;

  constructor() {
    this.#offsetMicros = Date.now() * 1000 - nowMicros();
  }

  /** Unix epoch, µs. */
  at(monotonicMicros: number): number {
    return Math.round(this.#offsetMicros + monotonicMicros);
  }

  /** Takes a new reading when the clocks have drifted apart by more than `toleranceMicros`. */
  check(toleranceMicros: number): void {
    const offset = Date.now() * 1000 - nowMicros();
    if (Math.abs(offset - this.#offsetMicros) > toleranceMicros) this.#offsetMicros = offset;
  }
}
