import type { CaptureOptions, CaptureStatus, Status } from './api/contract.ts';
import type { Handlers } from './api/handlers.ts';
import { LiveHub } from './api/live.ts';
import { Notices } from './api/notices.ts';
import { exportHandlers, replayHandlers } from './api/operations/afterwards.ts';
import { CaptureSwitch } from './api/operations/capture-switch.ts';
import { containerHandlers } from './api/operations/containers.ts';
import { DemoSwitch } from './api/operations/demo-switch.ts';
import { recordedProbe } from './api/operations/doctor.ts';
import { JobThread } from './api/operations/job-thread.ts';
import { maskingHandlers, sessionsHandler, settingsHandlers } from './api/operations/keeping.ts';
import { launchHandlers } from './api/operations/launch.ts';
import { filterHandlers, pairHandlers } from './api/operations/pairs.ts';
import { protoHandlers } from './api/operations/protos.ts';
import { Readings } from './api/operations/readings.ts';
import { composeHandlers } from './api/operations/sending.ts';
import { snapshotHandlers } from './api/operations/snapshots.ts';
import { importHandler, previewHandler } from './api/operations/transfers.ts';
import { trustHandlers } from './api/operations/trust.ts';
import { createRecorder } from './capture/recorder.ts';
import { lookAtDocker } from './docker/look.ts';
import { openContainerMode } from './docker/open.ts';
import { runDoctor } from './doctor/doctor.ts';
import { messageOf, SidetapError } from './errors.ts';
import { MaskingFile } from './keep/masking.ts';
import { RunLog } from './keep/sessions.ts';
import { SettingsFile } from './keep/settings.ts';
import { Launches } from './launch/launches.ts';
import { openStore } from './store/open.ts';
import { openCertificateAuthority } from './tls/authority.ts';
import { Snapshots } from './transfer/snapshots.ts';
import { Transfers } from './transfer/transfers.ts';
import { Uploads } from './transfer/uploads.ts';
import { version } from './version.ts';

/** Everything an engine consists of, without the server that makes it reachable. */
export interface Parts {
  handlers: Handlers;
  live: LiveHub;
  /** Files that windows send. */
  uploads: Uploads;
  readings: Readings;
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
  /** What is recorded belongs to a session of its own: false for a command that adds to what is stored. */
  session?: boolean;
  /** The user's environment, for programs that are opened under capture; default: that of this process. */
  environment?: NodeJS.ProcessEnv;
}

/** Builds the parts of an engine on a data directory that the caller has locked, and joins them. */
export async function openParts(options: PartsOptions): Promise<Parts> {
  const { dataDir, ticketUrl, shutdown, notice, session = true, environment = process.env } = options;
  // Opening the store may find something to tell before anyone can be told.
  let hub: LiveHub | null = null;
  const notices = new Notices(() => hub?.changed());
  const notify = notices.add.bind(notices);
  if (notice !== undefined) notify({ id: 'start', level: 'warning', text: notice });
  const settings = new SettingsFile(dataDir);
  const masking = new MaskingFile(dataDir);
  for (const [id, text] of [
    ['settings', settings.problem],
    ['masking', masking.problem],
  ] as const) {
    if (text !== '') notify({ id, level: 'warning', text });
  }
  const { limits: bounds, noise } = settings.settings;
  const store = await openStore(dataDir, { maxPairs: bounds.pairs, maxBytes: bounds.bytes, noise, notify });
  const recorder = createRecorder(store, { bodyKeptBytes: bounds.bodyBytes });
  settings.onChange((changed) => {
    recorder.keepBodies(changed.limits.bodyBytes);
    const { pairs, bytes } = changed.limits;
    store.configure({ maxPairs: pairs, maxBytes: bytes, noise: changed.noise }).catch((error: unknown) => {
      notify({ id: 'settings', level: 'error', text: `The new limits do not hold yet (${messageOf(error)}). Start Sidetap anew.` });
    });
  });
  const snapshots = new Snapshots(dataDir, { thread: true });
  snapshots.sweep();
  const readings = new Readings(store, snapshots);
  const transfers = new Transfers();
  const uploads = new Uploads(dataDir);
  const runs = new RunLog(dataDir);
  try {
    if (session) runs.begin(store.nextPairId, new Date());
  } catch (error) {
    notify({
      id: 'session',
      level: 'warning',
      text: `What is recorded now will be told as part of the session before (${messageOf(error)}).`,
    });
  }
  const jobs = new JobThread();
  const authority = once(() => openCertificateAuthority(dataDir, { notify }));
  const capture = new CaptureSwitch({
    parts: async () => ({ authority: await authority(), recorder, notify }),
    changed: () => {
      live.changed();
      if (['off', 'stopping'].includes(capture.status().state)) void closeLaunched();
    },
  });
  const launches = new Launches({
    dataDir,
    environment,
    authority,
    trustFiles: ({ caPath, pem }) => jobs.trustFiles(dataDir, { caPath, pem }),
    capture: () => {
      const { state, outbound, app } = capture.status();
      return state === 'on' && outbound !== null ? { outbound, app } : null;
    },
    changed: () => hub?.changed(),
  });
  /** What was opened under capture is closed with it, whoever switches it off. */
  const closeLaunched = (): Promise<void> =>
    launches.closeAll().catch((error: unknown) => {
      notify({ id: 'launched', level: 'warning', text: `What was opened under capture is not quite gone (${messageOf(error)}).` });
    });
  const startCapture = (given: CaptureOptions): Promise<CaptureStatus> => {
    const { ports } = settings.settings;
    return capture.start({
      ...given,
      inPort: given.inPort ?? ports.in,
      outPort: given.outPort ?? ports.out,
      bind: given.bind ?? ports.bind,
    });
  };
  const withdraw = (id: string): void => notices.remove(id);
  const demo = new DemoSwitch({ capture, authority, notify, withdraw, changed: () => live.changed() });

  const containers = await otherwise(
    () => openContainerMode({ dataDir, store, recorder, authority, notify, changed: () => hub?.changed() }),
    () => store.close(),
  );

  const status = (): Status => {
    const { pairs, bodies } = recorder.stats();
    const inContainers = containers.shed();
    const { unwritten, ...stored } = store.status();
    return {
      version,
      pid: process.pid,
      dataDir,
      capture: capture.status(),
      demo: demo.running,
      docker: containers.status(),
      launched: launches.list(),
      store: stored,
      shed: { pairs: pairs + inContainers.pairs, bodies: bodies + inContainers.bodies, unwritten },
      notices: notices.list(),
    };
  };
  const live = new LiveHub({ status });
  hub = live;
  const unsubscribe = store.onChange(({ problem }) => {
    // It is told for as long as it lasts.
    if (problem === '') notices.remove('store-problem');
    else notify({ id: 'store-problem', level: 'error', text: problem });
    live.changed();
  });
  const flush = async (): Promise<void> => {
    recorder.flush();
    await store.flush();
  };
  const matching = async (filter: string): Promise<number> => {
    const page = await store.list({ filter, noise: true, sort: { by: 'time', descending: true } }, 0, 1);
    return page.total;
  };

  const sending = { store, readings, recorder, jobs, flush, upstreamTrust: () => capture.upstreamTrust };

  // Nobody waits for it: what is left takes room and nothing else, and is tried again by the next engine.
  uploads.sweep().catch(() => {});

  return {
    live,
    uploads,
    readings,
    notices,
    handlers: {
      status: async () => status(),
      live: async (_input, { signal }) => live.events(signal),
      capture: {
        start: startCapture,
        stop: async () => {
          if (demo.running) await demo.stop();
          else await capture.stop();
          await closeLaunched();
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
      containers: containerHandlers(containers),
      pairs: pairHandlers({ store, readings, flush }),
      filter: filterHandlers(),
      export: exportHandlers({ readings, transfers, jobs, masking, revealed: () => !settings.settings.masking.on }),
      replay: replayHandlers(sending),
      compose: composeHandlers(sending),
      launch: launchHandlers(launches, async () => {
        if (capture.status().state === 'off') await startCapture({});
      }),
      snapshots: snapshotHandlers({ snapshots, readings, transfers, flush }),
      import: importHandler({ uploads, transfers, snapshots, store, recorder, flush }),
      redact: { ...maskingHandlers(masking), preview: previewHandler({ readings, transfers, masking }) },
      protos: protoHandlers({ dataDir, jobs, uploads, upstreamTrust: () => capture.upstreamTrust }),
      settings: settingsHandlers(settings),
      sessions: sessionsHandler(runs, { path: store.status().path, running: session, flush }),
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
          docker: { look: () => lookAtDocker(), containers: containers.list() },
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
        () => transfers.close(),
        () => uploads.close(),
        () => jobs.close(),
        () => demo.close(),
        () => containers.close(),
        () => capture.close(),
        () => launches.closeAll(),
        async () => recorder.close(),
        async () => {
          if (session) runs.end(new Date());
        },
        () => snapshots.close(),
        () => store.close(),
      ]);
    },
  };
}

/** What is made from parts that are open already closes them when it cannot be made: their threads would go on for ever. */
async function otherwise<T>(make: () => T, close: () => Promise<void>): Promise<T> {
  try {
    return make();
  } catch (error) {
    await close();
    throw error;
  }
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
