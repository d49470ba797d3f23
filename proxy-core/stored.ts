import type { ApiClient } from './api/client.ts';
import type { Handlers } from './api/handlers.ts';
import { createLocalClient } from './api/local-client.ts';
import { diffHandler, exportHandlers } from './api/operations/afterwards.ts';
import { jobsHere } from './api/operations/jobs.ts';
import { filterHandlers, pairReadHandlers } from './api/operations/pairs.ts';
import { createRouter } from './api/router.ts';
import { lockDataDir } from './data-dir.ts';
import { SidetapError } from './errors.ts';
import { openStore } from './store/open.ts';
import type { ReadableStore } from './store/store.ts';

/** The operations on what a data directory holds, for callers in this process, while no engine runs on it. */
export interface Stored {
  client: ApiClient;
  close: () => Promise<void>;
}

/** Reads what is stored. Takes no lock and writes nothing, so any number of readers may do so, and an engine may start meanwhile. */
export async function openStored(dataDir: string): Promise<Stored> {
  const store = await openStore(dataDir, { readOnly: true });
  return { client: createLocalClient(createRouter(readingHandlers(store)), reportNothing), close: () => store.close() };
}

/** Reads and writes what is stored. Throws `data-dir-in-use` when an engine runs there after all. */
export async function openStoredForWriting(dataDir: string): Promise<Stored> {
  const lock = await lockDataDir(dataDir);
  try {
    // Brings in all of capture, which takes longer to load than most reading commands run.
    const { openParts } = await import('./parts.ts');
    const parts = await openParts({ dataDir, shutdown: () => {} });
    return {
      client: createLocalClient(createRouter(parts.handlers), reportNothing),
      close: async () => {
        await parts.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function reportNothing(): void {
  // The caller in this process gets the error itself, with its cause.
}

function refuse(): Promise<never> {
  return Promise.reject(
    new SidetapError('engine-not-running', 'Sidetap is not running. Start it with `sidetap start capture` or `sidetap inspect`.'),
  );
}

function readingHandlers(store: ReadableStore): Handlers {
  return {
    status: refuse,
    live: refuse,
    capture: { start: refuse, stop: refuse },
    demo: { start: refuse, stop: refuse },
    pairs: {
      ...pairReadHandlers(store),
      // Nothing is held back by anyone.
      flush: async () => ({ revision: store.status().revision }),
      pin: refuse,
      clear: refuse,
      undoClear: refuse,
    },
    filter: filterHandlers(),
    export: exportHandlers(store, jobsHere),
    replay: { run: refuse, diff: diffHandler(store, jobsHere) },
    ticket: refuse,
    certificates: refuse,
    setup: refuse,
    doctor: refuse,
    shutdown: refuse,
  };
}
