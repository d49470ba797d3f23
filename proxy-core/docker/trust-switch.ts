import { createPrivateKey, X509Certificate } from 'node:crypto';
import { messageOf, SidetapError } from '../errors.ts';
import type { RunImage } from '../rrpair/containers.ts';
import type { Continued } from './capture-facts.ts';
import type { Captures } from './captures.ts';
import type { AppliedChange, Changes } from './changes/changes.ts';
import type { ContainerFacts } from './facts.ts';
import type { Inventory } from './inventory.ts';
import type { ServerKeyPair } from './namespace-capture.ts';

/** What is done to a container's trust right now, and what went wrong with it. */
export interface TrustWork {
  busy: string;
  error: string;
}

const NO_WORK: TrustWork = { busy: '', error: '' };

/** Makes applications trust our CA, and takes it back, along with the captures that this touches. */
export class TrustSwitch {
  readonly #changes: () => Promise<Changes>;
  readonly #captures: Captures;
  readonly #inventory: Inventory;
  readonly #changed: () => void;
  /** By id. */
  readonly #work = new Map<string, TrustWork>();
  /** Steps of images that are being started, the oldest first. */
  readonly #runs = new Map<RunImage, string>();

  constructor(changes: () => Promise<Changes>, captures: Captures, inventory: Inventory, changed: () => void) {
    this.#changes = changes;
    this.#captures = captures;
    this.#inventory = inventory;
    this.#changed = changed;
  }

  workOn(id: string): TrustWork {
    return this.#work.get(id) ?? NO_WORK;
  }

  /** What is being done right now for an image whose container is not there yet; empty when nothing is. */
  get doing(): string {
    return [...this.#runs.values()][0] ?? '';
  }

  /** Answers the id of the container that goes on under the name. */
  async apply({ id, name }: ContainerFacts, how: 'bundle' | 'restart' | 'twin'): Promise<string> {
    const changes = await this.#changes();
    return this.#doing(id, 'Trusting Sidetap’s CA', async (progress) => {
      if (how === 'twin') return await this.#twin(changes, id, name, progress);
      const change = how === 'bundle' ? await changes.applyBundle(id, progress) : await changes.applyRestart(id, progress);
      this.#captures.of(id)?.trustChanged();
      return { container: id, note: change.note };
    });
  }

  /** Undoes what stands for a container. Answers the id of the container that goes on under the name; null when there is none. */
  async undo(id: string): Promise<string | null> {
    const changes = await this.#changes();
    const change = changes.appliedTo(id);
    if (change === null) return id;
    return this.#doing(id, 'Undoing what was changed', async (progress) => {
      const moves = change.container !== id || change.method === 'twin';
      const wasOn = moves && this.#captures.of(change.container) !== null;
      const earlier = moves ? await this.#captures.switchOff(change.container) : null;
      const { container, notes } = await changes.undo(id, progress);
      this.#captures.of(container ?? id)?.trustChanged();
      if (wasOn && container !== null) await this.#switchOn(container, earlier);
      return { container, note: notes.join(' ') };
    });
  }

  /** Starts an image, with trust in place. Answers its container. */
  async run(options: RunImage): Promise<string> {
    const changes = await this.#changes();
    const progress = (step: string): void => {
      if (this.#runs.get(options) === step) return;
      this.#runs.set(options, step);
      this.#changed();
    };
    try {
      const change = await changes.run(options, progress);
      await this.#inventory.resyncNow();
      return change.container;
    } finally {
      this.#runs.delete(options);
      this.#changed();
    }
  }

  async remove(id: string): Promise<void> {
    const changes = await this.#changes();
    if (changes.appliedTo(id)?.method !== 'image') {
      const name = this.#inventory.get(id)?.name ?? id;
      const text = `${name} was not started by Sidetap, so Sidetap does not remove it. \`docker rm ${name}\` does.`;
      throw new SidetapError('container-not-capturable', text);
    }
    await this.#captures.switchOff(id);
    await changes.remove(id);
    await this.#inventory.resyncNow();
  }

  /** Undoes everything. Failures are left for the next start, and told by whoever undoes. */
  async undoAll(): Promise<void> {
    const changes = await this.#changes();
    // Side by side: each may wait for an application that minds no signal.
    const outcomes = await Promise.allSettled(
      changes.applied().map(async ({ method, container }) => {
        if (method === 'image') await changes.remove(container);
        else await changes.undo(container);
      }),
    );
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => messageOf(reason));
    if (failures.length > 0) throw new SidetapError('internal', failures.join(' '));
  }

  async #twin(changes: Changes, id: string, name: string, progress: (step: string) => void): Promise<Settled> {
    const wasOn = this.#captures.of(id) !== null;
    // Its connections end with it; the twin gets an agent of its own.
    const earlier = await this.#captures.switchOff(id);
    let change: AppliedChange;
    try {
      change = await changes.applyTwin(id, progress);
    } catch (error) {
      await this.#inventory.resyncNow();
      if (wasOn) await this.#switchOn(id, earlier).catch(() => undefined);
      throw error;
    }
    progress(`Capturing ${name} again`);
    await this.#switchOn(change.container, earlier);
    return { container: change.container, note: change.note };
  }

  async #switchOn(id: string, earlier: Continued | null): Promise<void> {
    await this.#inventory.resyncNow();
    const facts = this.#inventory.get(id);
    if (facts !== null) await this.#captures.switchOn(facts, earlier);
  }

  async #doing<T extends string | null>(
    id: string,
    step: string,
    action: (progress: (step: string) => void) => Promise<{ container: T; note: string }>,
  ): Promise<T> {
    if (this.workOn(id).busy !== '') {
      throw new SidetapError('container-busy', 'Another change of this container is under way; wait until it is done.');
    }
    const progress = (busy: string): void => {
      this.#work.set(id, { busy: busy === '' ? step : busy, error: '' });
      this.#changed();
    };
    progress(step);
    try {
      const { container, note } = await action(progress);
      this.#settle(id, '');
      if (container !== null) this.#settle(container, note);
      return container;
    } catch (error) {
      this.#settle(id, messageOf(error));
      throw error;
    }
  }

  #settle(id: string, error: string): void {
    if (error === '') this.#work.delete(id);
    else this.#work.set(id, { busy: '', error });
    this.#changed();
  }
}

interface Settled {
  container: string;
  note: string;
}

/** Throws `certificate-unusable` unless the key is the certificate's. */
export function checkKeyPair({ chainPem, keyPem }: ServerKeyPair): void {
  let fits: boolean;
  try {
    fits = new X509Certificate(chainPem).checkPrivateKey(createPrivateKey(keyPem));
  } catch (cause) {
    const text = `The certificate or its key cannot be read (${messageOf(cause)}). Both must be PEM, the key without a passphrase.`;
    throw new SidetapError('certificate-unusable', text, { cause });
  }
  if (!fits)
    throw new SidetapError(
      'certificate-unusable',
      'The key does not belong to the certificate. Give the pair that the application uses.',
    );
}
