import { parseFilter } from '../../filter/parse.ts';
import type { PairReader, Store } from '../../store/store.ts';
import type { Handlers } from '../handlers.ts';

/** The operations on pairs that only read. */
export function pairReadHandlers(store: PairReader): Pick<Handlers['pairs'], 'list' | 'get' | 'body' | 'head'> {
  return {
    list: ({ offset, limit, ...query }) => store.list(query, offset, limit),
    get: ({ id }) => store.detail(id),
    body: ({ id, side, form, offset, length }) => store.body(id, side, form, offset, length),
    head: async ({ id, side }) => {
      const record = await store.record(id);
      return { base64: Buffer.from(record[side].head).toString('base64') };
    },
  };
}

export interface PairParts {
  store: Store;
  /** Hands over what the recorder holds back, and waits until the store can show it. */
  flush: () => Promise<void>;
}

export function pairHandlers({ store, flush }: PairParts): Handlers['pairs'] {
  return {
    ...pairReadHandlers(store),
    pin: async ({ ids, pinned }) => {
      await store.pin(ids, pinned);
      return { pinned: ids.length };
    },
    flush: async () => {
      await flush();
      return { revision: store.status().revision };
    },
    clear: async () => ({ hidden: await store.clear() }),
    undoClear: async () => ({ restored: await store.undoClear() }),
  };
}

export function filterHandlers(): Handlers['filter'] {
  return {
    check: async ({ filter }) => {
      const parsed = parseFilter(filter);
      return parsed.ok ? { ok: true } : parsed;
    },
  };
}
