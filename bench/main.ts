import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../proxy-core/errors.ts';
import { build } from '../scripts/lib/build.ts';
import { emptyEntry, measure } from './cases.ts';
import { ensurePrograms } from './lib/programs.ts';
import type { CaseName, Entry, TargetName } from './lib/types.ts';
import { startUpstream, type Upstream } from './lib/upstream.ts';
import { table } from './table.ts';
import { targets } from './targets/index.ts';

const usage = `Usage: npm run bench -- [--case NAME]… [--target NAME]… [--seconds N] [--rounds N] [--json]

Measures Sidetap side by side with its peers, on this machine, over loopback. Needs wrk, nginx and curl; mitmproxy is
left out when it is not there. On Debian as root, --install installs them.

Cases:   reverse-small reverse-one https-connect download-1g upload-1g idle-10k
Targets: direct nginx splice sidetap http-mitm-proxy mockttp mitmproxy`;

const cases: Readonly<Record<CaseName, readonly TargetName[]>> = {
  'reverse-small': ['direct', 'nginx', 'splice', 'sidetap', 'http-mitm-proxy', 'mockttp', 'mitmproxy'],
  'reverse-one': ['direct', 'nginx', 'splice', 'sidetap'],
  'https-connect': ['direct', 'nginx', 'splice', 'sidetap', 'http-mitm-proxy', 'mockttp', 'mitmproxy'],
  'download-1g': ['direct', 'nginx', 'splice', 'sidetap', 'http-mitm-proxy', 'mockttp', 'mitmproxy'],
  'upload-1g': ['direct', 'nginx', 'splice', 'sidetap', 'http-mitm-proxy', 'mockttp', 'mitmproxy'],
  'idle-10k': ['sidetap'],
};

const peers: ReadonlySet<TargetName> = new Set(['http-mitm-proxy', 'mockttp', 'mitmproxy']);

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    target: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
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
  const chosen = (values.case ?? Object.keys(cases)).map((name) => {
    if (!isCase(name)) throw new Error(`There is no case ${name}.\n\n${usage}`);
    return name;
  });
  const missing = ensurePrograms(values.install);
  await build();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sidetap-bench-'));
  const upstream = await startUpstream(folder);
  const entries: Entry[] = [];
  try {
    for (const name of chosen) {
      const only = values.target;
      const names = cases[name].filter((target) => only === undefined || only.includes(target));
      const measured: Entry[] = [];
      for (const target of names) {
        process.stderr.write(`${name} · ${target}…\n`);
        measured.push(
          missing.includes(target)
            ? { ...emptyEntry(name, target), skipped: 'is not installed' }
            : await one(name, target, upstream, folder),
        );
      }
      entries.push(...measured);
      if (!values.json) console.log(table(name, measured));
    }
  } finally {
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  if (values.json) console.log(JSON.stringify({ cases: entries }));
}

async function one(name: CaseName, target: TargetName, upstream: Upstream, folder: string): Promise<Entry> {
  const own = mkdtempSync(path.join(folder, `${target}-`));
  const upstreamPort = name === 'upload-1g' ? upstream.sinkPort : upstream.httpPort;
  const running = await targets[target]({ case: name, upstream, upstreamPort, folder: own });
  try {
    return await measure({
      case: name,
      target,
      running,
      upstream,
      upstreamPort,
      seconds: Number(values.seconds),
      rounds: Number(values.rounds),
    });
  } catch (error) {
    // A peer that cannot do a case (some hold a body in memory) is a result; with us, or with what we compare by, it is a failure.
    if (!peers.has(target)) throw error;
    return { ...emptyEntry(name, target), skipped: `could not: ${messageOf(error).split('\n', 1)[0] ?? ''}` };
  } finally {
    await running.stop();
    rmSync(own, { recursive: true, force: true });
  }
}

try {
  await run();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
