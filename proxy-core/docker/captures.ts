import { SidetapError } from '../errors.ts';
import type { Continued } from './capture-facts.ts';
import type { ContainerFacts } from './facts.ts';
import type { Inventory, Touched } from './inventory.ts';
import { type CaptureHost, NamespaceCapture, type ServerKeyPair } from './namespace-capture.ts';
import { namespaceOf } from './namespaces.ts';
import { Recreated } from './recreated.ts';
import { refusalOf } from './refusal.ts';

/** The captures that are on, one for each network namespace, and their switches. */
export class Captures {
  readonly #inventory: Inventory;
  readonly #host: CaptureHost;
  /** By the id of the container that owns the namespace. */
  readonly #captures = new Map<string, NamespaceCapture>();
  readonly #serverKeys = new Map<string, ServerKeyPair>();
  readonly #recreated = new Recreated();
  /** Of captures that are over. */
  readonly #shed = { pairs: 0, bodies: 0 };
  #closed = false;

  constructor(inventory: Inventory, host: CaptureHost) {
    this.#inventory = inventory;
    this.#host = host;
  }

  /** Captures that are on, or were and will be. */
  get count(): number {
    let count = 0;
    for (const { state } of this.#captures.values()) if (state !== 'off' && state !== 'failed') count += 1;
    return count;
  }

  /** What could not be recorded, of all captures that there were. */
  get shed(): { pairs: number; bodies: number } {
    const sum = { ...this.#shed };
    for (const { capture } of this.#captures.values()) add(sum, capture.shed);
    return sum;
  }

  /** The capture in which a container was switched on; null when it was not. */
  of(id: string): NamespaceCapture | null {
    for (const capture of this.#captures.values()) if (capture.members.has(id)) return capture;
    return null;
  }

  hasServerKey(id: string): boolean {
    return this.#serverKeys.has(id);
  }

  /** Null forgets it. */
  setServerKey(id: string, key: ServerKeyPair | null): void {
    if (key === null) this.#serverKeys.delete(id);
    else this.#serverKeys.set(id, key);
    this.of(id)?.setServerKey(key);
  }

  /** Resolves when it is on. `earlier` is what it goes on with. Throws `container-not-capturable`, `container-busy`, `agent-failed`, `agent-image-failed`. */
  async switchOn(facts: ContainerFacts, earlier: Continued | null = null): Promise<void> {
    const all = this.#inventory.all();
    const target = namespaceOf(facts, all);
    const owner = this.#inventory.get(target) ?? facts;
    const refusal = refusalOf(facts, owner);
    if (refusal !== '') throw new SidetapError('container-not-capturable', refusal, { details: { container: facts.name } });
    for (let there = this.#captures.get(target); there !== undefined; there = this.#captures.get(target)) {
      if (there.state !== 'detaching' && there.state !== 'off' && there.state !== 'failed') {
        there.members.add(facts.id);
        this.#host.changed();
        await there.isOn();
        return;
      }
      await there.over;
      this.#forget(there);
    }
    if (this.#closed) throw new SidetapError('container-busy', 'Sidetap is about to end.');
    const capture = new NamespaceCapture(target, facts.name, this.#serverKeys.get(facts.id) ?? null, this.#host, earlier);
    capture.members.add(facts.id);
    this.#captures.set(target, capture);
    this.#watch(capture);
    await capture.isOn();
  }

  /** Resolves when it is off, with what a capture needs to go on with it. The namespace stays captured while another of its containers is on. */
  async switchOff(id: string, drainMillis?: number): Promise<Continued | null> {
    const capture = this.of(id);
    if (capture === null) return null;
    if (capture.members.size > 1) {
      capture.members.delete(id);
      this.#host.changed();
      return null;
    }
    await capture.switchOff(drainMillis);
    this.#forget(capture);
    return capture.continued;
  }

  /** Something happened to these containers. */
  look(touched: Touched): void {
    for (const capture of this.#captures.values()) {
      if (touched.has(capture.target)) capture.look();
      capture.sendNames();
    }
    this.#continueRecreated(touched);
  }

  /** Docker is there, or gone. */
  lookAll(): void {
    for (const capture of this.#captures.values()) capture.look();
  }

  /** Switches all off. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#captures.values()].map((capture) => capture.switchOff()));
    this.#captures.clear();
  }

  #watch(capture: NamespaceCapture): void {
    const names = [...capture.members].map((id) => this.#inventory.get(id)?.name);
    void capture.over.then(() => {
      // A failure is shown until it is switched again.
      if (capture.state === 'failed') return;
      if (capture.wasRemoved) for (const name of names) if (name !== undefined) this.#recreated.removed(name, capture.continued);
      this.#forget(capture);
    });
  }

  #forget(capture: NamespaceCapture): void {
    if (this.#captures.get(capture.target) === capture) {
      this.#captures.delete(capture.target);
      add(this.#shed, capture.capture.shed);
    }
    this.#host.changed();
  }

  /** A container that was made anew under the name of a captured one goes on being captured. */
  #continueRecreated(touched: Touched): void {
    if (this.#recreated.none || this.#closed) return;
    for (const id of touched) {
      const facts = this.#inventory.get(id);
      if (facts === null || facts.state !== 'running') continue;
      const earlier = this.#recreated.continues(facts.name);
      // Its state tells what becomes of it.
      if (earlier !== null) this.switchOn(facts, earlier).catch(() => undefined);
    }
  }
}

function add(sum: { pairs: number; bodies: number }, { pairs, bodies }: { pairs: number; bodies: number }): void {
  sum.pairs += pairs;
  sum.bodies += bodies;
}
