import { limits } from '../limits.ts';

/** Who refused to be decrypted: a client, told by its address and its TLS library, and where it wanted to go. */
export interface TlsParty {
  clientAddress: string;
  /** `ClientHello.fingerprint` */
  fingerprint: string;
  /** host:port */
  destination: string;
}

interface Memory {
  /** Empty while nothing was refused. */
  reason: string;
  /** It refused because it does not trust our CA. */
  distrust: boolean;
  /** Monotonic ms; a refusal is forgotten then. */
  until: number;
  /** The client has sent data inside a decrypted connection: it trusts us. */
  proven: boolean;
  /** Connections in a row that the client closed without a word after the handshake. */
  silent: number;
}

/**
 * Remembers which clients do not want to be decrypted where, so that their next connection passes as it is. Bounded: the
 * longest unused is forgotten first.
 */
export class FailOpen {
  /** In the order of last use. */
  readonly #memories = new Map<string, Memory>();
  /** Destinations of which the user was told. */
  readonly #told = new Set<string>();
  /** Destinations whose TLS was had, so that a connection may rely on it that cannot be dialled anew. */
  readonly #had = new Set<string>();
  readonly #millis: number;
  /** Clients of which a connection is trying whether they trust us. */
  readonly #trials = new Map<string, { ended: Promise<boolean>; end: (shown: boolean) => void }>();

  /** `millis` is how long a refusal counts. */
  constructor(millis: number = limits.failOpenMillis) {
    this.#millis = millis;
  }

  /** Why this client's connection must pass undecrypted; null when it need not. */
  reason(party: TlsParty): string | null {
    const memory = this.#memories.get(keyOf(party));
    if (memory === undefined || memory.reason === '') return null;
    if (memory.until < performance.now()) {
      memory.reason = '';
      memory.silent = 0;
      return null;
    }
    return memory.reason;
  }

  /** The client is remembered as one that does not trust our CA. */
  distrusts(party: TlsParty): boolean {
    const memory = this.#memories.get(keyOf(party));
    return memory !== undefined && memory.reason !== '' && memory.distrust;
  }

  /** The client said so, or cannot be served otherwise. */
  refused(party: TlsParty, reason: string, distrust: boolean): void {
    const memory = this.#touch(party);
    memory.reason = reason;
    memory.distrust = distrust;
    memory.until = performance.now() + this.#millis;
    this.endTrial(party);
  }

  /** The client sent data inside a decrypted connection. */
  proven(party: TlsParty): void {
    const memory = this.#touch(party);
    memory.proven = true;
    memory.silent = 0;
    this.endTrial(party);
  }

  /**
   * Of connections that a client opens at once, one tries whether it trusts us, and only that one can fail of it. Null means: go on. Otherwise: wait until the
   * trial has ended, and see whether there is a `reason` now; false when it lasted too long to show anything.
   */
  trial(party: TlsParty): Promise<boolean> | null {
    const key = keyOf(party);
    if (this.#memories.get(key)?.proven === true) return null;
    const running = this.#trials.get(key);
    if (running !== undefined) return running.ended;
    if (this.#trials.size >= limits.failOpenEntries) return null;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => this.endTrial(party, false), limits.trialMillis);
    const end = (shown: boolean): void => {
      clearTimeout(timer);
      resolve(shown);
    };
    this.#trials.set(key, { ended: promise, end });
    return null;
  }

  /** The trial has shown what it could show. */
  endTrial(party: TlsParty, shown = true): void {
    const key = keyOf(party);
    this.#trials.get(key)?.end(shown);
    this.#trials.delete(key);
  }

  /**
   * The client closed right after the handshake, without a word. Clients that check certificates after it (Node does) refuse like that; but so
   * does one that only wanted to have a connection ready. One that has been seen to trust us gets a second chance.
   * Returns true when it counts as a refusal.
   */
  closedSilently(party: TlsParty, reason: string): boolean {
    const memory = this.#touch(party);
    memory.silent += 1;
    if (memory.proven && memory.silent < 2) return false;
    this.refused(party, reason, true);
    return true;
  }

  /** Our own TLS handshake with the destination went well. */
  had(destination: string): void {
    if (this.#had.size < limits.failOpenEntries) this.#had.add(destination);
  }

  /** It did before. */
  wasHad(destination: string): boolean {
    return this.#had.has(destination);
  }

  /** True the first time that it is asked for a destination. */
  tellOnce(destination: string): boolean {
    if (this.#told.has(destination) || this.#told.size >= limits.failOpenEntries) return false;
    this.#told.add(destination);
    return true;
  }

  /** Every client gets another chance: what it trusts has changed. */
  forget(): void {
    this.#memories.clear();
    this.#told.clear();
    this.#had.clear();
  }

  #touch(party: TlsParty): Memory {
    const key = keyOf(party);
    const memory = this.#memories.get(key) ?? { reason: '', distrust: false, until: 0, proven: false, silent: 0 };
    this.#memories.delete(key);
    this.#memories.set(key, memory);
    for (const oldest of this.#memories.keys()) {
      if (this.#memories.size <= limits.failOpenEntries) break;
      this.#memories.delete(oldest);
    }
    return memory;
  }
}

function keyOf(party: TlsParty): string {
  return `${party.clientAddress} ${party.fingerprint} ${party.destination}`;
}
