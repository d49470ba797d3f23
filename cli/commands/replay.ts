import type { ReplayResult } from '../../proxy-core/api/contract.ts';
import { assertNever } from '../../proxy-core/errors.ts';
import type { Diff, Difference } from '../../proxy-core/rrpair/results.ts';
import { exitCodes, print } from '../output.ts';
import { withPairs } from '../reach.ts';
import { duration, printable, styled } from '../text.ts';

export interface ReplayOptions {
  to?: string;
  json?: boolean;
  dataDir?: string;
}

export async function replay(id: number, options: ReplayOptions): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'write' }, async (client) => {
    await client.pairs.flush();
    const result = await client.replay.run({ id, to: options.to });
    await print(options.json === true ? `${JSON.stringify(result)}\n` : human(result));
    // An answer that differs is an answer. None at all is not what was asked for.
    return result.pair.error !== null && result.pair.latencyMs === null ? exitCodes.failed : exitCodes.done;
  });
}

function human({ original, pair, diff }: ReplayResult): string {
  const head = printable(`#${original} again as #${pair.id}: ${pair.command} ${pair.host}${pair.location} → ${pair.status}`);
  return `${[`${styled('bold', head)}  ${duration(pair.latencyMs)}`, ...differences(diff)].join('\n')}\n`;
}

/** What differs, a line each. */
export function differences(diff: Diff): string[] {
  const all = [...(diff.status === null ? [] : [diff.status]), ...diff.headers, ...diff.body];
  const real = all.filter((difference) => !difference.noise);
  const noise = all.filter((difference) => difference.noise);
  const lines = real.length === 0 ? ['Nothing differs.'] : real.map(line);
  if (noise.length > 0) {
    lines.push(styled('dim', `Differs at every call: ${printable(noise.map((difference) => difference.path).join(', '))}`));
  }
  if (diff.truncated) lines.push(styled('dim', 'More differs than is listed.'));
  return lines;
}

function line({ path, kind, before, after }: Difference): string {
  const was = printable(before ?? '');
  const is = printable(after ?? '');
  switch (kind) {
    case 'added':
      return styled('green', `+ ${printable(path)}: ${is}`);
    case 'removed':
      return styled('red', `- ${printable(path)}: ${was}`);
    case 'changed':
      return `${styled('yellow', '~')} ${printable(path)}: ${styled('red', was)} → ${styled('green', is)}`;
    default:
      return assertNever(kind);
  }
}
