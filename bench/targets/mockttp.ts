import type { Running } from '../lib/types.ts';
import { startProgram } from './program.ts';
import type { TargetSetting } from './setting.ts';

export function startMockttp({ case: name, upstreamPort }: TargetSetting): Promise<Running> {
  const secure = name === 'https-connect';
  return startProgram('mockttp', [secure ? '0' : String(upstreamPort)], secure);
}
