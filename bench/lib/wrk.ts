import { output } from './process.ts';

export interface WrkResult {
  requests: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

export interface WrkOptions {
  url: string;
  connections: number;
  seconds: number;
  /** The Host field, for targets that route by it. */
  host?: string;
  /** A process in whose network namespace it runs; default: the machine's. */
  network?: number;
}

/** Runs wrk with one thread and reads what it reports. Throws when it saw errors: figures of a broken target are worth nothing. */
export async function wrk({ url, connections, seconds, host, network }: WrkOptions): Promise<WrkResult> {
  const header = host === undefined ? [] : ['-H', `Host: ${host}`];
  const args = ['-t1', `-c${String(connections)}`, `-d${String(seconds)}s`, '--latency', ...header, url];
  const text = await (network === undefined
    ? output('wrk', args)
    : output('nsenter', ['--net', '-t', String(network), 'wrk', ...args]));
  if (/Socket errors:|Non-2xx/.test(text)) throw new Error(`wrk saw errors:\n${text}`);
  return {
    requests: Number(/(\d+) requests in/.exec(text)?.[1] ?? 0),
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1] ?? 0),
    p50Ms: percentile(text, '50%'),
    p99Ms: percentile(text, '99%'),
  };
}

function percentile(text: string, which: string): number {
  const match = new RegExp(`${which}\\s+([\\d.]+)(us|ms|s)`).exec(text);
  const factor = { us: 0.001, ms: 1, s: 1_000 }[match?.[2] ?? 'ms'] ?? 1;
  return Number(match?.[1] ?? 0) * factor;
}
