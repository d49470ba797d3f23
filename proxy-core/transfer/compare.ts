import { DatabaseSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import { diffRecords } from '../replay/diff.ts';
import type { MessageCapture, PairRecord } from '../rrpair/pair.ts';
import type { SnapshotDiffCounts, SnapshotDifference } from '../rrpair/transfers.ts';
import { openSelected, type SelectedPairs } from './selected.ts';
import type { CompareTask, TaskHost } from './tasks.ts';

/** A latency counts as changed above both: so many µs, and such a part of the shorter one. */
const NOTABLE_MICROS = 20_000;
const NOTABLE_PART = 0.5;

interface Match {
  command: string;
  host: string;
  location: string;
  before: number | null;
  after: number | null;
  statusBefore: string | null;
  statusAfter: string | null;
  latencyBefore: number | null;
  latencyAfter: number | null;
}

/**
 * Compares two selections of pairs: those with the same command, host and location belong together, the first with the first, the second with
 * the second. Everything is sorted and matched in a file, so that memory stays bounded whatever their size.
 */
export async function compare(task: CompareTask, host: TaskHost): Promise<SnapshotDiffCounts> {
  const before = openSelected(task.before);
  const after = openSelected(task.after);
  // Without a name it is a temporary file, which SQLite removes.
  const desk = new DatabaseSync('');
  try {
    desk.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8192; PRAGMA temp_store = FILE');
    // To read the rows is a step for each, to compare a pair one more.
    const total = 2 * (before.total + after.total);
    let done = 0;
    const step = (): void => host.progress(done++, total);
    lay(desk, 'earlier', before, step);
    lay(desk, 'later', after, step);
    const counts = new Counts();
    let listed = 0;
    for (const match of matches(desk)) {
      step();
      const difference = differenceOf(match, before, after);
      counts.add(match, difference);
      if (difference.kind === 'changed' && !isWorthListing(difference)) continue;
      if (listed < limits.snapshotDifferences) host.found([difference]);
      listed += 1;
    }
    host.progress(total, total);
    return counts.result(desk);
  } finally {
    desk.close();
    before.close();
    after.close();
  }
}

/** Puts the rows of one side on the desk, numbered among those that are called alike. */
function lay(desk: DatabaseSync, table: 'earlier' | 'later', pairs: SelectedPairs, step: () => void): void {
  desk.exec(
    `CREATE TABLE raw (id INTEGER PRIMARY KEY, command TEXT, host TEXT, location TEXT, status TEXT, latency INTEGER) STRICT; BEGIN`,
  );
  const insert = desk.prepare('INSERT OR IGNORE INTO raw VALUES (?, ?, ?, ?, ?, ?)');
  for (const id of pairs.ids()) {
    step();
    const row = pairs.source.row(id);
    if (row !== undefined) insert.run(id, row.command, row.host, row.location, row.status, row.latency);
  }
  desk.exec(`COMMIT;
    CREATE TABLE ${table} AS SELECT *, row_number() OVER (PARTITION BY command, host, location ORDER BY id) AS nth FROM raw;
    CREATE INDEX ${table}_name ON ${table} (command, host, location, nth);
    DROP TABLE raw`);
}

function* matches(desk: DatabaseSync): Generator<Match> {
  const same = 'other.command = one.command AND other.host = one.host AND other.location = one.location AND other.nth = one.nth';
  const both = desk.prepare(
    `SELECT one.command, one.host, one.location, one.id AS before, other.id AS after, one.status AS statusBefore, other.status AS statusAfter,
      one.latency AS latencyBefore, other.latency AS latencyAfter FROM earlier one LEFT JOIN later other ON ${same} ORDER BY one.id`,
  );
  for (const row of both.iterate()) yield row as unknown as Match;
  const added = desk.prepare(
    `SELECT one.command, one.host, one.location, NULL AS before, one.id AS after, NULL AS statusBefore, one.status AS statusAfter,
      NULL AS latencyBefore, one.latency AS latencyAfter FROM later one
      WHERE NOT EXISTS (SELECT 1 FROM earlier other WHERE ${same}) ORDER BY one.id`,
  );
  for (const row of added.iterate()) yield row as unknown as Match;
}

function differenceOf(match: Match, before: SelectedPairs, after: SelectedPairs): SnapshotDifference {
  const { command, host, location } = match;
  const name = { command, host, location, before: match.before, after: match.after };
  const latencyMs = { before: millis(match.latencyBefore), after: millis(match.latencyAfter) };
  const unchanged = { status: null, headers: 0, body: 0, slower: false, faster: false };
  if (match.after === null) return { kind: 'only-before', ...name, ...unchanged, latencyMs };
  if (match.before === null) return { kind: 'only-after', ...name, ...unchanged, latencyMs };
  const change = notable(match.latencyBefore, match.latencyAfter);
  const statusBefore = match.statusBefore ?? '';
  const statusAfter = match.statusAfter ?? '';
  return {
    kind: 'changed',
    ...name,
    status: statusBefore === statusAfter ? null : { before: statusBefore, after: statusAfter },
    ...answers(before.source.record(match.before), after.source.record(match.after)),
    latencyMs,
    slower: change > 0,
    faster: change < 0,
  };
}

function answers(before: PairRecord | undefined, after: PairRecord | undefined): { headers: number; body: number } {
  if (before === undefined || after === undefined) return { headers: 0, body: 0 };
  if (isSame(before.response, after.response)) return { headers: 0, body: 0 };
  const { headers, body } = diffRecords(before, after);
  return { headers: headers.filter(({ noise }) => !noise).length, body: body.filter(({ noise }) => !noise).length };
}

function isSame(one: MessageCapture, other: MessageCapture): boolean {
  return Buffer.compare(one.head, other.head) === 0 && Buffer.compare(one.body, other.body) === 0 && one.crc32 === other.crc32;
}

function isWorthListing({ status, headers, body, slower, faster }: SnapshotDifference): boolean {
  return status !== null || headers > 0 || body > 0 || slower || faster;
}

/** Above 0 when it became slower, below when faster, 0 when neither is worth telling. */
function notable(before: number | null, after: number | null): number {
  if (before === null || after === null) return 0;
  const change = after - before;
  const least = Math.max(NOTABLE_MICROS, Math.min(before, after) * NOTABLE_PART);
  return Math.abs(change) < least ? 0 : change;
}

function millis(micros: number | null): number | null {
  return micros === null ? null : micros / 1000;
}

class Counts {
  #same = 0;
  #changed = 0;
  #onlyBefore = 0;
  #onlyAfter = 0;
  #slower = 0;
  #faster = 0;

  add(match: Match, { status, headers, body, slower, faster }: SnapshotDifference): void {
    if (match.after === null) this.#onlyBefore += 1;
    else if (match.before === null) this.#onlyAfter += 1;
    else if (status === null && headers === 0 && body === 0) this.#same += 1;
    else this.#changed += 1;
    if (slower) this.#slower += 1;
    if (faster) this.#faster += 1;
  }

  result(desk: DatabaseSync): SnapshotDiffCounts {
    return {
      same: this.#same,
      changed: this.#changed,
      onlyBefore: this.#onlyBefore,
      onlyAfter: this.#onlyAfter,
      slower: this.#slower,
      faster: this.#faster,
      medianMs: { before: medianOf(desk, 'earlier', 'later'), after: medianOf(desk, 'later', 'earlier') },
    };
  }
}

/** Of the latencies of those that the other side has too. */
function medianOf(desk: DatabaseSync, table: string, other: string): number | null {
  const having = `FROM ${table} one WHERE latency IS NOT NULL AND EXISTS (SELECT 1 FROM ${other} other
    WHERE other.command = one.command AND other.host = one.host AND other.location = one.location AND other.nth = one.nth)`;
  const pairs = Number(desk.prepare(`SELECT count(*) AS pairs ${having}`).get()?.['pairs']);
  const row = desk.prepare(`SELECT latency ${having} ORDER BY latency LIMIT 1 OFFSET ?`).get(Math.floor(pairs / 2));
  return millis(row === undefined ? null : Number(row['latency']));
}
