/**
 * What the agent beside a container and the engine at home say to each other. Both sides are ours, but they may be of different
 * versions: an image outlives an update. The first message each way carries `linkVersion`; a side that hears another one says so and ends.
 */
export const linkVersion = 2;

/** Agent → engine, first of all. */
export interface Hello {
  type: 'hello';
  link: number;
  /** Of Sidetap. */
  version: string;
  /** The agent's wall clock, Unix epoch, µs: a container host's clock need not be ours. */
  now: number;
}

/** Engine → agent, the answer. Nothing is redirected before it came. */
export interface Welcome {
  type: 'welcome';
  link: number;
  /** Name of the source that the pairs get: the container's. */
  source: string;
  /** Ids of connections start here, so that those of several agents never meet. */
  firstConnectionId: number;
  /** Our CA's certificate, PEM. Its key never leaves the engine: leaves are asked for. */
  caPem: string;
  /** CAs to trust for upstream connections, beside the usual ones, PEM. */
  extraCaPem: string[];
  insecureUpstream: boolean;
}

/** Agent → engine, about once a second while it runs, and once more when it has stopped. */
export interface AgentStatus {
  type: 'status';
  /** `armed`: new connections of the application come to us. `disarmed`: they go direct (starting, overloaded, stopping, home silent). */
  state: 'armed' | 'disarmed' | 'stopped';
  /** Why it is not armed, as a sentence; empty when it is. */
  reason: string;
  /** Ports on which the application listens and that are redirected. */
  listening: number[];
  /** Open connections. */
  connections: number;
  /** Connections that were open before the first one was redirected, and still are: they are not captured. */
  earlier: number;
  pairsIn: number;
  pairsOut: number;
  /** Pairs that were not recorded, and pairs recorded without (all of) their bodies, because home was slow. */
  shed: { pairs: number; bodies: number };
  residentBytes: number;
}

/** Agent → engine: what became of a TLS connection, told when it changes. */
export interface TlsSeen {
  type: 'tls';
  direction: 'in' | 'out';
  /** `host:port`, as the application knows it. */
  destination: string;
  decrypted: boolean;
  /** Why it was not decrypted; empty when it was. */
  reason: string;
  /** The application refused our certificate. */
  distrusted: boolean;
}

/** Agent → engine: something that the user has to know. The same condition keeps its `id`. */
export interface AgentNotice {
  type: 'notice';
  id: string;
  level: 'info' | 'warning' | 'error';
  text: string;
}

/** Agent → engine: asks for a leaf for this name. */
export interface LeafRequest {
  type: 'leaf-request';
  request: number;
  name: string;
}

/** Engine → agent: the leaf, PEM; or why there is none. */
export type Leaf =
  | { type: 'leaf'; request: number; ok: true; chainPem: string; keyPem: string /** Unix epoch, ms. */; notAfter: number }
  | { type: 'leaf'; request: number; ok: false; message: string };

/** Engine → agent: the names that Docker has for addresses. Replaces what was said before. */
export interface Names {
  type: 'names';
  names: Record<string, string>;
}

/** Engine → agent: the application's own key pair, to read TLS that it serves; null takes it back. */
export interface ServerKey {
  type: 'server-key';
  key: { chainPem: string; keyPem: string } | null;
}

/** Engine → agent: the CA is trusted by now (or no more): forget which destinations have refused us. */
export interface TrustChanged {
  type: 'trust-changed';
}

/** Engine → agent, about once a second: home is alive. */
export interface Beat {
  type: 'beat';
}

/** Engine → agent: so many bytes of batches are on their way to disk; they no longer count as pending. */
export interface Taken {
  type: 'taken';
  bytes: number;
}

/** Engine → agent: disarm, let connections in flight finish for so long, send what is left, remove the table, exit. */
export interface Stop {
  type: 'stop';
  drainMillis: number;
}

export type FromAgent = Hello | AgentStatus | TlsSeen | AgentNotice | LeafRequest;
export type ToAgent = Welcome | Leaf | Names | ServerKey | TrustChanged | Beat | Taken | Stop;
