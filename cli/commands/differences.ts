import type { ApiClient } from '../../proxy-core/api/client.ts';
import type { SnapshotDiffCounts, SnapshotDifference } from '../../proxy-core/rrpair/transfers.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withProgress } from '../progress.ts';
import { count, duration, printable, styled } from '../text.ts';

/** What is compared: each side a snapshot, or what a query finds, or all that is stored. */
export type Sides = Parameters<ApiClient['snapshots']['diff']>[0];

/** Prints what differs between two sets of pairs, as it is found, and then how much. Resolves to the exit code. */
export function tellDifferences(client: ApiClient, sides: Sides, { json }: { json?: boolean }): Promise<number> {
  return withProgress('Comparing', 'Cancelled.', async (progress, signal) => {
    const events = await client.snapshots.diff(sides, { signal });
    for await (const { done, total, differences, counts } of events) {
      progress.show(done, total);
      if (differences.length > 0) {
        progress.end();
        await print(differences.map((each) => `${json === true ? JSON.stringify(each) : line(each)}\n`).join(''));
      }
      if (counts === null) continue;
      progress.end();
      if (json === true) await print(`${JSON.stringify({ counts })}\n`);
      else remark(sum(counts));
      return exitCodes.done;
    }
    return undefined;
  });
}

function line(difference: SnapshotDifference): string {
  const { kind, command, host, location, before, after, status, headers, body, latencyMs, slower, faster } = difference;
  const name = printable(`${command} ${host}${location}`);
  if (kind === 'only-before') return styled('red', `- #${String(before)} ${name}`);
  if (kind === 'only-after') return styled('green', `+ #${String(after)} ${name}`);
  const changes = [
    ...(status === null ? [] : [`${status.before} → ${status.after}`]),
    ...(headers === 0 ? [] : [count(headers, 'header')]),
    ...(body === 0 ? [] : [`body at ${count(body, 'place')}`]),
    ...(slower || faster ? [`${duration(latencyMs.before)} → ${duration(latencyMs.after)}`] : []),
  ];
  return `${styled('yellow', '~')} #${String(before)} #${String(after)} ${name}: ${printable(changes.join(', '))}`;
}

function sum({ same, changed, onlyBefore, onlyAfter, slower, faster, medianMs }: SnapshotDiffCounts): string {
  const median = medianMs.before === null ? '' : ` Median latency ${duration(medianMs.before)} → ${duration(medianMs.after)}.`;
  return `sidetap: ${count(same, 'pair')} alike, ${changed} changed, ${onlyBefore} gone, ${onlyAfter} new; ${slower} slower, ${faster} faster.${median}`;
}
