import type { ApiClient } from '../../proxy-core/api/client.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import type { Pace, ReplayManyProgress } from '../../proxy-core/rrpair/replay-many.ts';
import { exitCodes, print } from '../output.ts';
import { withPairs } from '../reach.ts';
import { EndSignals, exitCodeOf } from '../signals.ts';
import { count, duration, printable, styled } from '../text.ts';

export interface ReplayManyOptions {
  filter?: string;
  to?: string;
  rate?: Pace;
  times?: number;
  concurrency?: number;
  maxPause?: number;
  json?: boolean;
  dataDir?: string;
}

/** Sends many requests again; Ctrl-C ends it and says how far it came. */
export async function replayMany(ids: readonly number[], options: ReplayManyOptions): Promise<number> {
  if ((ids.length === 0) === (options.filter === undefined)) {
    throw new SidetapError('bad-usage', 'Name the pairs to send again: either their ids or --filter QUERY.');
  }
  return withPairs({ dataDir: options.dataDir, access: 'write' }, async (client) => {
    const signals = new EndSignals();
    const abort = new AbortController();
    void signals.first.then(() => abort.abort());
    const last = await follow(client, ids, options, abort.signal);
    if (last !== null && options.json !== true) await print(human(abort.signal.aborted ? { ...last, state: 'cancelled' } : last));
    if (signals.asked !== null) return exitCodeOf(signals.asked);
    // An answer that differs is an answer. None at all is not what was asked for, and neither is a pair that was named and not sent.
    const missed = last === null || last.failed > 0 || last.unrecorded > 0 || (ids.length > 0 && last.skipped > 0);
    return missed ? exitCodes.failed : exitCodes.done;
  });
}

async function follow(
  client: ApiClient,
  ids: readonly number[],
  options: ReplayManyOptions,
  signal: AbortSignal,
): Promise<ReplayManyProgress | null> {
  let last: ReplayManyProgress | null = null;
  const line = new ProgressLine(options.json !== true && process.stderr.isTTY);
  try {
    const query = { filter: options.filter ?? '', noise: true, sort: { by: 'time' as const, descending: false } };
    const run = await client.replay.many(
      {
        ...(ids.length > 0 ? { ids: [...ids] } : { query }),
        ...(options.to === undefined ? {} : { to: options.to }),
        pace: options.rate ?? 'fast',
        times: options.times ?? 1,
        concurrency: options.concurrency ?? 1,
        ...(options.maxPause === undefined ? {} : { longestPauseMs: options.maxPause }),
      },
      { signal },
    );
    for await (const progress of run) {
      last = progress;
      if (options.json === true) await print(`${JSON.stringify(progress)}\n`);
      line.show(progress);
    }
  } catch (error) {
    // Who gave up gets no last message from an engine that is another process.
    if (!signal.aborted) throw error;
  } finally {
    line.clear();
  }
  return last;
}

/** How far it is, on one line of a terminal that is written again and again. */
class ProgressLine {
  readonly #shown: boolean;

  constructor(shown: boolean) {
    this.#shown = shown;
  }

  show({ sent, total, different, failed }: ReplayManyProgress): void {
    if (!this.#shown) return;
    const bad = [different > 0 ? `${count(different, 'answer')} differ` : '', failed > 0 ? `${String(failed)} failed` : ''];
    process.stderr.write(
      `\r\u001b[K${[`${String(sent)} of ${String(total)} sent`, ...bad.filter((part) => part !== '')].join(', ')}`,
    );
  }

  clear(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K');
  }
}

function human(progress: ReplayManyProgress): string {
  const { state, sent, total, elapsedMs, equal, different, failed, skipped, unrecorded, uncompared, differs, first, problems } =
    progress;
  const heading = `${state === 'cancelled' ? 'Cancelled: ' : ''}${count(sent, 'request')} of ${String(total)} sent in ${duration(elapsedMs)}`;
  const lines = [styled('bold', heading), `${count(equal, 'answer')} as recorded, ${String(different)} different`];
  if (different > 0)
    lines.push(`  in status ${String(differs.status)}, headers ${String(differs.headers)}, body ${String(differs.body)}`);
  for (const one of first) {
    const what = [
      one.status ?? '',
      one.headers.length > 0 ? `headers ${one.headers.join(', ')}` : '',
      one.body.length > 0 ? `body ${one.body.join(', ')}` : '',
    ].filter((part) => part !== '');
    lines.push(printable(`  #${String(one.original)} as #${String(one.pair)}: ${what.join('; ')}`));
  }
  if (different > first.length) lines.push(styled('dim', `  and ${String(different - first.length)} more`));
  if (failed > 0) lines.push(styled('red', `${String(failed)} got no answer`));
  if (skipped > 0) lines.push(`${String(skipped)} skipped, as they cannot be sent again`);
  if (unrecorded > 0) lines.push(styled('red', `${String(unrecorded)} sent, but not recorded`));
  if (uncompared > 0) lines.push(`${String(uncompared)} not compared`);
  for (const problem of problems.slice(0, SHOWN_PROBLEMS))
    lines.push(styled('dim', printable(`  #${String(problem.original)}: ${problem.text}`)));
  return `${lines.join('\n')}\n`;
}

const SHOWN_PROBLEMS = 5;
