import type { PairRecord } from '../rrpair/pair.ts';
import { RecordSource } from '../store/record-source.ts';
import { openForReading, openSnapshotFile } from '../store/schema.ts';
import type { Selected } from './tasks.ts';

export interface SelectedPairs {
  /** How many were asked for. */
  total: number;
  source: RecordSource;
  ids: () => Iterable<number>;
  /** One for each id; undefined for those that were deleted meanwhile. */
  records: () => Generator<PairRecord | undefined>;
  close: () => void;
}

/** Opens what was selected. Nothing of it is held but the ids. */
export function openSelected({ path, snapshot, ids }: Selected): SelectedPairs {
  const source = new RecordSource(snapshot ? openSnapshotFile(path) : openForReading(path));
  const all = (): Iterable<number> => ids ?? source.ids();
  return {
    total: ids?.length ?? source.count(),
    source,
    ids: all,
    *records() {
      for (const id of all()) yield source.record(id);
    },
    close: () => source.close(),
  };
}
