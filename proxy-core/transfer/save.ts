import { renameSync } from 'node:fs';
import { Masker } from '../redact/mask.ts';
import { maskRecord } from '../redact/record.ts';
import { SnapshotWriter } from '../store/snapshot-file.ts';
import { partOf, writeProblem } from './places.ts';
import { openSelected } from './selected.ts';
import type { SaveTask, TaskHost, WriteResult } from './tasks.ts';

/** Writes pairs into a database of their own: a snapshot, or a `.sidetap` file. It appears whole or not at all. */
export async function save({ from, path, facts, masking }: SaveTask, host: TaskHost): Promise<WriteResult> {
  const masker = masking === null ? null : new Masker(masking);
  const part = partOf(path);
  const pairs = openSelected(from);
  let writer: SnapshotWriter | null = null;
  try {
    writer = new SnapshotWriter(part, facts);
    let written = 0;
    let masked = 0;
    let done = 0;
    for (const record of pairs.records()) {
      host.progress(done, pairs.total);
      done += 1;
      if (record === undefined) continue;
      const out = masker === null ? { record, findings: [] } : maskRecord(record, masker);
      for (const finding of out.findings) masked += finding.count;
      writer.add(out.record);
      written += 1;
    }
    host.progress(done, pairs.total);
    const { bytes } = writer.finish();
    renameSync(part, path);
    return { pairs: written, files: 1, bytes, left: 0, masked };
  } catch (error) {
    writer?.abandon();
    throw writeProblem(error, path);
  } finally {
    pairs.close();
  }
}
