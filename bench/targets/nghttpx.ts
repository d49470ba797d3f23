import { freePort, untilListening } from '../lib/nginx.ts';
import { start, stop } from '../lib/process.ts';
import type { Running } from '../lib/types.ts';
import type { TargetSetting } from './setting.ts';

/** nghttpx with one worker, HTTP/2 in the clear on both sides. */
export async function startNghttpx({ upstreamPort }: TargetSetting): Promise<Running> {
  const port = await freePort();
  const child = start('nghttpx', [
    '--conf=/dev/null',
    `-f127.0.0.1,${String(port)};no-tls`,
    `-b127.0.0.1,${String(upstreamPort)};;proto=h2`,
    '--workers=1',
    '--single-process',
    '--accesslog-file=/dev/null',
    '--errorlog-file=/dev/null',
  ]);
  await untilListening(port);
  return { port, wantsConnect: false, pids: [child.pid ?? 0], stored: () => Promise.resolve(null), stop: () => stop(child) };
}
