import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from './open.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sidetap-close-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('a store is closed once, whoever asks, and refuses what comes afterwards', async () => {
  const store = await openStore(directory);
  await Promise.all([store.close(), store.close()]);
  await store.close();
  await expect(store.flush()).rejects.toThrow('closed');
  await expect(store.clear()).rejects.toThrow('closed');
  await expect(store.detail(1)).rejects.toThrow('closed');
});
