import { SidetapError } from '../../proxy-core/errors.ts';
import type { Session } from '../../proxy-core/rrpair/transfers.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withPairs } from '../reach.ts';
import { table } from '../table.ts';
import { localTime, styled } from '../text.ts';
import { type Sides, tellDifferences } from './differences.ts';

interface Common {
  json?: boolean;
  dataDir?: string;
}

function sideOf({ filter }: Session): Sides['before'] {
  return { query: { filter, noise: true, sort: { by: 'time', descending: false } } };
}

/** Compares the pairs of two sessions by their numbers; without the second, with the newest. */
export async function diffSessions(before: number, after: number | undefined, options: Common): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async (client) => {
    const sessions = await client.sessions();
    const [newest] = sessions;
    const find = (id: number): Session => {
      const found = sessions.find((session) => session.id === id);
      if (found !== undefined) return found;
      throw new SidetapError('bad-usage', `There is no session ${String(id)}; "sidetap sessions" lists those that there are.`);
    };
    const one = find(before);
    return tellDifferences(
      client,
      { before: sideOf(one), after: sideOf(after === undefined ? (newest ?? one) : find(after)) },
      options,
    );
  });
}

export async function listSessions(options: Common): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async (client) => {
    const sessions = await client.sessions();
    if (options.json === true) {
      await print(sessions.map((session) => `${JSON.stringify(session)}\n`).join(''));
      return exitCodes.done;
    }
    if (sessions.length === 0) {
      remark('Nothing was recorded yet.');
      return exitCodes.done;
    }
    const columns = [
      { title: 'SESSION', align: 'right' as const },
      { title: 'BEGAN' },
      { title: 'ENDED' },
      { title: 'PAIRS', align: 'right' as const },
      { title: 'OUT', align: 'right' as const },
      { title: 'ERRORS', align: 'right' as const },
      { title: 'FILTER' },
    ];
    const cells = sessions.map(({ id, startedAt, endedAt, pairs, outbound, errors, filter, current }) => [
      String(id),
      localTime(startedAt, { millis: false }),
      current ? 'now' : endedAt === null ? '' : localTime(endedAt, { millis: false }),
      String(pairs),
      String(outbound),
      String(errors),
      filter,
    ]);
    const [head = '', ...rows] = table(columns, cells);
    await print(`${[styled('dim', head), ...rows].join('\n')}\n`);
    return exitCodes.done;
  });
}
