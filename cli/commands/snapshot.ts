import type { ApiClient } from '../../proxy-core/api/client.ts';
import type { Snapshot } from '../../proxy-core/rrpair/transfers.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withProgress } from '../progress.ts';
import { withPairs } from '../reach.ts';
import { table } from '../table.ts';
import { count, localTime, printable, size, styled } from '../text.ts';
import { tellDifferences } from './differences.ts';

interface Common {
  json?: boolean;
  dataDir?: string;
}

function reading(options: Common, use: (client: ApiClient) => Promise<number>): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, use);
}

export async function saveSnapshot(
  name: string,
  ids: readonly number[],
  options: Common & { filter?: string; snapshot?: string },
): Promise<number> {
  return reading(options, (client) =>
    withProgress('Saving', 'Cancelled; nothing was saved.', async (progress, signal) => {
      const query =
        options.filter === undefined
          ? undefined
          : { filter: options.filter, noise: true, sort: { by: 'time' as const, descending: false } };
      const selection = ids.length > 0 ? { ids: [...ids] } : { query };
      const events = await client.snapshots.save({ name, snapshot: options.snapshot, ...selection }, { signal });
      for await (const { done, total, snapshot } of events) {
        progress.show(done, total);
        if (snapshot === null) continue;
        progress.end();
        if (options.json === true) await print(`${JSON.stringify(snapshot)}\n`);
        else remark(printable(`sidetap: Saved ${count(snapshot.pairs, 'pair')} as the snapshot “${name}” (${snapshot.id}).`));
        return exitCodes.done;
      }
      return undefined;
    }),
  );
}

export async function listSnapshots(options: Common): Promise<number> {
  return reading(options, async (client) => {
    const snapshots = await client.snapshots.list();
    if (options.json === true) await print(snapshots.map((each) => `${JSON.stringify(each)}\n`).join(''));
    else if (snapshots.length === 0) remark('No snapshots yet. Save one with `sidetap snapshot save NAME`.');
    else await print(`${lines(snapshots).join('\n')}\n`);
    return exitCodes.done;
  });
}

function lines(snapshots: readonly Snapshot[]): string[] {
  const columns = [
    { title: 'ID' },
    { title: 'NAME', shrinkTo: 10 },
    { title: 'MADE' },
    { title: 'PAIRS', align: 'right' as const },
    { title: 'SIZE', align: 'right' as const },
    { title: 'OF', shrinkTo: 10 },
  ];
  const cells = snapshots.map(({ id, name, madeAt, pairs, bytes, origin, problem }) =>
    [
      id,
      name,
      madeAt === '' ? '' : localTime(madeAt, { millis: false }),
      String(pairs),
      size(bytes),
      problem === '' ? origin : problem,
    ].map(printable),
  );
  const [head = '', ...rows] = table(columns, cells, process.stdout.isTTY ? process.stdout.columns : undefined);
  return [styled('dim', head), ...rows];
}

export async function renameSnapshot(snapshot: string, name: string, options: Common): Promise<number> {
  return reading(options, async (client) => {
    const renamed = await client.snapshots.rename({ snapshot, name });
    remark(printable(`sidetap: The snapshot ${renamed.id} is called “${renamed.name}” now.`));
    return exitCodes.done;
  });
}

export async function removeSnapshot(snapshot: string, options: Common): Promise<number> {
  return reading(options, async (client) => {
    const removed = await client.snapshots.remove({ snapshot });
    remark(printable(`sidetap: Deleted the snapshot “${removed.name}” with its ${count(removed.pairs, 'pair')}.`));
    return exitCodes.done;
  });
}

export async function diffSnapshots(before: string, after: string | undefined, options: Common): Promise<number> {
  return reading(options, (client) =>
    tellDifferences(client, { before: { snapshot: before }, after: after === undefined ? {} : { snapshot: after } }, options),
  );
}
