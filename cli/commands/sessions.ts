import { exitCodes, print, remark } from '../output.ts';
import { withPairs } from '../reach.ts';
import { table } from '../table.ts';
import { localTime, styled } from '../text.ts';

export async function listSessions(options: { json?: boolean; dataDir?: string }): Promise<number> {
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
      { title: 'BEGAN' },
      { title: 'ENDED' },
      { title: 'PAIRS', align: 'right' as const },
      { title: 'OUT', align: 'right' as const },
      { title: 'ERRORS', align: 'right' as const },
      { title: 'FILTER' },
    ];
    const cells = sessions.map(({ startedAt, endedAt, pairs, outbound, errors, filter, current }) => [
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
