import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { cleanUp } from './support/clean-up.ts';
import { Engine, sidetap, temporaryDirectory } from './support/engine.ts';
import { type Client, get, open, serve } from './support/sockets.ts';

afterEach(cleanUp);

const body = 'some of it '.repeat(500);

/** Answers `/hang…` with half a body and nothing more, and everything else with some kilobytes. */
function serveSome(): Promise<number> {
  return serve((socket) => {
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const hang = text.startsWith('GET /hang');
        text = text.slice(end + 4);
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${hang ? 2 * body.length : body.length}\r\n\r\n${body}`);
      }
    });
    socket.on('end', () => socket.end());
  });
}

/** Requests without a pause over several connections, until the engine is gone. */
async function load(port: number, round: number): Promise<number> {
  let answered = 0;
  const one = async (worker: number): Promise<void> => {
    for (let count = 0; ; count += 1) {
      try {
        await get(port, `/round-${round}/${worker}/${count}`);
        answered += 1;
      } catch {
        return; // The engine is gone, which is what is waited for.
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, worker) => one(worker)));
  return answered;
}

test('kill -9 under load, twice: all that was shown is there after a restart, open pairs say what became of them', async () => {
  const app = await serveSome();
  const dataDir = await temporaryDirectory();
  /** Everything that was ever shown as it was shown last. */
  const shown = new Map<number, PairSummary>();
  for (let round = 1; round <= 2; round += 1) {
    const startedAt = performance.now();
    const engine = await Engine.start({ app, dataDir });
    expect(performance.now() - startedAt).toBeLessThan(30_000);

    const after = await engine.pairs();
    expect(after.filter((pair) => pair.state === 'open')).toEqual([]);
    const byId = new Map(after.map((pair) => [pair.id, pair]));
    for (const before of shown.values()) {
      const now = byId.get(before.id);
      expect(now, `pair ${before.id} of ${before.location}`).toBeDefined();
      if (before.state === 'done') expect(now).toEqual(before);
      else if (before.location.startsWith('/hang')) {
        expect(now).toMatchObject({ state: 'done', error: 'engine-died' });
        // As much of the answer as had come is still there.
        const { base64 } = await engine.body(before.id, 'response');
        expect(Buffer.from(base64, 'base64').toString()).toBe(body);
      }
    }

    const hanging: Client[] = [];
    for (let count = 0; count < 5; count += 1) {
      const client = await open(engine.inPort);
      client.socket.write(`GET /hang/${round}/${count} HTTP/1.1\r\nHost: app.test\r\n\r\n`);
      hanging.push(client);
    }
    const loaded = load(engine.inPort, round);
    // What is shown while it runs, without anything being flushed: as a window sees it.
    const until = performance.now() + 1_000;
    const first = shown.size;
    while (performance.now() < until || shown.size < first + 50) {
      for (const pair of (await engine.page('', 0, 200)).rows) shown.set(pair.id, pair);
      await delay(20);
    }
    // Open pairs are shown as such.
    expect((await engine.page(`path:/hang/${round}/`)).rows.map((pair) => pair.state)).toEqual(Array(5).fill('open'));
    process.kill(engine.pid, 'SIGKILL');
    expect(await loaded).toBeGreaterThan(50);
    // Clients are not left hanging.
    expect(await Promise.all(hanging.map((client) => client.fate))).toHaveLength(5);
    await engine.ended;
  }

  // The command reads what a killed engine left, and writes nothing to it.
  const listed = await sidetap('list', '--json', '--data-dir', dataDir);
  expect(listed.code).toBe(0);
  const ids = new Set(
    listed.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as PairSummary).id),
  );
  for (const id of shown.keys()) expect(ids.has(id)).toBe(true);
  // As a program that knows nothing of us reads it.
  const database = new DatabaseSync(path.join(dataDir, 'pairs.db'));
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  const count = (sql: string): unknown => database.prepare(sql).get()?.['count'];
  expect(count('SELECT count(*) AS count FROM pair WHERE block NOT IN (SELECT id FROM block)')).toBe(0);
  expect(count('SELECT count(*) AS count FROM pair WHERE connection NOT IN (SELECT id FROM connection)')).toBe(0);
  database.close();
});
