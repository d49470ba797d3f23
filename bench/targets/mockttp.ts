import type { Running } from '../lib/types.ts';
import type { TargetSetting } from './index.ts';
import { startProgram } from './program.ts';

export function startMockttp({ case: name, upstreamPort }: TargetSetting): Promise<Running> {
  const secure = name === 'https-connect';
  return startProgram('mockttp', [secure ? '0' : String(upstreamPort)], secure);
}
