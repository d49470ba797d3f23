import type { Status } from './api/contract.ts';
import type { Handlers } from './api/handlers.ts';
import { LiveHub } from './api/live.ts';
import { Notices } from './api/notices.ts';
import { exportHandlers, replayHandlers } from './api/operations/afterwards.ts';
import { CaptureSwitch } from './api/operations/capture-switch.ts';
import { DemoSwitch } from './api/operations/demo-switch.ts';
import { recordedProbe } from './api/operations/doctor.ts';
import { JobThread } from './api/operations/job-thread.ts';
import { filterHandlers, pairHandlers } from './api/operations/pairs.ts';
import { trustHandlers } from './api/operations/trust.ts';
import { createRecorder } from './capture/recorder.ts';
import { runDoctor } from './doctor/doctor.ts';
import { SidetapError } from './errors.ts';
import { openStore } from './store/open.ts';
import { openCertificateAuthority } from './tls/authority.ts';
import { version } from './version.ts';

/** Everything an engine consists of, without the server that makes it reachable. */
export interface Parts {
  handlers: Handlers;
  live: LiveHub;
  notices: Notices;
  /** Ends capture and demo, writes what is left, and closes the store. */
  close: () => Promise<void>;
}

export interface PartsOptions {
  dataDir: string;
  /** Address of the window that works once; without it there is no window. */
  ticketUrl?: () => string;
  /** Called by the operation `shutdown`. */
  shutdown: () => void;
  /** Something the user should know from the start. */
  notice?: string;
}

/** Builds the parts of an engine on a data directory that the caller has locked, and joins them. */
export async function openParts({ dataDir, ticketUrl, shutdown, notice }: PartsOptions): Promise<Parts> {
  // Opening the store may find something to tell before anyone can be told.
  let hub: LiveHub | null = null;
  const notices = new Notices(() => hub?.changed());
  const notify = notices.add.bind(notices);
  if (notice !== undefined) notify({ id: 'start', level: 'warning', text: notice });
  const store = await openStore(dataDir, { notify });
  const recorder = createRecorder(store);
  const jobs = new JobThread();
  const authority = once(() => openCertificateAuthority(dataDir, { notify }));
  const capture = new CaptureSwitch({
    parts: async () => ({ authority: await authority(), recorder, notify }),
    changed: () => live.changed(),
  });
  const demo = new DemoSwitch({ capture, authority, notify, changed: () => live.changed() });

  const status = (): Status => {
    const { pairs, bodies } = recorder.stats();
    const { unwritten, ...stored } = store.status();
    return {
      version,
      pid: process.pid,
      dataDir,
      capture: capture.status(),
      demo: demo.running,
      store: stored,
      shed: { pairs, bodies, unwritten },
      notices: notices.list(),
    };
  };
  const live = new LiveHub({ status });
  hub = live;
  const unsubscribe = store.onChange(() => live.changed());
  const flush = async (): Promise<void> => {
    recorder.flush();
    await store.flush();
  };
  const matching = async (filter: string): Promise<number> => {
    const page = await store.list({ filter, noise: true, sort: { by: 'time', descending: true } }, 0, 1);
    return page.total;
  };

  return {
    live,
    notices,
    handlers: {
      status: async () => status(),
      live: async (_input, { signal }) => live.events(signal),
      capture: {
        start: (options) => capture.start(options),
        stop: async () => {
          if (!demo.running) return capture.stop();
          await demo.stop();
          return capture.status();
        },
      },
      demo: {
        start: async () => {
          await demo.start();
          return status();
        },
        stop: async () => {
          await demo.stop();
          return status();
        },
      },
      pairs: pairHandlers({ store, flush }),
      filter: filterHandlers(),
      export: exportHandlers(store, jobs),
      replay: replayHandlers({ store, recorder, jobs, flush, upstreamTrust: () => capture.upstreamTrust }),
      ...trustHandlers({ dataDir, authority, jobs, capture: () => capture.status() }),
      ticket: async () => {
        if (ticketUrl === undefined) throw new SidetapError('engine-not-running', 'No window is served here.');
        return { url: ticketUrl() };
      },
      doctor: async () =>
        runDoctor({
          dataDir,
          capture: capture.status().state === 'on' ? capture.status() : null,
          // A window asks, whose environment says nothing about the application's.
          env: null,
          recorded: (marker, signal) => recordedProbe({ matching, flush }, marker, signal),
          authority: await authority(),
        }),
      shutdown: async () => {
        shutdown();
        return { stopping: true };
      },
    },
    close: async () => {
      unsubscribe();
      live.close();
      await inTurn([
        () => jobs.close(),
        () => demo.close(),
        () => capture.close(),
        async () => recorder.close(),
        () => store.close(),
      ]);
    },
  };
}

/** Each step is taken, whatever becomes of those before it. Throws what the first that failed threw. */
async function inTurn(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** Makes it at the first call; a failure is not kept, so that the next call tries again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}
