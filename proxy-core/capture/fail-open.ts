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

  /** The client said so, or cannot be served otherwise. */
  refused(party: TlsParty, reason: string): void {
    const memory = this.#touch(party);
    memory.reason = reason;
    memory.until = performance.now() + limits.failOpenMillis;
  }

  /** The client sent data inside a decrypted connection. */
  proven(party: TlsParty): void {
    const memory = this.#touch(party);
    memory.proven = true;
    memory.silent = 0;
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
    this.refused(party, reason);
    return true;
  }

  /** True the first time that it is asked for a destination. */
  tellOnce(destination: string): boolean {
    if (this.#told.has(destination) || this.#told.size >= limits.failOpenEntries) return false;
    this.#told.add(destination);
    return true;
  }

  #touch(party: TlsParty): Memory {
    const key = keyOf(party);
    const memory = this.#memories.get(key) ?? { reason: '', until: 0, proven: false, silent: 0 };
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
