import { failedSql } from '../rrpair/location.ts';
import { openForReading } from '../store/schema.ts';
import type { CountTask, RangeCount, TaskHost } from './tasks.ts';

/** Rows that are looked at in one step, so that a cancelled count ends soon. */
const STEP = 50_000;

/** Counts what is stored of ranges of ids. */
export async function count({ path, ranges }: CountTask, host: TaskHost): Promise<RangeCount[]> {
  const database = openForReading(path);
  try {
    const statement = database.prepare(
      `SELECT count(*) AS pairs, coalesce(sum(outbound), 0) AS outbound, coalesce(sum(${failedSql}), 0) AS errors,
        min(started) AS firstStart, max(started) AS lastStart FROM pair WHERE id BETWEEN ? AND ?`,
    );
    const limit = database.prepare('SELECT coalesce(min(id), 1) AS low, coalesce(max(id), 0) AS high FROM pair').get();
    const counts: RangeCount[] = [];
    for (const [index, { first, last }] of ranges.entries()) {
      const sum: RangeCount = { pairs: 0, outbound: 0, errors: 0, firstStart: 0, lastStart: 0 };
      const high = Math.min(last, Number(limit?.['high']));
      for (let at = Math.max(first, Number(limit?.['low'])); at <= high; at += STEP) {
        host.progress(index, ranges.length);
        const row = statement.get(at, Math.min(high, at + STEP - 1));
        sum.pairs += Number(row?.['pairs']);
        sum.outbound += Number(row?.['outbound']);
        sum.errors += Number(row?.['errors']);
        if (sum.firstStart === 0) sum.firstStart = Number(row?.['firstStart'] ?? 0);
        sum.lastStart = Math.max(sum.lastStart, Number(row?.['lastStart'] ?? 0));
      }
      counts.push(sum);
    }
    return counts;
  } finally {
    database.close();
  }
}
