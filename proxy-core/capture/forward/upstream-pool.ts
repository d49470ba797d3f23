import { limits } from '../../limits.ts';
import type { EndOfStream } from '../../wire/decoder.ts';
import type { Upstream } from './upstream.ts';

/** The upstream connections of one client connection, at most one for each origin; the one unused for longest gives way. */
export class UpstreamPool {
  /** In the order of their last use. */
  readonly #byKey = new Map<string, Upstream>();

  use(key: string): Upstream | null {
    const upstream = this.#byKey.get(key);
    if (upstream === undefined) return null;
    this.#byKey.delete(key);
    this.#byKey.set(key, upstream);
    return upstream;
  }

  add(upstream: Upstream): void {
    this.#byKey.set(upstream.key, upstream);
    for (const oldest of this.#byKey.values()) {
      if (this.#byKey.size <= limits.forwardUpstreams) return;
      this.#byKey.delete(oldest.key);
      oldest.finish('stopped');
    }
  }

  /** It is closed, or about to be: nobody may get it any more. */
  forget(upstream: Upstream): void {
    if (this.#byKey.get(upstream.key) === upstream) this.#byKey.delete(upstream.key);
  }

  /** Closes all, once what was written to them has left. */
  finish(how: EndOfStream): void {
    for (const upstream of this.#byKey.values()) upstream.finish(how);
    this.#byKey.clear();
  }

  /** Closes all at once. */
  destroy(how: EndOfStream): void {
    for (const upstream of this.#byKey.values()) upstream.destroy(how);
    this.#byKey.clear();
  }
}
