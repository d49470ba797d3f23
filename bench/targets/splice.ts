import type { Running } from '../lib/types.ts';
import { startProgram } from './program.ts';
import type { TargetSetting } from './setting.ts';

export function startSplice({ case: name, upstream, upstreamPort }: TargetSetting): Promise<Running> {
  const secure = name === 'https-connect';
  return startProgram('splice', [String(secure ? upstream.httpsPort : upstreamPort), secure ? 'connect' : 'plain'], secure);
}
