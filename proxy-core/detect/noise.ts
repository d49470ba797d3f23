import type { MessageFacts } from './facts.ts';
import { healthPaths, probeAgents, probePaths } from './rules/noise.ts';

/** True for requests that a machine sends to see whether a service is alive, or to measure it. */
export function isNoise(request: MessageFacts, method: string, target: string): boolean {
  const agent = request.headers.get('user-agent');
  if (agent !== undefined && probeAgents.test(agent)) return true;
  if (method !== 'GET' && method !== 'HEAD') return false;
  const query = target.indexOf('?');
  const path = normalPath(query < 0 ? target : target.slice(0, query));
  // What `sidetap doctor` sends through the listeners to see whether it arrives.
  if (path.startsWith('/.well-known/sidetap-doctor/')) return true;
  return healthPaths.has(path) || (query < 0 && probePaths.has(path));
}

function normalPath(path: string): string {
  const lower = path.toLowerCase();
  return lower.length > 1 && lower.endsWith('/') ? lower.slice(0, -1) : lower;
}
