import type { CaseName, Running, TargetName } from '../lib/types.ts';
import type { Upstream } from '../lib/upstream.ts';
import { startDirect } from './direct.ts';
import { startHttpMitmProxy } from './http-mitm-proxy.ts';
import { startMitmproxy } from './mitmproxy.ts';
import { startMockttp } from './mockttp.ts';
import { startNginxTarget } from './nginx.ts';
import { startSidetap } from './sidetap.ts';
import { startSplice } from './splice.ts';

export interface TargetSetting {
  case: CaseName;
  upstream: Upstream;
  /** Where plain requests of this case go. */
  upstreamPort: number;
  /** A folder of its own, removed afterwards. */
  folder: string;
}

export const targets: Readonly<Record<TargetName, (setting: TargetSetting) => Promise<Running>>> = {
  direct: startDirect,
  nginx: startNginxTarget,
  splice: startSplice,
  sidetap: startSidetap,
  'http-mitm-proxy': startHttpMitmProxy,
  mockttp: startMockttp,
  mitmproxy: startMitmproxy,
};
