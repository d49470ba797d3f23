import type { DatabaseSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import type { PairWriter } from './writer.ts';

/** Deletes some of the unpinned pairs between two ids, in one short transaction. Returns how many; 0 when there are none left. */
export function discardPairs(database: DatabaseSync, writer: PairWriter, first: number, last: number): number {
  const rows = database
    .prepare('SELECT id, noise, connection, block FROM pair WHERE id BETWEEN ? AND ? AND pinned = 0 ORDER BY id LIMIT ?')
    .all(first, last, limits.retentionRows);
  const upTo = rows.length < limits.retentionRows ? last : Number(rows.at(-1)?.['id']);
  // Also those of bodies whose pair was never written.
  const parts = database.prepare(
    'SELECT block FROM part WHERE pair BETWEEN ? AND ? AND pair NOT IN (SELECT id FROM pair WHERE pinned = 1)',
  );
  writer.transaction(() => {
    for (const { block } of parts.iterate(first, upTo)) writer.forgetPart(Number(block));
    database
      .prepare('DELETE FROM part WHERE pair BETWEEN ? AND ? AND pair NOT IN (SELECT id FROM pair WHERE pinned = 1)')
      .run(first, upTo);
    database.prepare('DELETE FROM pair WHERE id BETWEEN ? AND ? AND pinned = 0').run(first, upTo);
    for (const row of rows) {
      writer.forget(Number(row['id']), {
        noise: row['noise'] === 1,
        connection: Number(row['connection']),
        block: Number(row['block']),
      });
    }
    // They were not the oldest, so lists have to be made anew.
    writer.state.epoch += 1;
  });
  return rows.length;
}
