import { SidetapError } from '../errors.ts';

/** What the agent is told by its environment. */
export interface AgentOptions {
  /** The nft program. */
  nft: string;
  /** Preferred ports; where the application has them, others are taken. */
  inPort: number;
  outPort: number;
  /** The user that the agent runs as: whose connections are not redirected. */
  uid: number;
}

/** @throws SidetapError `bad-usage` */
export function agentOptions(env: NodeJS.ProcessEnv, uid: number): AgentOptions {
  return {
    nft: env['SIDETAP_NFT'] ?? 'nft',
    inPort: portOf(env, 'SIDETAP_IN_PORT', 4143),
    outPort: portOf(env, 'SIDETAP_OUT_PORT', 4140),
    uid,
  };
}

function portOf(env: NodeJS.ProcessEnv, name: string, usual: number): number {
  const text = env[name];
  if (text === undefined || text === '') return usual;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new SidetapError('bad-usage', `${name}=${text} is no port.`);
  return port;
}
