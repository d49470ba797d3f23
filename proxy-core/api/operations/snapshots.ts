import type { PairQuery } from '../../rrpair/shapes.ts';
import type { Selection, SnapshotDiffEvent, SnapshotEvent } from '../../rrpair/transfers.ts';
import { runTask } from '../../transfer/run.ts';
import type { Snapshots } from '../../transfer/snapshots.ts';
import type { Transfers } from '../../transfer/transfers.ts';
import type { Handlers } from '../handlers.ts';
import type { Readings } from './readings.ts';

export interface SnapshotParts {
  snapshots: Snapshots;
  readings: Readings;
  transfers: Transfers;
  /** Everything captured so far can be read when this resolves. */
  flush: () => Promise<void>;
}

export function snapshotHandlers({ snapshots, readings, transfers, flush }: SnapshotParts): Handlers['snapshots'] {
  return {
    list: async () => snapshots.list(),
    save: async ({ name, ...selection }, { signal }) => {
      await flush();
      const from = await readings.selected(selection);
      // In the order of ids, in which a database writes best.
      from.ids?.sort();
      const { id, path } = snapshots.place(name);
      const facts = { name, madeAt: new Date().toISOString(), origin: originOf(selection), masked: false };
      const events = runTask<'save'>({ kind: 'save', from, path, facts, masking: null }, transfers.options(signal));
      return saved(events, () => snapshots.find(id));
    },
    rename: ({ snapshot, name }) => snapshots.rename(snapshot, name),
    remove: ({ snapshot }) => snapshots.remove(snapshot),
    diff: async ({ before, after }, { signal }) => {
      await flush();
      const [one, other] = [await readings.selected(before), await readings.selected(after)];
      return compared(runTask<'compare'>({ kind: 'compare', before: one, after: other }, transfers.options(signal)));
    },
  };
}

async function* saved(
  events: ReturnType<typeof runTask<'save'>>,
  snapshot: () => SnapshotEvent['snapshot'],
): AsyncGenerator<SnapshotEvent> {
  let total = 0;
  for await (const event of events) {
    if (event.type === 'progress') {
      total = event.total;
      yield { done: event.done, total, snapshot: null };
    } else yield { done: total, total, snapshot: snapshot() };
  }
}

async function* compared(events: ReturnType<typeof runTask<'compare'>>): AsyncGenerator<SnapshotDiffEvent> {
  let total = 0;
  for await (const event of events) {
    const { differences } = event;
    if (event.type === 'progress') {
      total = event.total;
      yield { done: event.done, total, differences, counts: null };
    } else yield { done: total, total, differences, counts: event.result };
  }
}

/** What a snapshot was made from, for people. */
export function originOf({ ids, query, snapshot }: Selection): string {
  const what = ids !== undefined ? `${String(ids.length)} chosen` : (filterOf(query) ?? 'everything');
  return snapshot === undefined ? what : `${what} of ${snapshot}`;
}

function filterOf(query: PairQuery | undefined): string | undefined {
  return query === undefined || query.filter.trim() === '' ? undefined : query.filter;
}
