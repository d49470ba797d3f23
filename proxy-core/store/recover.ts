import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { PairWriter } from './writer.ts';

/** Moves a database that cannot be used out of the way, whole, so that somebody can still look at it. `what` it is stands in its new path, which is returned. */
export function setAside(path: string, what: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-');
  let target = join(dirname(path), `pairs-${what}-${stamp}.db`);
  for (let count = 2; existsSync(target); count += 1) target = join(dirname(path), `pairs-${what}-${stamp}-${String(count)}.db`);
  renameSync(path, target);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${target}-wal`);
  rmSync(`${path}-shm`, { force: true });
  return target;
}

/** Reads a little of everything, so that a damaged file is found when it is opened. A full check of gigabytes would take minutes. */
export function quickCheck(database: DatabaseSync): void {
  for (const table of ['pair', 'part', 'block', 'stock', 'connection']) {
    database.prepare(`SELECT * FROM ${table} ORDER BY rowid LIMIT 5`).all();
    database.prepare(`SELECT * FROM ${table} ORDER BY rowid DESC LIMIT 5`).all();
  }
}

/**
 * What an engine that died left: open pairs will never end (their records still say `open`, which tells whoever reads them), and parts of
 * bodies may belong to pairs that were never written.
 */
export function finishInterrupted(database: DatabaseSync, writer: PairWriter): void {
  const open = database.prepare('SELECT 1 FROM pair WHERE open = 1 LIMIT 1').get();
  const orphans = database.prepare('SELECT block FROM part WHERE pair NOT IN (SELECT id FROM pair)').all();
  if (open === undefined && orphans.length === 0) return;
  writer.transaction(() => {
    database
      .prepare(
        "UPDATE pair SET open = 0, error = 'engine-died', status = CASE status WHEN '' THEN 'engine-died' ELSE status END, revision = ? WHERE open = 1",
      )
      .run(writer.state.revision);
    for (const { block } of orphans) writer.forgetPart(Number(block));
    database.exec('DELETE FROM part WHERE pair NOT IN (SELECT id FROM pair)');
  });
}
