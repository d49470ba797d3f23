import { limits } from '../limits.ts';
import type { Notice } from './contract.ts';

/** What the user has to know now, the oldest first. The same condition keeps its id and its place; its newest text counts. */
export class Notices {
  readonly #notices = new Map<string, Notice>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  add(notice: Omit<Notice, 'at'>): void {
    const known = this.#notices.get(notice.id);
    if (known !== undefined && known.text === notice.text && known.level === notice.level) return;
    this.#notices.set(notice.id, { id: notice.id, level: notice.level, text: notice.text, at: new Date().toISOString() });
    for (const id of this.#notices.keys()) {
      if (this.#notices.size <= limits.notices) break;
      this.#notices.delete(id);
    }
    this.#changed();
  }

  /** The condition is over. */
  remove(id: string): void {
    if (this.#notices.delete(id)) this.#changed();
  }

  list(): Notice[] {
    return [...this.#notices.values()];
  }
}
