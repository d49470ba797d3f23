import path from 'node:path';
import type { ApiClient } from '../../proxy-core/api/client.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import type { FileFormat, Written } from '../../proxy-core/rrpair/transfers.ts';
import { exitCodes, remark } from '../output.ts';
import { type Progress, withProgress } from '../progress.ts';
import { count } from '../text.ts';

export interface FileExport {
  as: FileFormat;
  filter?: string;
  output?: string;
  reveal?: boolean;
  snapshot?: string;
}

export const noMatch = 'sidetap: No pair matches.';

/** Formats that are a folder, or no text: they need a place. */
export function needsPlace(as: string): as is Exclude<FileFormat, 'har'> {
  return as === 'rrpair' || as === 'rrpair-json' || as === 'sidetap' || as === 'postman';
}

/** Has the engine write a file or a folder. */
export async function writeFile(client: ApiClient, ids: readonly number[], options: FileExport): Promise<number> {
  if (options.output === undefined || options.output === '-') {
    const what = options.as.startsWith('rrpair') ? 'folder' : 'file';
    throw new SidetapError('bad-usage', `Name the ${what} to write: -o ${what.toUpperCase()}.`);
  }
  const target = path.resolve(options.output);
  return withProgress('Writing', 'Cancelled; nothing was written.', async (progress, signal) => {
    const selection =
      ids.length > 0
        ? { ids: [...ids] }
        : { query: { filter: options.filter ?? '', noise: true, sort: { by: 'time' as const, descending: false } } };
    const events = await client.export.file(
      { as: options.as, path: target, reveal: options.reveal, snapshot: options.snapshot, ...selection },
      { signal },
    );
    for await (const { done, total, written } of events) {
      progress.show(done, total);
      if (written !== null) return say(progress, written, options);
    }
    return undefined;
  });
}

function say(progress: Progress, written: Written, { output, reveal }: FileExport): number {
  const files = written.files === 1 ? '' : ` as ${count(written.files, 'file')}`;
  if (written.pairs === 0 && written.left === 0) progress.say(noMatch);
  progress.say(`sidetap: Wrote ${count(written.pairs, 'pair')}${files} to ${String(output)}.`);
  if (written.left > 0) remark(`sidetap: ${count(written.left, 'pair')} left out: the format holds HTTP only.`);
  if (written.masked > 0)
    remark(`sidetap: ${count(written.masked, 'secret')} masked (see \`sidetap mask preview\`); --reveal leaves them in.`);
  else if (reveal === true) remark('sidetap: Secrets were left in.');
  return exitCodes.done;
}
