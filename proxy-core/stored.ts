import type { ApiClient } from './api/client.ts';
import type { Handlers } from './api/handlers.ts';
import { createLocalClient } from './api/local-client.ts';
import { diffHandler, exportHandlers } from './api/operations/afterwards.ts';
import { jobsHere } from './api/operations/jobs.ts';
import { sessionsHandler } from './api/operations/keeping.ts';
import { filterHandlers, pairReadHandlers } from './api/operations/pairs.ts';
import { protoHandlers } from './api/operations/protos.ts';
import { Readings } from './api/operations/readings.ts';
import { parseCurlHandler } from './api/operations/sending.ts';
import { snapshotHandlers } from './api/operations/snapshots.ts';
import { previewHandler } from './api/operations/transfers.ts';
import { createRouter } from './api/router.ts';
import { lockDataDir } from './data-dir.ts';
import { SidetapError } from './errors.ts';
import { MaskingFile } from './keep/masking.ts';
import { RunLog } from './keep/sessions.ts';
import { SettingsFile } from './keep/settings.ts';
import { openStore } from './store/open.ts';
import type { ReadableStore } from './store/store.ts';
import { Snapshots } from './transfer/snapshots.ts';
import { Transfers } from './transfer/transfers.ts';

/** The operations on what a data directory holds, for callers in this process, while no engine runs on it. */
export interface Stored {
  client: ApiClient;
  close: () => Promise<void>;
}

/**
 * Reads what is stored. Takes no lock and writes nothing but snapshots, and settings and rules when it is asked to, so any number of readers may
 * do so, and an engine may start meanwhile. Only what an engine that was killed under load has left unlisted is listed first.
 */
export async function openStored(dataDir: string): Promise<Stored> {
  const store = await openListed(dataDir);
  const snapshots = new Snapshots(dataDir, { thread: false });
  const transfers = new Transfers();
  return {
    client: createLocalClient(createRouter(readingHandlers(dataDir, store, snapshots, transfers)), reportNothing),
    close: async () => {
      await transfers.close();
      await snapshots.close();
      await store.close();
    },
  };
}

async function openListed(dataDir: string): Promise<ReadableStore> {
  const store = await openStore(dataDir, { readOnly: true });
  if (store.status().unlisted === 0) return store;
  await store.close();
  try {
    await (await openStoredForWriting(dataDir)).close();
  } catch (error) {
    // An engine that runs there lists it by itself.
    if (!(error instanceof SidetapError) || error.code !== 'data-dir-in-use') throw error;
  }
  return openStore(dataDir, { readOnly: true });
}

/** Reads and writes what is stored. Throws `data-dir-in-use` when an engine runs there after all. */
export async function openStoredForWriting(dataDir: string): Promise<Stored> {
  const lock = await lockDataDir(dataDir);
  try {
    // Brings in all of capture, which takes longer to load than most reading commands run.
    const { openParts } = await import('./parts.ts');
    const parts = await openParts({ dataDir, session: false, shutdown: () => {} });
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

/** What is written to a file of its own needs no engine, but must not come between one and its files. */
async function locked<T>(dataDir: string, write: () => T | Promise<T>): Promise<T> {
  const lock = await lockDataDir(dataDir);
  try {
    return await write();
  } finally {
    lock.release();
  }
}

/** Nothing is held back by anyone. */
async function flush(): Promise<void> {}

function readingHandlers(dataDir: string, store: ReadableStore, snapshots: Snapshots, transfers: Transfers): Handlers {
  const readings = new Readings(store, snapshots);
  // Who only reads sets nothing aside.
  const masking = new MaskingFile(dataDir, { readOnly: true });
  const settings = new SettingsFile(dataDir, { readOnly: true });
  return {
    status: refuse,
    live: refuse,
    capture: { start: refuse, stop: refuse },
    demo: { start: refuse, stop: refuse },
    containers: {
      list: refuse,
      attach: refuse,
      detach: refuse,
      switchProject: refuse,
      trust: refuse,
      untrust: refuse,
      serverKey: refuse,
      run: refuse,
      remove: refuse,
    },
    pairs: {
      ...pairReadHandlers(readings),
      // Nothing is held back by anyone.
      flush: async () => ({ revision: store.status().revision }),
      pin: refuse,
      mark: refuse,
      restoreMarks: refuse,
      clear: refuse,
      undoClear: refuse,
    },
    filter: filterHandlers(),
    export: exportHandlers({ readings, transfers, jobs: jobsHere, masking, revealed: () => !settings.settings.masking.on }),
    replay: { run: refuse, many: refuse, diff: diffHandler(readings, jobsHere) },
    launch: { open: refuse, close: refuse },
    compose: { parseCurl: parseCurlHandler(jobsHere), send: refuse },
    // A snapshot is a file of its own, which needs no lock.
    snapshots: snapshotHandlers({ snapshots, readings, transfers, flush }),
    import: refuse,
    redact: {
      rules: async () => masking.show(),
      save: (rules) => locked(dataDir, () => new MaskingFile(dataDir).save(rules)),
      preview: previewHandler({ readings, transfers, masking }),
    },
    protos: storedProtoHandlers(dataDir),
    settings: {
      get: async () => settings.show(),
      save: (value) => locked(dataDir, () => new SettingsFile(dataDir).save(value)),
    },
    sessions: sessionsHandler(new RunLog(dataDir, { readOnly: true }), { path: store.status().path, running: false, flush }),
    ticket: refuse,
    certificates: refuse,
    setup: refuse,
    doctor: refuse,
    shutdown: refuse,
  };
}

/** What changes them must not come between an engine and its files. */
function storedProtoHandlers(dataDir: string): Handlers['protos'] {
  const { list, add, reflect, remove } = protoHandlers({
    dataDir,
    jobs: jobsHere,
    uploads: null,
    upstreamTrust: () => ({ insecure: false, extraCa: [] }),
  });
  return {
    list,
    add: (input, call) => locked(dataDir, () => add(input, call)),
    reflect: (input, call) => locked(dataDir, () => reflect(input, call)),
    remove: (input, call) => locked(dataDir, () => remove(input, call)),
  };
}
