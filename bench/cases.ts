import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assertNever } from '../proxy-core/errors.ts';
import type { Database } from './lib/databases.ts';
import { h2load } from './lib/h2load.ts';
import { holdIdle } from './lib/idle.ts';
import { firstLine, median, output, residentMb, start, stop, watchMemory } from './lib/process.ts';
import type { CaseName, Entry, Running, TargetName } from './lib/types.ts';
import { BIG_BYTES, type Upstream } from './lib/upstream.ts';
import { type WrkResult, wrk } from './lib/wrk.ts';

/** A started target in a case. */
export interface Setting {
  case: CaseName;
  target: TargetName;
  running: Running;
  upstream: Upstream;
  /** What stands behind it, where that is no server of HTTP. */
  database: Database | null;
  upstreamPort: number;
  /** Of a round of requests. */
  seconds: number;
  /** The target's own. */
  folder: string;
}

/** A target under measurement. Rounds of several targets take turns, because a machine's speed changes within minutes. */
export interface Measurement {
  /** Resolves when the target is at rest again. */
  round(): Promise<void>;
  /** What the rounds came to. */
  finish(): Promise<Entry>;
  /** Ends what was started for it; the target itself goes on. */
  stop(): Promise<void>;
}

/** Time after the load at which memory is read again, ms: V8 gives pages that it has no use for back to the system after ten seconds. */
const REST_MILLIS = 15_000;

/** Idle connections held in `idle-10k`. */
const IDLE_CONNECTIONS = 10_000;

/** Makes a target ready to be measured in a case, and warm. */
export async function prepare(what: Setting): Promise<Measurement> {
  switch (what.case) {
    case 'reverse-small':
      return requests(what, 32);
    case 'reverse-one':
      return requests(what, 1);
    case 'h2':
      return overHttp2(what);
    case 'redis':
    case 'postgres':
      return commands(what);
    case 'https-connect':
      return throughConnect(what);
    case 'download-1g':
      return transfer(what, ['-o', '/dev/null', `http://127.0.0.1:${String(what.running.port)}/1g`]);
    case 'upload-1g':
      return transfer(what, [
        '-o',
        '/dev/null',
        '-H',
        'Expect:',
        '-T',
        what.upstream.bigFile,
        `http://127.0.0.1:${String(what.running.port)}/`,
      ]);
    case 'idle-10k':
      return idle(what);
    case 'container':
      return requests(what, 32, what.running.url);
    case 'container-one':
      return requests(what, 1, what.running.url);
    default:
      return assertNever(what.case);
  }
}

export function emptyEntry(name: CaseName, target: TargetName): Entry {
  return {
    case: name,
    target,
    requestsPerSecond: null,
    megabytesPerSecond: null,
    p50Ms: null,
    p99Ms: null,
    storedRatio: null,
    rssMb: null,
    rssAfterMb: null,
    connections: null,
  };
}

async function requests(
  what: Setting,
  connections: number,
  url = `http://127.0.0.1:${String(what.running.port)}/`,
): Promise<Measurement> {
  const { running } = what;
  const host = running.url === undefined ? `127.0.0.1:${String(what.upstreamPort)}` : undefined;
  const load = { url, connections, host, network: running.network };
  return rounds(what, (howLong) => wrk({ ...load, seconds: howLong }));
}

/** Eight connections, each with 32 requests at once. */
function overHttp2(what: Setting): Promise<Measurement> {
  const load = { port: what.running.port, connections: 8, streams: 32, folder: what.folder };
  return rounds(what, (seconds) => h2load({ ...load, seconds }));
}

function commands(what: Setting): Promise<Measurement> {
  const { database, running } = what;
  if (database === null) throw new Error(`nothing was started for ${what.case}`);
  return rounds(what, (seconds) => database.load(running.port, seconds));
}

async function rounds(what: Setting, load: (seconds: number) => Promise<WrkResult>): Promise<Measurement> {
  const { running, seconds } = what;
  await load(1);
  const before = await running.stored();
  const watch = new MemoryWatch(running);
  const results: WrkResult[] = [];
  return {
    round: async () => {
      results.push(await watch.during(load(seconds)));
      await running.stored();
    },
    finish: async () => {
      const memory = await watch.finish();
      const after = await running.stored();
      const counted = results.reduce((sum, result) => sum + result.requests, 0);
      return {
        ...emptyEntry(what.case, what.target),
        requestsPerSecond: median(results.map((result) => result.requestsPerSecond)),
        p50Ms: median(results.map((result) => result.p50Ms)),
        p99Ms: median(results.map((result) => result.p99Ms)),
        storedRatio: before === null || after === null ? null : Math.min(1, (after - before) / counted),
        ...memory,
      };
    },
    stop: nothingToStop,
  };
}

async function throughConnect(what: Setting): Promise<Measurement> {
  const authority = what.running.wantsConnect ? `localhost:${String(what.upstream.httpsPort)}` : '-';
  const connector = start(process.execPath, [
    path.join(import.meta.dirname, 'programs/connector.ts'),
    String(what.running.port),
    authority,
  ]);
  try {
    const port = await firstLine(connector);
    const through = await requests({ ...what, upstreamPort: what.upstream.httpsPort }, 32, `https://localhost:${port}/`);
    return { ...through, stop: () => stop(connector) };
  } catch (error) {
    await stop(connector);
    throw error;
  }
}

async function transfer(what: Setting, args: readonly string[]): Promise<Measurement> {
  const { running } = what;
  const watch = new MemoryWatch(running);
  const millis: number[] = [];
  const host = ['-H', `Host: 127.0.0.1:${String(what.upstreamPort)}`];
  const form = '%{time_total} %{size_download} %{size_upload}';
  const before = await running.stored();
  return {
    round: async () => {
      const moving = output('curl', ['-sS', '--fail', '--max-time', '120', ...host, '-w', form, ...args]);
      const text = await watch.during(moving);
      const [seconds = 0, down = 0, up = 0] = text.split(' ').map(Number);
      if (Math.max(down, up) !== BIG_BYTES) throw new Error(`curl moved ${text} instead of ${String(BIG_BYTES)} bytes`);
      millis.push(seconds * 1000);
      await running.stored();
    },
    finish: async () => {
      const memory = await watch.finish();
      const after = await running.stored();
      const p50Ms = median(millis);
      return {
        ...emptyEntry(what.case, what.target),
        megabytesPerSecond: BIG_BYTES / 1024 ** 2 / (p50Ms / 1000),
        requestsPerSecond: 1000 / p50Ms,
        p50Ms,
        p99Ms: Math.max(...millis),
        storedRatio: before === null || after === null ? null : Math.min(1, (after - before) / millis.length),
        ...memory,
      };
    },
    stop: nothingToStop,
  };
}

/** One round, whatever is asked for: it takes long, and is about memory. */
function idle(what: Setting): Promise<Measurement> {
  const watch = new MemoryWatch(what.running);
  let connections: number | null = null;
  return Promise.resolve({
    round: async () => {
      if (connections !== null) return;
      const held = holdIdle(what.running.port, IDLE_CONNECTIONS, `127.0.0.1:${String(what.upstreamPort)}`);
      connections = await watch.during(held.answered);
      await held.close();
    },
    finish: async () => ({ ...emptyEntry(what.case, what.target), connections, ...(await watch.finish()) }),
    stop: nothingToStop,
  });
}

function nothingToStop(): Promise<void> {
  return Promise.resolve();
}

/** The resident memory of a target's processes, where it has any that are measured. */
class MemoryWatch {
  readonly #pids: readonly number[];
  #largest = 0;

  constructor({ pids }: Running) {
    this.#pids = pids;
  }

  async during<T>(work: Promise<T>): Promise<T> {
    this.#largest = Math.max(this.#largest, await watchMemory(this.#pids, work));
    return work;
  }

  /** Waits until what the load left behind is given back. */
  async finish(): Promise<Pick<Entry, 'rssMb' | 'rssAfterMb'>> {
    if (this.#pids.length === 0) return { rssMb: null, rssAfterMb: null };
    await delay(REST_MILLIS);
    return { rssMb: this.#largest, rssAfterMb: residentMb(this.#pids) };
  }
}
