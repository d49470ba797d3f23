import type { TlsOutcome } from '../capture/context.ts';
import { limits } from '../limits.ts';
import type { TlsSeen } from '../link/messages.ts';

/** Tells home what becomes of TLS connections, once for as long as it stays the same. */
export class TlsReports {
  readonly #send: (seen: TlsSeen) => void;
  /** Last outcome of each destination, in the order of last use. */
  readonly #last = new Map<string, string>();

  constructor(send: (seen: TlsSeen) => void) {
    this.#send = send;
  }

  seen(outcome: TlsOutcome): void {
    const key = `${outcome.direction} ${outcome.destination}`;
    const what = outcome.decrypted ? '' : `${outcome.distrusted} ${outcome.reason}`;
    const before = this.#last.get(key);
    this.#last.delete(key);
    this.#last.set(key, what);
    for (const oldest of this.#last.keys()) {
      if (this.#last.size <= limits.tlsSeenEntries) break;
      this.#last.delete(oldest);
    }
    if (before !== what) this.#send({ type: 'tls', ...outcome });
  }

  /** What comes next is told even if it is as before. */
  forget(): void {
    this.#last.clear();
  }
}
