import { inContainer, type Running } from '../lib/types.ts';
import { startServiceDirect } from './container.ts';
import type { TargetSetting } from './setting.ts';

export function startDirect({ case: name, upstream, upstreamPort }: TargetSetting): Promise<Running> {
  if (inContainer(name)) return startServiceDirect();
  return Promise.resolve({
    port: name === 'https-connect' ? upstream.httpsPort : upstreamPort,
    wantsConnect: false,
    pids: [],
    stored: () => Promise.resolve(null),
    stop: () => Promise.resolve(),
  });
}
