import { limits } from '../limits.ts';

/** Names of captured containers that were removed: `docker compose up` removes a container to make it anew under its name. */
export class Recreated {
  /** Name → until when, monotonic ms. */
  readonly #expected = new Map<string, number>();

  removed(name: string): void {
    this.#expected.set(name, performance.now() + limits.recreatedMillis);
  }

  /** Whether a container of this name, which runs now, continues such a capture. Once. */
  continues(name: string): boolean {
    const until = this.#expected.get(name);
    if (until === undefined) return false;
    this.#expected.delete(name);
    return performance.now() < until;
  }

  get none(): boolean {
    return this.#expected.size === 0;
  }
}
