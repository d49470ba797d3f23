import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { giveBackMemory } from '../give-back.ts';
import { limits } from '../limits.ts';
import type { FromReader } from './messages.ts';
import { openStore } from './open.ts';
import { ReaderService } from './reader-service.ts';

vi.mock(import('../give-back.ts'));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sidetap-reader-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

test('a reader says that it is closed when its thread can be ended: not while it gives memory back', async () => {
  const store = await openStore(directory);
  const { path } = store.status();
  await store.close();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const givenBack = Promise.withResolvers<void>();
  const giveBack = vi.mocked(giveBackMemory).mockReturnValue(givenBack.promise);
  const said: FromReader[] = [];
  const service = new ReaderService({ path, dataDir: directory, patient: true, snapshot: false }, (message) => said.push(message));
  service.receive({ type: 'call', call: 1, method: 'counts', args: [] });
  vi.advanceTimersByTime(limits.giveBackMillis);
  expect(giveBack).toHaveBeenCalledTimes(1);

  service.receive({ type: 'call', call: 2, method: 'close', args: [] });
  await new Promise(setImmediate);
  expect(said.at(-1)).toMatchObject({ type: 'reply', call: 1, ok: true });
  givenBack.resolve();
  await new Promise(setImmediate);
  expect(said.at(-1)).toEqual({ type: 'reply', call: 2, ok: true, value: null });
  // Nor does it begin to afterwards.
  vi.advanceTimersByTime(10 * limits.giveBackMillis);
  expect(giveBack).toHaveBeenCalledTimes(1);
});
