import path from 'node:path';
import type { Imported } from '../../proxy-core/rrpair/transfers.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withProgress } from '../progress.ts';
import { withPairs } from '../reach.ts';
import { count, printable } from '../text.ts';

export interface ImportOptions {
  snapshot?: string;
  json?: boolean;
  dataDir?: string;
}

export async function importFiles(paths: readonly string[], options: ImportOptions): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'write' }, (client) =>
    withProgress('Importing', 'Cancelled; nothing was imported.', async (progress, signal) => {
      const events = await client.import(
        { paths: paths.map((file) => path.resolve(file)), snapshot: options.snapshot },
        { signal },
      );
      for await (const { done, total, imported } of events) {
        progress.show(done, total);
        if (imported === null) continue;
        progress.end();
        if (options.json === true) await print(`${JSON.stringify(imported)}\n`);
        else say(imported);
        return imported.problemCount === 0 && imported.pairs > 0 ? exitCodes.done : exitCodes.failed;
      }
      return undefined;
    }),
  );
}

function say({ pairs, source, snapshot, problems, problemCount }: Imported): void {
  for (const { file, place, problem } of problems) {
    remark(printable(`sidetap: ${file}${place === '' ? '' : `, ${place}`}: ${problem}`));
  }
  if (problemCount > problems.length) remark(`sidetap: … and ${count(problemCount - problems.length, 'more problem')}.`);
  const where =
    snapshot === null ? `\`sidetap list --filter 'source:="${source}"'\` shows them` : `into the snapshot “${snapshot.name}”`;
  const broken = problemCount === 0 ? '' : `; ${count(problemCount, 'part')} could not be read`;
  remark(printable(`sidetap: Imported ${count(pairs, 'pair')} (${where})${broken}.`));
}
