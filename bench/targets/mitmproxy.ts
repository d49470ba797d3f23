import { freePort, untilListening } from '../lib/nginx.ts';
import { start, stop } from '../lib/process.ts';
import type { Running } from '../lib/types.ts';
import type { TargetSetting } from './setting.ts';

/** Bodies beyond 10 MB are passed on and not kept, as here; otherwise it holds a whole body in memory before it passes it on. */
export async function startMitmproxy({ case: name, upstreamPort, folder }: TargetSetting): Promise<Running> {
  const port = await freePort();
  const secure = name === 'https-connect';
  const mode = secure ? [] : ['--mode', `reverse:http://127.0.0.1:${String(upstreamPort)}`];
  const child = start(
    'mitmdump',
    [
      '-q',
      '--ssl-insecure',
      '--set',
      'stream_large_bodies=10m',
      '--set',
      `confdir=${folder}`,
      '--listen-host',
      '127.0.0.1',
      '-p',
      String(port),
      ...mode,
    ],
    {
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  await untilListening(port);
  return { port, wantsConnect: secure, pids: [child.pid ?? 0], stored: () => Promise.resolve(null), stop: () => stop(child) };
}
