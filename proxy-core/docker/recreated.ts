import { limits } from '../limits.ts';
import type { Continued } from './capture-facts.ts';

/** Names of captured containers that were removed: `docker compose up` removes a container to make it anew under its name. */
export class Recreated {
  /** By name; `until` is monotonic, ms. */
  readonly #expected = new Map<string, { until: number; capture: Continued }>();

  removed(name: string, capture: Continued): void {
    this.#expected.set(name, { until: performance.now() + limits.recreatedMillis, capture });
  }

  /** The capture that a container of this name, which runs now, continues; null when there is none. Once. */
  continues(name: string): Continued | null {
    const expected = this.#expected.get(name);
    this.#expected.delete(name);
    return expected !== undefined && performance.now() < expected.until ? expected.capture : null;
  }

  get none(): boolean {
    return this.#expected.size === 0;
  }
}
