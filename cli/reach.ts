import type { ApiClient, Connection } from '../proxy-core/api/client.ts';
import { connectDirectly } from '../proxy-core/api/node-client.ts';
import type { RunInfo } from '../proxy-core/data-dir.ts';
import { readRunInfo, resolveDataDir } from '../proxy-core/data-dir.ts';
import { SidetapError } from '../proxy-core/errors.ts';

/** A running engine, and the connection to it. */
export interface Running extends Connection {
  info: RunInfo;
}

/** Connects to the engine that runs on a data directory; null when none does. */
export async function connectToRunning(dataDir: string): Promise<Running | null> {
  const info = readRunInfo(dataDir);
  if (info === null) return null;
  try {
    const connection = await connectDirectly({ url: info.api, token: info.token });
    return { ...connection, info };
  } catch (error) {
    // The file of an engine that was killed: nothing answers at its address, or something else does.
    if (error instanceof SidetapError && error.code === 'engine-not-running') return null;
    throw error;
  }
}

/**
 * Calls `use` with the operations of the running engine or, while none runs, with those that need only what is stored. `access` says
 * whether pairs will be added.
 */
export async function withPairs<T>(
  options: { dataDir?: string; access: 'read' | 'write' },
  use: (client: ApiClient) => Promise<T>,
): Promise<T> {
  const dataDir = resolveDataDir(options.dataDir);
  const running = await connectToRunning(dataDir);
  if (running !== null) {
    try {
      return await use(running.client);
    } finally {
      running.close();
    }
  }
  // Loaded only now: with an engine running, a command need not know how anything is stored.
  const { openStored, openStoredForWriting } = await import('../proxy-core/stored.ts');
  const stored = options.access === 'read' ? await openStored(dataDir) : await openStoredForWriting(dataDir);
  try {
    return await use(stored.client);
  } finally {
    await stored.close();
  }
}
