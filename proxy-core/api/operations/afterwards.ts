import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Recorder } from '../../capture/recorder.ts';
import { SidetapError } from '../../errors.ts';
import { harDocument } from '../../export/har.ts';
import { replayPair } from '../../replay/replay.ts';
import type { PairRecord } from '../../rrpair/pair.ts';
import type { PairReader } from '../../store/store.ts';
import { version } from '../../version.ts';
import type { Handlers } from '../handlers.ts';
import type { UpstreamTrust } from './capture-switch.ts';
import type { Jobs } from './jobs.ts';
import { demand, everything, type Readings } from './readings.ts';
import { replayManyHandler } from './sending.ts';
import { exportFileHandler, type WriteParts } from './transfers.ts';

export interface ExportParts extends WriteParts {
  jobs: Jobs;
}

export function exportHandlers(parts: ExportParts): Handlers['export'] {
  const { readings, jobs, masking, revealed } = parts;
  return {
    curl: async ({ id, shell, reveal = revealed(), snapshot }) =>
      jobs.curl(await recordOf(readings, id, snapshot), { shell, reveal, rules: masking.rules }),
    code: async ({ id, format, reveal = revealed(), snapshot }) =>
      jobs.code(await recordOf(readings, id, snapshot), { format, reveal, rules: masking.rules }),
    har: async ({ ids, query = everything, reveal = revealed(), snapshot }) =>
      readings.stream(snapshot, async (reader) => {
        if (ids !== undefined) await demand(reader, ids);
        const total = ids?.length ?? (await reader.list(query, 0, 1)).total;
        const options = { reveal, rules: masking.rules, total, version };
        return oneByOne(harDocument(reader, ids ?? reader.ids(query), options, (...entry) => jobs.harEntry(...entry)));
      }),
    file: exportFileHandler(parts),
  };
}

function recordOf(readings: Readings, id: number, snapshot: string | undefined): Promise<PairRecord> {
  return readings.from(snapshot, (reader) => reader.record(id));
}

/** A reader that keeps up would get all pieces in one turn of the event loop, and traffic none in between. */
async function* oneByOne<Piece>(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    yield piece;
    await nextTurn();
  }
}

export interface ReplayParts {
  store: PairReader;
  readings: Readings;
  recorder: Recorder;
  jobs: Jobs;
  /** Hands over what the recorder holds back, and waits until the store can show it. */
  flush: () => Promise<void>;
  upstreamTrust: () => UpstreamTrust;
}

export function replayHandlers(parts: ReplayParts): Handlers['replay'] {
  const { store, readings, recorder, jobs, flush, upstreamTrust } = parts;
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
    many: replayManyHandler(parts),
    diff: diffHandler(readings, jobs),
  };
}

export function diffHandler(readings: Readings, jobs: Jobs): Handlers['replay']['diff'] {
  return async ({ before, after, side, beforeSnapshot, afterSnapshot }) =>
    jobs.diff(await recordOf(readings, before, beforeSnapshot), await recordOf(readings, after, afterSnapshot), side);
}
