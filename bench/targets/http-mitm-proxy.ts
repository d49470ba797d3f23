import type { Running } from '../lib/types.ts';
import { startProgram } from './program.ts';
import type { TargetSetting } from './setting.ts';

/** It has no reverse mode, but routes plain requests by their Host field, which the load names. */
export function startHttpMitmProxy({ case: name, folder }: TargetSetting): Promise<Running> {
  return startProgram('http-mitm-proxy', [folder], name === 'https-connect');
}
