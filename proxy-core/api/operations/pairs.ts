import { parseFilter } from '../../filter/parse.ts';
import type { Store } from '../../store/store.ts';
import type { Handlers } from '../handlers.ts';
import type { Readings } from './readings.ts';

/** The operations on pairs that only read. */
export function pairReadHandlers(
  readings: Readings,
): Pick<
  Handlers['pairs'],
  | 'list'
  | 'search'
  | 'histogram'
  | 'paths'
  | 'map'
  | 'values'
  | 'get'
  | 'reading'
  | 'messages'
  | 'message'
  | 'caused'
  | 'body'
  | 'head'
> {
  return {
    list: ({ offset, limit, snapshot, ...query }) => readings.from(snapshot, (reader) => reader.list(query, offset, limit)),
    search: async ({ snapshot, until, ...question }) => {
      await readings.from(snapshot, (reader) => reader.search(question, until));
      return { until };
    },
    histogram: ({ range, snapshot, ...query }) => readings.from(snapshot, (reader) => reader.histogram(query, range)),
    paths: ({ snapshot, ...query }) => readings.from(snapshot, (reader) => reader.paths(query)),
    map: ({ snapshot, ...query }) => readings.from(snapshot, (reader) => reader.map(query)),
    values: ({ field, text, snapshot }) => readings.from(snapshot, (reader) => reader.values(field, text)),
    get: ({ id, snapshot }) => readings.from(snapshot, (reader) => reader.detail(id)),
    reading: ({ id, row, snapshot }) => readings.from(snapshot, (reader) => reader.reading(id, row)),
    caused: ({ id, snapshot }) => readings.from(snapshot, (reader) => reader.caused(id)),
    messages: ({ id, snapshot, ...query }) => readings.from(snapshot, (reader) => reader.conversation(id, query)),
    message: ({ id, number, snapshot }) => readings.from(snapshot, (reader) => reader.message(id, number)),
    body: ({ id, side, form, offset, length, snapshot }) =>
      readings.from(snapshot, async (reader) => {
        const { bytes, ...slice } = await reader.body(id, side, form, offset, length);
        return { ...slice, base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') };
      }),
    head: async ({ id, side, snapshot }) => {
      const record = await readings.from(snapshot, (reader) => reader.record(id));
      return { base64: Buffer.from(record[side].head).toString('base64') };
    },
  };
}

export interface PairParts {
  store: Store;
  readings: Readings;
  /** Hands over what the recorder holds back, and waits until the store can show it. */
  flush: () => Promise<void>;
}

export function pairHandlers({ store, readings, flush }: PairParts): Handlers['pairs'] {
  return {
    ...pairReadHandlers(readings),
    pin: async ({ ids, pinned }) => ({ pinned: await store.pin(ids, pinned) }),
    mark: ({ ids, colour, note }) => {
      // What is marked stays; what loses its mark keeps the pin, so that nothing is deleted by surprise.
      const pins = (colour ?? null) !== null || (note ?? '').trim() !== '';
      const changes = ids.map((id) => ({ id, colour, note, ...(pins ? { pinned: true } : {}) }));
      return store.mark(changes);
    },
    restoreMarks: ({ marks }) => store.mark(marks),
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
