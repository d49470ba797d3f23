import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Recorder } from '../../capture/recorder.ts';
import { SidetapError } from '../../errors.ts';
import { harDocument } from '../../export/har.ts';
import { replayPair } from '../../replay/replay.ts';
import type { PairQuery } from '../../rrpair/shapes.ts';
import type { PairReader } from '../../store/store.ts';
import { version } from '../../version.ts';
import type { Handlers } from '../handlers.ts';
import type { UpstreamTrust } from './capture-switch.ts';
import type { Jobs } from './jobs.ts';

/** What is exported when nothing was chosen. */
const everything: PairQuery = { filter: '', noise: true, sort: { by: 'time', descending: false } };

export function exportHandlers(store: PairReader, jobs: Jobs): Handlers['export'] {
  return {
    curl: async ({ id, shell, reveal }) => jobs.curl(await store.record(id), { shell, reveal }),
    har: async ({ ids, query = everything, reveal }) => {
      if (ids !== undefined) await demand(store, ids);
      const total = ids?.length ?? (await store.list(query, 0, 1)).total;
      const pieces = harDocument(store, ids ?? store.ids(query), { reveal, total, version }, (record, shown) =>
        jobs.harEntry(record, shown),
      );
      return oneByOne(pieces);
    },
  };
}

/** A reader that keeps up would get all pieces in one turn of the event loop, and traffic none in between. */
async function* oneByOne<Piece>(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    yield piece;
    await nextTurn();
  }
}

/** A document is not begun for pairs that are not there. */
async function demand(store: PairReader, ids: readonly number[]): Promise<void> {
  const found = new Set((await store.summaries(ids)).map(({ id }) => id));
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw new SidetapError('pair-not-found', `There is no pair ${missing}.`, { details: { id: missing } });
}

export interface ReplayParts {
  store: PairReader;
  recorder: Recorder;
  jobs: Jobs;
  /** Hands over what the recorder holds back, and waits until the store can show it. */
  flush: () => Promise<void>;
  upstreamTrust: () => UpstreamTrust;
}

export function replayHandlers({ store, recorder, jobs, flush, upstreamTrust }: ReplayParts): Handlers['replay'] {
  return {
    run: async ({ id, to }) => {
      const before = await store.record(id);
      const sent = await replayPair(before, { to, ...upstreamTrust() }, (connection, extra) => recorder.observe(connection, extra));
      await flush();
      const [after, summaries] = await Promise.all([store.record(sent.id), store.summaries([sent.id])]);
      const pair = summaries[0];
      if (pair === undefined) {
        throw new SidetapError('store-unusable', 'The request was sent again, but the answer could not be stored.');
      }
      return { original: id, pair, diff: await jobs.diff(before, after) };
    },
    diff: diffHandler(store, jobs),
  };
}

export function diffHandler(store: PairReader, jobs: Jobs): Handlers['replay']['diff'] {
  return async ({ before, after }) => jobs.diff(await store.record(before), await store.record(after));
}
