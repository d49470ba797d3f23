import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { PairExtra } from './batch.ts';
import { extraOf, messageFlags } from './row.ts';
import type { PairWriter } from './writer.ts';

/** Moves a damaged database out of the way, whole, so that somebody can still look at it. Returns its new path. */
export function setAside(path: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-');
  let target = join(dirname(path), `pairs-corrupt-${stamp}.db`);
  for (let count = 2; existsSync(target); count += 1) target = join(dirname(path), `pairs-corrupt-${stamp}-${String(count)}.db`);
  renameSync(path, target);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${target}-wal`);
  rmSync(`${path}-shm`, { force: true });
  return target;
}

/** Reads a little of everything, so that a damaged file is found when it is opened. A full check of gigabytes would take minutes. */
export function quickCheck(database: DatabaseSync): void {
  for (const table of ['pair', 'message', 'part', 'connection']) {
    database.prepare(`SELECT * FROM ${table} ORDER BY rowid LIMIT 5`).all();
    database.prepare(`SELECT * FROM ${table} ORDER BY rowid DESC LIMIT 5`).all();
  }
}

/** What an engine that died left: open pairs will never end, and parts of bodies may belong to pairs that were never written. */
export function finishInterrupted(database: DatabaseSync, writer: PairWriter): void {
  const open = database.prepare('SELECT id FROM pair WHERE open = 1').all();
  const orphans = database.prepare('SELECT 1 FROM part WHERE pair NOT IN (SELECT id FROM pair) LIMIT 1').get();
  if (open.length === 0 && orphans === undefined) return;
  writer.transaction(() => {
    const closePair = database.prepare(
      "UPDATE pair SET open = 0, error = 'engine-died', status = CASE status WHEN '' THEN 'engine-died' ELSE status END, revision = ? WHERE id = ?",
    );
    const readExtra = database.prepare('SELECT extra FROM message WHERE id = ?');
    const keptParts = database.prepare('SELECT sum(length(bytes)) AS bytes FROM part WHERE pair = ? AND side = ?');
    const finish = database.prepare(
      `UPDATE message SET extra = ?, flags = flags | ?, request_wire = max(request_wire, ?), response_wire = max(response_wire, ?) WHERE id = ?`,
    );
    for (const { id } of open) {
      if (typeof id !== 'number') continue;
      closePair.run(writer.state.revision, id);
      const bytes = readExtra.get(id)?.['extra'];
      const extra: PairExtra = extraOf(bytes instanceof Uint8Array ? Buffer.from(bytes) : Buffer.alloc(0));
      extra.failure ??= { code: 'engine-died', detail: '' };
      const request = Number(keptParts.get(id, 0)?.['bytes'] ?? 0);
      const response = Number(keptParts.get(id, 1)?.['bytes'] ?? 0);
      const flags = (request > 0 ? messageFlags.requestInParts : 0) | (response > 0 ? messageFlags.responseInParts : 0);
      finish.run(Buffer.from(JSON.stringify(extra)), flags, request, response, id);
    }
    database.exec('DELETE FROM part WHERE pair NOT IN (SELECT id FROM pair)');
  });
}
