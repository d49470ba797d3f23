import type { NoiseSettings } from '../rrpair/settings.ts';
import type { MessageFacts, PairFacts } from './facts.ts';
import { healthMethods, healthPaths, idleCommands, probeAgents, probePaths } from './rules/noise.ts';

/** What a user takes for noise, ready to be asked. */
export interface NoiseRules {
  /** What comes with Sidetap counts too. */
  ours: boolean;
  /** Paths in lower case, cut at their stars. */
  paths: readonly (readonly string[])[];
  /** Beginnings, in lower case. */
  agents: readonly string[];
}

export function noiseRules({ paths, agents, off }: NoiseSettings): NoiseRules {
  return {
    ours: !off,
    paths: paths.map((path) => path.toLowerCase().split('*')),
    agents: agents.map((agent) => agent.toLowerCase()),
  };
}

/** True for requests that a machine sends to see whether a service is alive, or to measure it. */
export function isNoise(request: MessageFacts, method: string, target: string, rules?: NoiseRules): boolean {
  const agent = request.headers.get('user-agent');
  if (rules !== undefined && isUsers(rules, target, agent)) return true;
  if (rules?.ours === false) return false;
  if (agent !== undefined && isProbe(agent)) return true;
  if (healthMethods.has(target) && request.mediaType.startsWith('application/grpc')) return true;
  if (method !== 'GET' && method !== 'HEAD') return false;
  const query = target.indexOf('?');
  const path = normalPath(query < 0 ? target : target.slice(0, query));
  // What `sidetap doctor` sends through the listeners to see whether it arrives.
  if (path.startsWith('/.well-known/sidetap-doctor/')) return true;
  return healthPaths.has(path) || (query < 0 && probePaths.has(path));
}

/** The agent that was looked at last: most requests in a row come from the same. */
let lastAgent = { name: '', isProbe: false };

function isProbe(name: string): boolean {
  if (lastAgent.name !== name) lastAgent = { name, isProbe: probeAgents.test(name) };
  return lastAgent.isProbe;
}

/** True for commands of other protocols with which a client waits, and has got nothing. */
export function isIdle({ connection, summary, failure }: PairFacts, rules?: NoiseRules): boolean {
  if (summary === null || failure !== null || rules?.ours === false) return false;
  const commands = idleCommands[connection.protocol];
  return (
    commands !== undefined &&
    Object.hasOwn(commands, summary.command) &&
    (commands[summary.command]?.includes(summary.status) ?? false)
  );
}

function normalPath(path: string): string {
  const lower = path.toLowerCase();
  return lower.length > 1 && lower.endsWith('/') ? lower.slice(0, -1) : lower;
}

function isUsers({ paths, agents }: NoiseRules, target: string, agent: string | undefined): boolean {
  const lower = agent?.toLowerCase();
  if (lower !== undefined && agents.some((beginning) => lower.startsWith(beginning))) return true;
  if (paths.length === 0) return false;
  const query = target.indexOf('?');
  const path = normalPath(query < 0 ? target : target.slice(0, query));
  return paths.some((parts) => fits(path, parts));
}

/** Whether a text consists of these parts with anything between them. */
function fits(text: string, [first = '', ...rest]: readonly string[]): boolean {
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
