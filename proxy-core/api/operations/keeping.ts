import type { MaskingFile } from '../../keep/masking.ts';
import type { RunLog } from '../../keep/sessions.ts';
import type { SettingsFile } from '../../keep/settings.ts';
import type { Session } from '../../rrpair/transfers.ts';
import { taskResult } from '../../transfer/run.ts';
import type { Handlers } from '../handlers.ts';

/** The rules on what is a secret. */
export function maskingHandlers(masking: MaskingFile): Pick<Handlers['redact'], 'rules' | 'save'> {
  return {
    rules: async () => masking.show(),
    save: async (rules) => masking.save(rules),
  };
}

export function settingsHandlers(settings: SettingsFile): Handlers['settings'] {
  return {
    get: async () => settings.show(),
    save: async (value) => settings.save(value),
  };
}

/** Lists runs by what is still stored of them. */
export function sessionsHandler(
  runs: RunLog,
  { path, running, flush }: { path: string; running: boolean; flush: () => Promise<void> },
): Handlers['sessions'] {
  return async (_input, { signal }) => {
    await flush();
    const known = runs.list();
    const ranges = known.map((run, index) => ({
      first: run.firstPair,
      last: (known[index + 1]?.firstPair ?? Number.MAX_SAFE_INTEGER) - 1,
    }));
    // Pairs from before runs were written down.
    const first = known[0]?.firstPair ?? Number.MAX_SAFE_INTEGER;
    const all = first > 1 ? [{ first: 1, last: first - 1 }, ...ranges] : ranges;
    const counts = (await taskResult<'count'>({ kind: 'count', path, ranges: all }, { signal })) ?? [];
    const sessions = all.flatMap((range, index): Session[] => {
      const run = known[index - (all.length - ranges.length)];
      const count = counts[index];
      const current = running && run !== undefined && run === known.at(-1);
      if (count === undefined || (count.pairs === 0 && !current)) return [];
      const endedAt = current ? null : (run?.endedAt ?? isoOf(count.lastStart));
      const startedAt = run?.startedAt ?? isoOf(count.firstStart) ?? '';
      const last = Math.min(range.last, Number.MAX_SAFE_INTEGER - 1);
      const filter =
        range.last >= Number.MAX_SAFE_INTEGER - 1 ? `id:>=${String(range.first)}` : `id:${String(range.first)}..${String(last)}`;
      const { pairs, outbound, errors } = count;
      return [
        { id: run?.id ?? 0, startedAt, endedAt, firstPair: range.first, lastPair: last, pairs, outbound, errors, current, filter },
      ];
    });
    return sessions.toReversed();
  };
}

function isoOf(micros: number): string | null {
  return micros === 0 ? null : new Date(micros / 1000).toISOString();
}
