import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assertNever } from '../proxy-core/errors.ts';
import { holdIdle } from './lib/idle.ts';
import { firstLine, median, output, residentMb, start, stop, watchMemory } from './lib/process.ts';
import type { CaseName, Entry, Running, TargetName } from './lib/types.ts';
import { BIG_BYTES, type Upstream } from './lib/upstream.ts';
import { type WrkResult, wrk } from './lib/wrk.ts';

export interface Measure {
  case: CaseName;
  target: TargetName;
  running: Running;
  upstream: Upstream;
  upstreamPort: number;
  seconds: number;
  rounds: number;
}

/** Time after the load at which memory is read again, ms. */
const REST_MILLIS = 6_000;

/** Idle connections held in `idle-10k`. */
const IDLE_CONNECTIONS = 10_000;

/** Measures one target in one case. */
export async function measure(what: Measure): Promise<Entry> {
  switch (what.case) {
    case 'reverse-small':
      return requests(what, 32);
    case 'reverse-one':
      return requests(what, 1);
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
  what: Measure,
  connections: number,
  url = `http://127.0.0.1:${String(what.running.port)}/`,
): Promise<Entry> {
  const { running } = what;
  const load = { url, connections, host: `127.0.0.1:${String(what.upstreamPort)}` };
  await wrk({ ...load, seconds: 1 });
  const before = await running.stored();
  const results: WrkResult[] = [];
  const rounds = (async () => {
    for (let round = 0; round < what.rounds; round++) results.push(await wrk({ ...load, seconds: what.seconds }));
  })();
  const rssMb = await watchMemory(running.pids, rounds);
  await rounds;
  await delay(running.pids.length > 0 ? REST_MILLIS : 0);
  const rssAfterMb = residentMb(running.pids);
  const after = await running.stored();
  const counted = results.reduce((sum, result) => sum + result.requests, 0);
  return {
    ...emptyEntry(what.case, what.target),
    requestsPerSecond: median(results.map((result) => result.requestsPerSecond)),
    p50Ms: median(results.map((result) => result.p50Ms)),
    p99Ms: median(results.map((result) => result.p99Ms)),
    storedRatio: before === null || after === null ? null : Math.min(1, (after - before) / counted),
    ...memory(running, rssMb, rssAfterMb),
  };
}

async function throughConnect(what: Measure): Promise<Entry> {
  const authority = what.running.wantsConnect ? `localhost:${String(what.upstream.httpsPort)}` : '-';
  const connector = start(process.execPath, [
    path.join(import.meta.dirname, 'programs/connector.ts'),
    String(what.running.port),
    authority,
  ]);
  try {
    const port = await firstLine(connector);
    return await requests({ ...what, upstreamPort: what.upstream.httpsPort }, 32, `https://localhost:${port}/`);
  } finally {
    await stop(connector);
  }
}

async function transfer(what: Measure, args: readonly string[]): Promise<Entry> {
  const { running } = what;
  const millis: number[] = [];
  const rounds = (async () => {
    for (let round = 0; round < what.rounds; round++) {
      const host = ['-H', `Host: 127.0.0.1:${String(what.upstreamPort)}`];
      const text = await output('curl', [
        '-sS',
        '--fail',
        '--max-time',
        '120',
        ...host,
        '-w',
        '%{time_total} %{size_download} %{size_upload}',
        ...args,
      ]);
      const [seconds = 0, down = 0, up = 0] = text.split(' ').map(Number);
      if (Math.max(down, up) !== BIG_BYTES) throw new Error(`curl moved ${text} instead of ${String(BIG_BYTES)} bytes`);
      millis.push(seconds * 1000);
    }
  })();
  const rssMb = await watchMemory(running.pids, rounds);
  await rounds;
  await delay(running.pids.length > 0 ? REST_MILLIS : 0);
  const stored = await running.stored();
  const p50Ms = median(millis);
  const megabytesPerSecond = BIG_BYTES / 1024 ** 2 / (p50Ms / 1000);
  return {
    ...emptyEntry(what.case, what.target),
    megabytesPerSecond,
    requestsPerSecond: 1000 / p50Ms,
    p50Ms,
    p99Ms: Math.max(...millis),
    storedRatio: stored === null ? null : Math.min(1, stored / what.rounds),
    ...memory(running, rssMb, residentMb(running.pids)),
  };
}

async function idle(what: Measure): Promise<Entry> {
  const held = holdIdle(what.running.port, IDLE_CONNECTIONS, `127.0.0.1:${String(what.upstreamPort)}`);
  const rssMb = await watchMemory(what.running.pids, held.answered);
  const connections = await held.answered;
  await held.close();
  await delay(REST_MILLIS);
  return { ...emptyEntry(what.case, what.target), connections, ...memory(what.running, rssMb, residentMb(what.running.pids)) };
}

function memory(running: Running, rssMb: number, rssAfterMb: number): Pick<Entry, 'rssMb' | 'rssAfterMb'> {
  return running.pids.length === 0 ? { rssMb: null, rssAfterMb: null } : { rssMb, rssAfterMb };
}
