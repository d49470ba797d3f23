/** What is measured. The cases in `-one` are those beside them with a single connection, for the latency that is added. */
export type CaseName =
  | 'reverse-small'
  | 'reverse-one'
  | 'https-connect'
  | 'download-1g'
  | 'upload-1g'
  | 'idle-10k'
  | 'h2'
  | 'redis'
  | 'postgres'
  | 'container'
  | 'container-one';

/** Whether the server runs in a container. */
export function inContainer(name: CaseName): boolean {
  return name === 'container' || name === 'container-one';
}

/** What stands between the client and the server. */
export type TargetName =
  | 'direct'
  | 'docker-bridge'
  | 'nginx'
  | 'nghttpx'
  | 'splice'
  | 'sidetap'
  | 'http-mitm-proxy'
  | 'mockttp'
  | 'mitmproxy';

/** A started target. */
export interface Running {
  /** Where clients connect. */
  port: number;
  /** What they ask, where it is not `/` on that port of this machine. */
  url?: string;
  /** A process in whose network namespace they are; default: the machine's. */
  network?: number;
  /** For `https-connect`: the port wants a CONNECT first. */
  wantsConnect: boolean;
  /** Processes whose memory counts as the target's. */
  pids: readonly number[];
  /** Requests found in its store; null where nothing is stored. */
  stored(): Promise<number | null>;
  stop(): Promise<void>;
}

/** One line of the result. Numbers that do not apply are null. */
export interface Entry {
  case: CaseName;
  target: TargetName;
  /** Median of the rounds. */
  requestsPerSecond: number | null;
  megabytesPerSecond: number | null;
  p50Ms: number | null;
  p99Ms: number | null;
  /** Requests in the store per request that the client counted, at most 1. */
  storedRatio: number | null;
  /** Largest resident memory while it ran, all its processes. */
  rssMb: number | null;
  /** The same, some seconds after the last request. */
  rssAfterMb: number | null;
  /** Connections held (`idle-10k`). */
  connections: number | null;
  /** Why there are no figures. */
  skipped?: string;
}
