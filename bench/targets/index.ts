import type { Running, TargetName } from '../lib/types.ts';
import { startDockerBridge } from './container.ts';
import { startDirect } from './direct.ts';
import { startHttpMitmProxy } from './http-mitm-proxy.ts';
import { startMitmproxy } from './mitmproxy.ts';
import { startMockttp } from './mockttp.ts';
import { startNghttpx } from './nghttpx.ts';
import { startNginxTarget } from './nginx.ts';
import type { TargetSetting } from './setting.ts';
import { startSidetap } from './sidetap.ts';
import { startSplice } from './splice.ts';

export const targets: Readonly<Record<TargetName, (setting: TargetSetting) => Promise<Running>>> = {
  direct: startDirect,
  'docker-bridge': startDockerBridge,
  nginx: startNginxTarget,
  nghttpx: startNghttpx,
  splice: startSplice,
  sidetap: startSidetap,
  'http-mitm-proxy': startHttpMitmProxy,
  mockttp: startMockttp,
  mitmproxy: startMitmproxy,
};
