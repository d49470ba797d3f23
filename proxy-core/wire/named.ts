import { limits } from '../limits.ts';

/** What a connection has prepared, by name or number; the oldest of too many are forgotten. */
export class Named<T, K = string> {
  readonly #known = new Map<K, T>();

  get(name: K): T | undefined {
    return this.#known.get(name);
  }

  set(name: K, value: T): void {
    this.#known.delete(name);
    this.#known.set(name, value);
    if (this.#known.size <= limits.preparedStatements) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  delete(name: K): void {
    this.#known.delete(name);
  }

  clear(): void {
    this.#known.clear();
  }
}
