import { createSecureContext, type SecureContext } from 'node:tls';
import type { LeafSource } from '../capture/context.ts';
import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Leaf } from '../link/messages.ts';

interface Kept {
  context: SecureContext;
  /** Unix epoch, ms. */
  notAfter: number;
}

interface Asked {
  resolve(context: SecureContext): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
  name: string;
}

/** Leaf certificates from home, kept here so that each name is asked for once. */
export class Leaves implements LeafSource {
  readonly #ask: (request: number, name: string) => void;
  readonly #now: () => number;
  /** In the order of last use. */
  readonly #kept = new Map<string, Kept>();
  readonly #making = new Map<string, Promise<SecureContext>>();
  readonly #asked = new Map<number, Asked>();
  #requests = 0;
  /** Home has not answered; until then (monotonic ms) no connection waits for it again. */
  #silentUntil = 0;

  /** `ask` sends a request home; `now` is the wall clock, ms. */
  constructor(ask: (request: number, name: string) => void, now: () => number = Date.now) {
    this.#ask = ask;
    this.#now = now;
  }

  cachedContext(name: string): SecureContext | undefined {
    const kept = this.#kept.get(name);
    if (kept === undefined) return undefined;
    this.#kept.delete(name);
    if (this.#now() >= kept.notAfter - limits.leafRenewMillis) return undefined;
    this.#kept.set(name, kept);
    return kept.context;
  }

  contextFor(name: string): Promise<SecureContext> {
    const ready = this.cachedContext(name);
    if (ready !== undefined) return Promise.resolve(ready);
    if (performance.now() < this.#silentUntil) return Promise.reject(noAnswer());
    let making = this.#making.get(name);
    if (making === undefined) {
      making = this.#fetch(name).finally(() => this.#making.delete(name));
      this.#making.set(name, making);
    }
    return making;
  }

  /** Home has answered. */
  answered(leaf: Leaf): void {
    this.#silentUntil = 0;
    const asked = this.#asked.get(leaf.request);
    if (asked === undefined) return;
    this.#asked.delete(leaf.request);
    clearTimeout(asked.timer);
    if (!leaf.ok) {
      asked.reject(new SidetapError('certificate-unusable', leaf.message));
      return;
    }
    try {
      const context = createSecureContext({ key: leaf.keyPem, cert: leaf.chainPem, minVersion: 'TLSv1.2' });
      this.#keep(asked.name, { context, notAfter: leaf.notAfter });
      asked.resolve(context);
    } catch (error) {
      asked.reject(new SidetapError('certificate-unusable', 'the leaf from home cannot be used', { cause: error }));
    }
  }

  /** The CA is another one. */
  forget(): void {
    this.#kept.clear();
  }

  #fetch(name: string): Promise<SecureContext> {
    return new Promise((resolve, reject) => {
      this.#requests += 1;
      const request = this.#requests;
      const timer = setTimeout(() => {
        this.#asked.delete(request);
        this.#silentUntil = performance.now() + limits.leafRestMillis;
        reject(noAnswer());
      }, limits.leafMillis);
      this.#asked.set(request, { resolve, reject, timer, name });
      this.#ask(request, name);
    });
  }

  #keep(name: string, kept: Kept): void {
    this.#kept.set(name, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= limits.agentLeafCertificates) break;
      this.#kept.delete(oldest);
    }
  }
}

function noAnswer(): SidetapError {
  return new SidetapError('certificate-unusable', 'Sidetap’s engine did not answer in time');
}
