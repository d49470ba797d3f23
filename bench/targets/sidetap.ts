import path from 'node:path';
import { connectClient } from '../../proxy-core/api/client.ts';
import { dist } from '../../scripts/lib/targets.ts';
import { firstLine, start, stop } from '../lib/process.ts';
import { storedAtRest } from '../lib/stored.ts';
import { inContainer, type Running } from '../lib/types.ts';
import { startSidetapContainer } from './container.ts';
import type { TargetSetting } from './setting.ts';

/** Sidetap as it is installed (bundled), with everything captured and stored, in a data directory of its own. */
export async function startSidetap(setting: TargetSetting): Promise<Running> {
  const { case: name, upstream, upstreamPort, folder } = setting;
  if (inContainer(name)) return startSidetapContainer(setting);
  const main = path.join(dist, 'cli.js');
  const args = [
    'start',
    'capture',
    '--port',
    String(upstreamPort),
    '--in-port',
    '0',
    '--out-port',
    '0',
    '--data-dir',
    folder,
    '--extra-ca',
    upstream.caFile,
    '--json',
  ];
  const child = start(process.execPath, [main, ...args]);
  const ready = JSON.parse(await firstLine(child)) as { inbound: string; outbound: string; api: string; token: string };
  const secure = name === 'https-connect';
  const { client, close } = await connectClient({ url: ready.api, token: ready.token });
  return {
    port: Number(new URL(secure ? ready.outbound : ready.inbound).port),
    wantsConnect: secure,
    pids: [child.pid ?? 0],
    stored: () => storedAtRest(client),
    stop: async () => {
      close();
      await stop(child);
    },
  };
}
