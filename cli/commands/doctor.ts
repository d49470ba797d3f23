import { recordedProbe } from '../../proxy-core/api/operations/doctor.ts';
import { prepareDataDir, resolveDataDir } from '../../proxy-core/data-dir.ts';
import type { Look } from '../../proxy-core/docker/look.ts';
import { runDoctor } from '../../proxy-core/doctor/doctor.ts';
import type { Check } from '../../proxy-core/rrpair/results.ts';
import { exitCodes, print } from '../output.ts';
import type { Running } from '../reach.ts';
import { connectToRunning } from '../reach.ts';
import type { Style } from '../text.ts';
import { styled } from '../text.ts';

/** Runs here rather than in the engine: it is this shell's environment that a program started from it would get. */
export async function doctor(options: { json?: boolean; dataDir?: string }): Promise<number> {
  const dataDir = resolveDataDir(options.dataDir);
  prepareDataDir(dataDir);
  const running = await connectToRunning(dataDir);
  try {
    let failed = false;
    for await (const check of runDoctor({ dataDir, env: process.env, ...(await seenFrom(running)) })) {
      failed ||= check.outcome === 'failed';
      await print(options.json === true ? `${JSON.stringify(check)}\n` : human(check));
    }
    return failed ? exitCodes.failed : exitCodes.done;
  } finally {
    running?.close();
  }
}

type Surroundings = Pick<Parameters<typeof runDoctor>[0], 'capture' | 'recorded' | 'docker'>;

async function seenFrom(running: Running | null): Promise<Surroundings> {
  if (running === null) return { capture: null, recorded: null, docker: { look, containers: [] } };
  const { client } = running;
  const { capture } = await client.status();
  const search = {
    flush: () => client.pairs.flush(),
    matching: async (filter: string) => (await client.pairs.list({ filter, noise: true, limit: 1 })).total,
  };
  return {
    capture: capture.state === 'on' ? capture : null,
    recorded: (marker, signal) => recordedProbe(search, marker, signal),
    docker: { look, containers: await client.containers.list() },
  };
}

/** What speaks to Docker takes a while to load, and nothing else here needs it. */
async function look(): Promise<Look> {
  const { lookAtDocker } = await import('../../proxy-core/docker/look.ts');
  return lookAtDocker();
}

const marks: Readonly<Record<Check['outcome'], { text: string; style: Style }>> = {
  ok: { text: 'ok', style: 'green' },
  warning: { text: 'warning', style: 'yellow' },
  failed: { text: 'FAILED', style: 'red' },
  skipped: { text: 'skipped', style: 'dim' },
};

function human({ title, outcome, detail }: Check): string {
  const { text, style } = marks[outcome];
  const explanation = detail === '' ? '' : `\n         ${detail.replaceAll('\n', '\n         ')}`;
  return `${styled(style, text.padEnd(7))}  ${title}${explanation}\n`;
}
