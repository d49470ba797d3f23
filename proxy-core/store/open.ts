import { join } from 'node:path';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { NoiseSettings } from '../rrpair/settings.ts';
import type { StoreNotice } from './messages.ts';
import { ReadOnlyStore } from './read-only-store.ts';
import { databaseName } from './schema.ts';
import type { ReadableStore, Store } from './store.ts';
import { WritableStore } from './writable-store.ts';

export type { StoreNotice } from './messages.ts';

export interface StoreOptions {
  readOnly?: false;
  /** Pairs that are kept; the default stands in `limits.storedPairs`. */
  maxPairs?: number;
  /** Bytes that the database may use; the default stands in `limits.storedBytes`. */
  maxBytes?: number;
  /** What the user takes for noise, beside what comes with Sidetap. */
  noise?: NoiseSettings;
  /** Told of what the user should know. */
  notify?: (notice: StoreNotice) => void;
}

/**
 * Opens the store of a data directory, and makes it when there is none. Throws `store-unusable` when the database is of a newer version,
 * or the directory cannot be written. A damaged database is set aside, with a notice.
 *
 * With `readOnly` nothing is written: another process may have the same store open for writing, and an absent one is read as empty.
 */
export async function openStore(dataDir: string, options: { readOnly: true }): Promise<ReadableStore>;
export async function openStore(dataDir: string, options?: StoreOptions): Promise<Store>;
export async function openStore(dataDir: string, options: StoreOptions | { readOnly: true } = {}): Promise<Store | ReadableStore> {
  const path = join(dataDir, databaseName);
  return options.readOnly === true ? openReadOnly(path, dataDir) : openWritable(path, options);
}

/** Opens a snapshot of a data directory for reading. Throws `import-failed` when it is none, and SQLite's errors. */
export async function openSnapshot(path: string, dataDir: string, options: { thread: boolean }): Promise<ReadableStore> {
  const store = new ReadOnlyStore(path, dataDir, { snapshot: true, thread: options.thread });
  await store.start();
  return store;
}

async function openReadOnly(path: string, dataDir: string): Promise<ReadableStore> {
  const store = new ReadOnlyStore(path, dataDir);
  await store.start();
  return store;
}

async function openWritable(path: string, options: StoreOptions): Promise<Store> {
  const { maxPairs = limits.storedPairs, maxBytes = limits.storedBytes, noise, notify } = options;
  const store = new WritableStore({ path, maxPairs, maxBytes, noise }, notify);
  try {
    await store.start();
  } catch (error) {
    if (error instanceof SidetapError) throw error;
    const message = `Pairs cannot be stored in ${path} (${messageOf(error)}). Free some space there, or choose another data directory with --data-dir.`;
    throw new SidetapError('store-unusable', message, { cause: error });
  }
  return store;
}
