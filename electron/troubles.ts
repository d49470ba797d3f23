import type { Status } from '../proxy-core/api/contract.ts';
import { limits } from './limits.ts';

/** Something that a user would want to know although they look elsewhere. */
export interface Trouble {
  id: 'shed' | 'disk' | 'certificate';
  title: string;
  /** What happened and what to do, as a sentence. */
  text: string;
}

/** Notices of the engine that are worth it. */
const noticed: readonly { id: Trouble['id']; title: string; notices: readonly string[] }[] = [
  { id: 'disk', title: 'Traffic is not stored', notices: ['store-problem'] },
  { id: 'certificate', title: 'The certificate is about to expire', notices: ['ca-renewed', 'ca-not-renewed'] },
];

/**
 * Finds out when a trouble begins. Each is told once, and again only when it was over for a while and has come back: what flickers is one
 * trouble.
 */
export class Troubles {
  /** When each was seen last, ms. */
  readonly #seen = new Map<Trouble['id'], number>();
  #shed = 0;

  /** The troubles that begin with this status; `now` in ms, of any clock that does not go back. */
  begun(status: Pick<Status, 'notices' | 'shed'>, now: number): Trouble[] {
    return this.#present(status).filter(({ id }) => {
      const last = this.#seen.get(id);
      this.#seen.set(id, now);
      return last === undefined || now - last > limits.troubleOverMillis;
    });
  }

  #present({ notices, shed }: Pick<Status, 'notices' | 'shed'>): Trouble[] {
    const count = shed.pairs + shed.bodies;
    // Another engine counts from the beginning.
    const more = count - (count < this.#shed ? 0 : this.#shed);
    this.#shed = count;
    const present = noticed.flatMap(({ id, title, notices: ids }): Trouble[] => {
      const notice = notices.find((each) => ids.includes(each.id));
      return notice === undefined ? [] : [{ id, title, text: notice.text }];
    });
    if (more <= 0) return present;
    const text =
      'Traffic came faster than it could be recorded, so some requests or bodies are missing in the list. The traffic itself was not touched.';
    return [...present, { id: 'shed', title: 'Some traffic was not recorded', text }];
  }
}
