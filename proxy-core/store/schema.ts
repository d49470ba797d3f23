import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { makePrivateFolder } from '../private-folder.ts';
import { troubleOf } from './sqlite-error.ts';

/** The name of the database inside the data directory. */
export const databaseName = 'pairs.db';

/** What `PRAGMA user_version` says of a database that this program wrote. */
export const schemaVersion = 5;
/**
 * The oldest version with the same tables, which is read, and written on, as it is: in 3 each record said all of its connection, and up to 4 no
 * block was packed.
 */
const sameTablesSince = 3;

/**
 * `pair` is what the list shows and cheap filters ask for; its numbers come first so that a scan decodes little of a row. Everything
 * else of a pair (heads, bodies, facts for its detail) stays in the batch it came in (`batch.ts`): batches are stored whole (`packed.ts`), in `block`, and
 * `block` and `place` tell where a pair's latest record is. `part` tells the same of bodies too large for one record. `stock` counts
 * what still points to a block; it is a table of its own because SQLite writes a row anew, bytes and all, when a number in it changes.
 * `marked` says that a pair has a colour or a note: so few have that those stand last, where no scan comes that does not ask for them.
 * Blocks behind `state.listed_to` have no rows yet: under load those come later (`listing.ts`).
 * Ids rise with time, so the default order of the list needs no index; `pair_revision` lets a list catch up with what changed since
 * it looked last.
 */
const statements = `
CREATE TABLE pair (
  id INTEGER PRIMARY KEY,
  revision INTEGER NOT NULL,
  started INTEGER NOT NULL,
  open INTEGER NOT NULL,
  outbound INTEGER NOT NULL,
  noise INTEGER NOT NULL,
  pinned INTEGER NOT NULL DEFAULT 0,
  marked INTEGER NOT NULL DEFAULT 0,
  status_code INTEGER,
  latency INTEGER,
  duration INTEGER,
  request_bytes INTEGER NOT NULL,
  response_bytes INTEGER NOT NULL,
  replay_of INTEGER NOT NULL,
  connection INTEGER NOT NULL,
  block INTEGER NOT NULL,
  place INTEGER NOT NULL,
  error TEXT,
  protocol TEXT NOT NULL,
  source TEXT NOT NULL,
  command TEXT NOT NULL,
  status TEXT NOT NULL,
  technologies TEXT NOT NULL,
  host TEXT NOT NULL,
  location TEXT NOT NULL,
  colour TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX pair_revision ON pair (revision);
CREATE INDEX pair_pinned ON pair (id) WHERE pinned = 1;
CREATE INDEX pair_marked ON pair (id) WHERE marked = 1;
CREATE INDEX pair_open ON pair (id) WHERE open = 1;
CREATE INDEX pair_replay ON pair (replay_of) WHERE replay_of > 0;

CREATE TABLE part (
  pair INTEGER NOT NULL,
  side INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL,
  block INTEGER NOT NULL,
  place INTEGER NOT NULL
) STRICT;
CREATE INDEX part_place ON part (pair, side, offset);

CREATE TABLE block (
  -- Never used again: who remembers a block by its id must not find another one.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  bytes BLOB NOT NULL
) STRICT;
CREATE TABLE stock (
  block INTEGER PRIMARY KEY,
  records INTEGER NOT NULL
) STRICT;

CREATE TABLE connection (
  id INTEGER PRIMARY KEY,
  pairs INTEGER NOT NULL,
  flow TEXT,
  info BLOB NOT NULL
) STRICT;
CREATE INDEX connection_flow ON connection (flow) WHERE flow IS NOT NULL;

CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  revision INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  deleted_to INTEGER NOT NULL,
  deleted_at INTEGER NOT NULL,
  hidden_to INTEGER NOT NULL,
  doomed_to INTEGER NOT NULL,
  cleared_at INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  noise INTEGER NOT NULL,
  hidden_rows INTEGER NOT NULL,
  hidden_noise INTEGER NOT NULL,
  doomed_rows INTEGER NOT NULL,
  doomed_noise INTEGER NOT NULL,
  kept_to INTEGER NOT NULL,
  listed_to INTEGER NOT NULL
) STRICT;
INSERT INTO state VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
`;

/** Opens the database for writing and makes what is missing. Throws SQLite's errors, and `store-unusable` when it is not to be used. */
export function openForWriting(path: string): DatabaseSync {
  prepareFile(path);
  const database = new DatabaseSync(path, { timeout: 5_000, enableForeignKeyConstraints: false });
  try {
    // 8 KiB pages hold several pairs of usual size; a page can only be reused, or given back, when all on it are gone.
    database.exec('PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL');
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY');
    database.exec(`PRAGMA cache_size = -${String(limits.storeCacheBytes / 1024)}`);
    database.exec(`PRAGMA wal_autocheckpoint = ${String(Math.round(limits.walBytes / 8_192))}`);
    database.exec(`PRAGMA journal_size_limit = ${String(limits.walBytes)}`);
    migrate(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** `PRAGMA application_id` of files that hold chosen pairs and leave the data directory's database alone: "SdTp". */
export const snapshotId = 0x53_64_54_70;

/** Makes a file of its own for chosen pairs: the same tables, and one row that says what it is. It must not exist yet. */
export function makeSnapshotFile(path: string): DatabaseSync {
  closeSync(openSync(path, 'wx', 0o600));
  const database = new DatabaseSync(path, { timeout: 5_000, enableForeignKeyConstraints: false });
  try {
    // Nobody reads it before it is whole, and one that is not is removed: no journal, and one sync at the end.
    database.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY');
    database.exec(`PRAGMA cache_size = -${String(limits.storeCacheBytes / 1024)}`);
    database.exec(`BEGIN; ${statements} ${snapshotStatement} COMMIT`);
    database.exec(`PRAGMA user_version = ${String(schemaVersion)}; PRAGMA application_id = ${String(snapshotId)}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const snapshotStatement = `CREATE TABLE snapshot (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  name TEXT NOT NULL,
  made_at TEXT NOT NULL,
  origin TEXT NOT NULL,
  masked INTEGER NOT NULL
) STRICT;`;

/**
 * Opens a snapshot's file for reading. It may come from anybody: unless it holds exactly the tables and indexes that we make, nothing of it is
 * read. Throws `import-failed`.
 */
export function openSnapshotFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000, enableForeignKeyConstraints: false });
  try {
    database.enableDefensive(true);
    database.exec(`PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -${String(limits.storeCacheBytes / 1024)}`);
    const application = Number(database.prepare('PRAGMA application_id').get()?.['application_id']);
    if (application !== snapshotId) throw new SidetapError('import-failed', `${path} is not a file of Sidetap.`);
    refuseOtherVersions(versionOf(database), path);
    if (schemaOf(database) !== expectedSchema()) {
      throw new SidetapError('import-failed', `${path} holds other tables than a file of Sidetap does, so it is not read.`);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function schemaOf(database: DatabaseSync): string {
  return JSON.stringify(database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name').all());
}

let expected: string | undefined;

function expectedSchema(): string {
  if (expected !== undefined) return expected;
  const database = new DatabaseSync(':memory:');
  database.exec(`${statements} ${snapshotStatement}`);
  expected = schemaOf(database);
  database.close();
  return expected;
}

/** Opens the database for reading; an empty one in memory when there is none yet. */
export function openForReading(path: string): DatabaseSync {
  const database = existing(path) ?? new DatabaseSync(':memory:');
  try {
    if (database.location() === null) database.exec(statements);
    else refuseOtherVersions(versionOf(database), path);
    database.exec(`PRAGMA cache_size = -${String(limits.storeCacheBytes / 1024)}; PRAGMA temp_store = MEMORY`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Undefined when there is no database, or one in which nothing was made yet. */
function existing(path: string): DatabaseSync | undefined {
  if (!existsSync(path) || statSync(path).size === 0) return undefined;
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    versionOf(database);
    return database;
  } catch (error) {
    database.close();
    if (troubleOf(error) !== 'disk' || existsSync(`${path}-wal`)) throw error;
    // A directory in which nothing can be made, such as a copy on a read-only disk: without a log, nobody is writing it.
    return new DatabaseSync(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true });
  }
}

/** Captured traffic is as secret as what it carries: only the user may read it. SQLite gives -wal and -shm the mode of the database. */
function prepareFile(path: string): void {
  try {
    makePrivateFolder(dirname(path));
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  } catch (error) {
    const message = `Pairs cannot be stored in ${dirname(path)} (${messageOf(error)}). Choose another data directory with --data-dir.`;
    throw new SidetapError('store-unusable', message, { cause: error });
  }
}

function migrate(database: DatabaseSync, path: string): void {
  const version = versionOf(database);
  const isNew = version === 0;
  if (!isNew) refuseOtherVersions(version, path);
  if (version === schemaVersion) return;
  database.exec(`BEGIN IMMEDIATE; ${isNew ? statements : ''} PRAGMA user_version = ${String(schemaVersion)}; COMMIT`);
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** The version of a file that was refused because an earlier Sidetap wrote it; null for every other error. */
export function earlierVersion(error: unknown): number | null {
  if (!(error instanceof SidetapError) || error.code !== 'store-unusable') return null;
  const version = error.details?.['version'];
  return typeof version === 'number' && version < schemaVersion ? version : null;
}

function refuseOtherVersions(version: number, path: string): void {
  if (version >= sameTablesSince && version <= schemaVersion) return;
  const message =
    version > schemaVersion
      ? `${path} was written by a newer version of Sidetap. Update Sidetap, or choose another data directory with --data-dir.`
      : `${path} was written by an earlier version of Sidetap, which stored pairs in another way. The next capture sets it aside and begins a new one.`;
  throw new SidetapError('store-unusable', message, { details: { version } });
}
