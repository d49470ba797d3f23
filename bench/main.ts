import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../proxy-core/errors.ts';
import { build } from '../scripts/lib/build.ts';
import { emptyEntry, type Measurement, prepare } from './cases.ts';
import { type Database, startDatabase } from './lib/databases.ts';
import { allowManyConnections } from './lib/descriptors.ts';
import { ensurePrograms } from './lib/programs.ts';
import type { CaseName, Entry, TargetName } from './lib/types.ts';
import { startUpstream, type Upstream } from './lib/upstream.ts';
import { table } from './table.ts';
import { targets } from './targets/index.ts';
import { measureWindow, type WindowFigure, windowTable } from './window/run.ts';

const usage = `Usage: npm run bench -- [--case NAME]… [--target NAME]… [--seconds N] [--rounds N]
       [--pairs N] [--rate N] [--json]

Measures Sidetap side by side with its peers, on this machine, over loopback. Needs wrk, h2load, nginx, curl, Redis and PostgreSQL; mitmproxy
and nghttpx are left out when they are not there. On Debian as root, --install installs them.

Cases:   reverse-small reverse-one https-connect download-1g upload-1g idle-10k h2 redis postgres
         container container-one window
Targets: direct docker-bridge nginx nghttpx splice sidetap http-mitm-proxy mockttp mitmproxy

The case window measures the window in Chromium over so many stored --pairs (2000000) while --rate pairs a second (3000) arrive.`;

const WINDOW = 'window';

const cases: Readonly<Record<CaseName, readonly TargetName[]>> = {
  'reverse-small': ['direct', 'nginx', 'splice', 'sidetap', 'http-mitm-proxy', 'mockttp', 'mitmproxy'],
  'reverse-one': ['direct', 'nginx', 'splice', 'sidetap'],
  'https-connect': ['direct', 'nginx', 'splice', 'sidetap', 'http-mitm-proxy', 'mockttp', 'mitmproxy'],
  'download-1g': ['direct', 'nginx', 'splice', 'sidetap', 'http-mitm-proxy', 'mockttp', 'mitmproxy'],
  'upload-1g': ['direct', 'nginx', 'splice', 'sidetap', 'http-mitm-proxy', 'mockttp', 'mitmproxy'],
  'idle-10k': ['sidetap'],
  h2: ['direct', 'nghttpx', 'splice', 'sidetap'],
  redis: ['direct', 'splice', 'sidetap'],
  postgres: ['direct', 'splice', 'sidetap'],
  container: ['direct', 'docker-bridge', 'sidetap'],
  'container-one': ['direct', 'docker-bridge', 'sidetap'],
};

const peers: ReadonlySet<TargetName> = new Set(['http-mitm-proxy', 'mockttp', 'mitmproxy']);

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    target: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    pairs: { type: 'string', default: '2000000' },
    rate: { type: 'string', default: '3000' },
    json: { type: 'boolean', default: false },
    install: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function isCase(name: string): name is CaseName {
  return name in cases;
}

async function run(): Promise<void> {
  if (values.help) {
    console.log(usage);
    return;
  }
  const names = values.case ?? [...Object.keys(cases), WINDOW];
  const chosen = names
    .filter((name) => name !== WINDOW)
    .map((name) => {
      if (!isCase(name)) throw new Error(`There is no case ${name}.\n\n${usage}`);
      return name;
    });
  const missing = ensurePrograms(values.install);
  allowManyConnections();
  await build();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sidetap-bench-'));
  const upstream = await startUpstream(folder);
  const entries: Entry[] = [];
  let figures: WindowFigure[] = [];
  try {
    for (const name of chosen) {
      const only = values.target;
      const wanted = cases[name].filter((target) => only === undefined || only.includes(target));
      const database = await startDatabase(name);
      let measured: Entry[];
      try {
        measured = await sideBySide(name, wanted, { upstream, database }, folder, missing);
      } finally {
        await database?.stop();
      }
      entries.push(...measured);
      if (!values.json) console.log(table(name, measured));
    }
    if (names.includes(WINDOW)) figures = await window(upstream, folder);
  } finally {
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  if (values.json) console.log(JSON.stringify({ cases: entries, window: figures }));
}

async function window(upstream: Upstream, folder: string): Promise<WindowFigure[]> {
  const own = mkdtempSync(path.join(folder, 'window-'));
  const [pairs, perSecond] = [Number(values.pairs), Number(values.rate)];
  process.stderr.write(`${WINDOW} · ${String(pairs)} pairs…\n`);
  // Long enough to see what accumulates.
  const seconds = Number(values.seconds) * Number(values.rounds);
  const figures = await measureWindow({ folder: own, upstream, pairs, perSecond, seconds });
  if (!values.json) console.log(windowTable(pairs, figures));
  return figures;
}

interface Contestant {
  target: TargetName;
  /** Why there are no figures of it. */
  skipped: string | null;
  measurement: Measurement | null;
  end: () => Promise<void>;
}

/** Starts every target of a case, and lets their rounds take turns. */
async function sideBySide(
  name: CaseName,
  wanted: readonly TargetName[],
  servers: Servers,
  folder: string,
  missing: readonly TargetName[],
): Promise<Entry[]> {
  const contestants: Contestant[] = wanted.map((target) => ({
    target,
    skipped: missing.includes(target) ? 'is not installed' : null,
    measurement: null,
    end: () => Promise.resolve(),
  }));
  const inTurn = async (what: string, step: (contestant: Contestant) => Promise<void>): Promise<void> => {
    for (const contestant of contestants) {
      if (contestant.skipped !== null) continue;
      process.stderr.write(`${name} · ${contestant.target} · ${what}…\n`);
      try {
        await step(contestant);
      } catch (error) {
        // A peer that cannot do a case (some hold a body in memory) is a result; with us, or with what we compare by, it is a failure.
        if (!peers.has(contestant.target)) throw error;
        contestant.skipped = `could not: ${messageOf(error).split('\n', 1)[0] ?? ''}`;
        await contestant.end();
      }
    }
  };
  const entries = new Map<TargetName, Entry>();
  try {
    await inTurn('start', (contestant) => start(name, contestant, servers, folder));
    for (let round = 1; round <= Number(values.rounds); round++) {
      await inTurn(`round ${String(round)}`, async ({ measurement }) => measurement?.round());
    }
    await inTurn('memory at rest', async ({ target, measurement }) => {
      if (measurement !== null) entries.set(target, await measurement.finish());
    });
  } finally {
    for (const { end } of contestants) await end();
  }
  for (const { target, skipped } of contestants) {
    if (skipped !== null) entries.set(target, { ...emptyEntry(name, target), skipped });
  }
  return wanted.map((target) => entries.get(target) ?? emptyEntry(name, target));
}

/** What the targets of a case stand in front of. */
interface Servers {
  upstream: Upstream;
  database: Database | null;
}

function upstreamPortOf(name: CaseName, { upstream, database }: Servers): number {
  if (database !== null) return database.port;
  if (name === 'h2') return upstream.http2Port;
  return name === 'upload-1g' ? upstream.sinkPort : upstream.httpPort;
}

async function start(name: CaseName, contestant: Contestant, servers: Servers, folder: string): Promise<void> {
  const { target } = contestant;
  const own = mkdtempSync(path.join(folder, `${target}-`));
  const upstreamPort = upstreamPortOf(name, servers);
  const running = await targets[target]({ case: name, upstream: servers.upstream, upstreamPort, folder: own });
  contestant.end = async () => {
    contestant.end = () => Promise.resolve();
    await contestant.measurement?.stop();
    await running.stop();
    rmSync(own, { recursive: true, force: true });
  };
  const seconds = Number(values.seconds);
  contestant.measurement = await prepare({ case: name, target, running, ...servers, upstreamPort, seconds, folder: own });
}

try {
  await run();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
