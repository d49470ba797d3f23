import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { limits } from '../../proxy-core/limits.ts';
import { cleanUp } from './support/clean-up.ts';
import { Engine, temporaryDirectory } from './support/engine.ts';
import { get, open, serve } from './support/sockets.ts';

afterEach(cleanUp);

const hour = 3_600_000;
/** How long the application takes for an answer, ms. */
const latency = 200;

test('a wall clock that jumps changes neither latency nor order, and new pairs follow it', async () => {
  const file = path.join(await temporaryDirectory(), 'clock');
  const setAhead = (millis: number): void => writeFileSync(file, String(millis));
  setAhead(0);
  const app = await serve((socket) => {
    socket.on('data', () => setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), latency));
    socket.on('end', () => socket.end());
  });
  const engine = await Engine.start({ app, preload: ['clock'], env: { SIDETAP_TEST_CLOCK: file } });
  const kept = await open(engine.inPort);

  // Ahead by a day, back by a year, to where it was: each while a request is under way, on a connection that is older than the jump too.
  const jumps = [0, 24 * hour, -365 * 24 * hour, 5_000, 0];
  for (const [index, jump] of jumps.entries()) {
    const fresh = get(engine.inPort, `/fresh/${index}`);
    kept.socket.write(`GET /kept/${index} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await delay(latency / 4);
    setAhead(jump);
    await fresh;
    await kept.bytes((index + 1) * 40);
    // Within this time pairs may still bear the old time; after it they do not, even where nothing has passed meanwhile.
    await delay(2 * limits.batchMillis);
    await get(engine.inPort, `/after/${index}`);
  }

  const pairs = await engine.recorded('', 3 * jumps.length);
  expect(pairs).toHaveLength(3 * jumps.length);
  for (const pair of pairs) {
    expect(pair.latencyMs).toBeGreaterThan(latency * 0.9);
    expect(pair.latencyMs).toBeLessThan(latency * 20);
    expect(pair.durationMs).toBeGreaterThanOrEqual(pair.latencyMs ?? 0);
  }
  // The list is in the order in which things happened, whatever their clocks said.
  expect(pairs.map((pair) => pair.id)).toEqual(pairs.map((pair) => pair.id).toSorted((a, b) => a - b));
  expect(pairs.map((pair) => Number(pair.location.split('/')[2]))).toEqual(jumps.flatMap((_, index) => [index, index, index]));
  for (const [index, jump] of jumps.entries()) {
    const after = pairs.find((pair) => pair.location === `/after/${index}`);
    expect(Math.abs(Date.parse(after?.startedAt ?? '') - Date.now() - jump)).toBeLessThan(30_000);
  }

  // After a night in which nothing passed, the first pair has the time of the morning.
  await delay(10 * limits.batchMillis);
  setAhead(8 * hour);
  await get(engine.inPort, '/morning');
  const [morning] = await engine.recorded('path:/morning');
  expect(Math.abs(Date.parse(morning?.startedAt ?? '') - Date.now() - 8 * hour)).toBeLessThan(30_000);
  setAhead(0);
  // The clock is right again, so is a search by age.
  expect((await engine.page('time:>-5m')).total).toBeGreaterThan(jumps.length);
  expect(engine.alive()).toBe(true);
});
