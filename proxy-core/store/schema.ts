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
export const schemaVersion = 1;

/**
 * `pair` is what the list shows and cheap filters ask for; its numbers come first so that a scan decodes little of a row. `message` is
 * what is read for one pair at a time; `part` holds bodies too large for one record. Ids rise with time, so the default order of the list
 * needs no index; `pair_revision` lets a list catch up with what changed since it looked last.
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
  status_code INTEGER,
  latency INTEGER,
  duration INTEGER,
  request_bytes INTEGER NOT NULL,
  response_bytes INTEGER NOT NULL,
  replay_of INTEGER NOT NULL,
  connection INTEGER NOT NULL,
  error TEXT,
  protocol TEXT NOT NULL,
  source TEXT NOT NULL,
  command TEXT NOT NULL,
  status TEXT NOT NULL,
  technologies TEXT NOT NULL,
  host TEXT NOT NULL,
  location TEXT NOT NULL
) STRICT;
CREATE INDEX pair_revision ON pair (revision);
CREATE INDEX pair_pinned ON pair (id) WHERE pinned = 1;
CREATE INDEX pair_open ON pair (id) WHERE open = 1;
CREATE INDEX pair_replay ON pair (replay_of) WHERE replay_of > 0;

CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  request_end INTEGER NOT NULL,
  request_wire INTEGER NOT NULL,
  response_wire INTEGER NOT NULL,
  request_crc INTEGER NOT NULL,
  response_crc INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  extra BLOB,
  request_head BLOB NOT NULL,
  response_head BLOB NOT NULL,
  request_body BLOB NOT NULL,
  response_body BLOB NOT NULL
) STRICT;

CREATE TABLE part (
  pair INTEGER NOT NULL,
  side INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX part_place ON part (pair, side, offset);

CREATE TABLE connection (
  id INTEGER PRIMARY KEY,
  pairs INTEGER NOT NULL,
  info BLOB NOT NULL
) STRICT;

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
  doomed_noise INTEGER NOT NULL
) STRICT;
INSERT INTO state VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
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
  if (version !== 0) refuseOtherVersions(version, path);
  else database.exec(`BEGIN IMMEDIATE; ${statements} PRAGMA user_version = ${String(schemaVersion)}; COMMIT`);
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

function refuseOtherVersions(version: number, path: string): void {
  if (version === schemaVersion) return;
  const message =
    version > schemaVersion
      ? `${path} was written by a newer version of Sidetap. Update Sidetap, or choose another data directory with --data-dir.`
      : `${path} holds no pairs of Sidetap. Choose another data directory with --data-dir.`;
  throw new SidetapError('store-unusable', message, { details: { version } });
}
