import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp } from './support/clean-up.ts';
import { Engine, EngineDidNotStart, temporaryDirectory } from './support/engine.ts';
import { onSmallDisk, seenFromOutside } from './support/small-disk.ts';
import { get, serveText } from './support/sockets.ts';

afterEach(cleanUp);

const body = 'b'.repeat(100_000);

test('a disk that fills up while traffic passes: traffic goes on, the status says so, and storing begins again when there is space', async () => {
  const dataDir = await temporaryDirectory();
  const prepare = 'head -c 5000000 /dev/zero > ballast';
  const engine = await Engine.start({
    app: await serveText(body),
    dataDir,
    command: onSmallDisk(dataDir, { size: '10m', prepare }),
  });
  const disk = seenFromOutside(engine.pid, dataDir);
  let count = 0;
  const pass = async (): Promise<void> => {
    count += 1;
    expect(await get(engine.inPort, `/before/${count}`)).toHaveLength(body.length + 43);
  };
  await pass();
  await engine.recorded('path:/before/1');
  while ((await engine.status()).store.problem === '') await pass();
  const full = await engine.status();
  expect(full.store.problem).toMatch(/disk is full/);
  expect(full.store.problem).toContain(dataDir);
  const stored = await engine.pairs();
  expect(stored.length).toBeGreaterThan(10);

  // For as long as it takes: every request is answered, and what is not stored is counted.
  const before = engine.memory().now;
  for (let more = 0; more < 200; more += 1) await pass();
  expect((await engine.statusWhen(({ shed }) => shed.unwritten > 100)).store.problem).toMatch(/disk is full/);
  expect(engine.memory().peak - before).toBeLessThan(80);

  await rm(path.join(disk, 'ballast'));
  const { shed } = await engine.statusWhen(({ store }) => store.problem === '');
  await get(engine.inPort, '/after');
  expect(await engine.recorded('path:/after')).toHaveLength(1);
  const { shed: later } = await engine.status();
  expect(later).toEqual(shed);
  const now = await engine.pairs();
  // Nothing that was shown is lost, and nothing is unaccounted for.
  expect(now.filter((pair) => stored.some((one) => one.id === pair.id))).toEqual(stored);
  expect(now.length + later.unwritten + later.pairs).toBe(count + 1);
  // SQLite does not go through /proc, so it looks at a copy; the log belongs to it.
  const copy = await temporaryDirectory();
  for (const file of ['pairs.db', 'pairs.db-wal']) await cp(path.join(disk, file), path.join(copy, file));
  const database = new DatabaseSync(path.join(copy, 'pairs.db'));
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  database.close();

  // The notice goes with the trouble, and the terminal was told once.
  expect((await engine.status()).notices).toEqual([]);
  engine.child.kill('SIGTERM');
  expect(await engine.ended).toEqual({ code: 0, signal: null, stderr: `sidetap: ${full.store.problem}\n` });
});

describe('a disk that lets the engine begin, but not start', () => {
  /** One plain sentence, and no process that stays behind. */
  const refusal = { code: 1, signal: null, stderr: expect.stringMatching(/^sidetap: [^\n]+\n$/) as string };

  test('full', async () => {
    const dataDir = await temporaryDirectory();
    const command = onSmallDisk(dataDir, { size: '1m', prepare: 'head -c 2000000 /dev/zero > ballast 2>/dev/null || true' });
    const ended = await failure(Engine.start({ dataDir, command }));
    expect(ended).toEqual(refusal);
    expect(ended.stderr).toMatch(/no space left/i);
  });

  test('not to be written to', async () => {
    const dataDir = await temporaryDirectory();
    const ended = await failure(Engine.start({ dataDir, command: onSmallDisk(dataDir, { size: '1m', readOnly: true }) }));
    expect(ended).toEqual(refusal);
    expect(ended.stderr).toContain(dataDir);
  });

  // The more fit, the later it fails: at the database, its log, the way to the engine, the CA's key, its certificate.
  test('with room for 2, 4, 5, 6 or 8 files', async () => {
    const refused = [2, 4, 5, 6, 8].map(async (files) => {
      const dataDir = await temporaryDirectory();
      return failure(Engine.start({ dataDir, command: onSmallDisk(dataDir, { size: `1m,nr_inodes=${files + 1}` }) }));
    });
    expect(await Promise.all(refused)).toEqual(refused.map(() => refusal));
  });
});

test('a data directory that is deleted meanwhile: traffic goes on, and the engine ends in order', async () => {
  const engine = await Engine.start({ app: await serveText() });
  await get(engine.inPort, '/before');
  await engine.recorded('path:/before');
  await rm(engine.dataDir, { recursive: true });
  for (let count = 0; count < 20; count += 1) expect(await get(engine.inPort, `/after/${count}`)).toMatch(/ok$/);
  engine.child.kill('SIGTERM');
  expect(await engine.ended).toEqual({ code: 0, signal: null, stderr: '' });
});

async function failure(started: Promise<Engine>): Promise<EngineDidNotStart['ended']> {
  const error = await started.then(
    () => new Error('it started'),
    (reason: unknown) => reason,
  );
  if (error instanceof EngineDidNotStart) return error.ended;
  throw error;
}
