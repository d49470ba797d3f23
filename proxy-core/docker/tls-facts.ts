import { limits } from '../limits.ts';
import type { TlsSeen } from '../link/messages.ts';
import type { ContainerTrust } from '../rrpair/containers.ts';

/** What the connections of an application have shown of its trust in our CA. */
export class TlsFacts {
  readonly #refused = new Map<string, { reason: string; distrusted: boolean }>();
  #decrypted = false;

  /** Answers whether anything changed. */
  seen({ direction, destination, decrypted, reason, distrusted }: TlsSeen): boolean {
    // TLS that the application serves says nothing of what it trusts.
    if (direction === 'in') return false;
    if (decrypted) {
      const changed = this.#refused.delete(destination) || !this.#decrypted;
      this.#decrypted = true;
      return changed;
    }
    const before = this.#refused.get(destination);
    if (before?.reason === reason && before.distrusted === distrusted) return false;
    this.#refused.delete(destination);
    this.#refused.set(destination, { reason, distrusted });
    for (const oldest of this.#refused.keys()) {
      if (this.#refused.size <= limits.refusedDestinations) break;
      this.#refused.delete(oldest);
    }
    return true;
  }

  /** The CA is trusted by now, or no more. */
  forget(): void {
    this.#refused.clear();
    this.#decrypted = false;
  }

  get refused(): ContainerTrust['refused'] {
    return [...this.#refused].map(([destination, { reason }]) => ({ destination, reason }));
  }

  get state(): ContainerTrust['state'] {
    const distrusted = [...this.#refused.values()].some((one) => one.distrusted);
    if (this.#decrypted) return distrusted ? 'partly' : 'trusted';
    return distrusted ? 'untrusted' : 'unknown';
  }
}
