import { readFileSync, rmSync } from 'node:fs';
import { output } from './process.ts';
import type { WrkResult } from './wrk.ts';

export interface H2loadOptions {
  port: number;
  connections: number;
  /** Requests that each connection has open at once. */
  streams: number;
  seconds: number;
  /** Where its log may stand for a moment. */
  folder: string;
}

/** Runs h2load with one thread, HTTP/2 in the clear by prior knowledge. Throws when it saw errors. */
export async function h2load({ port, connections, streams, seconds, folder }: H2loadOptions): Promise<WrkResult> {
  const log = `${folder}/h2load-${String(port)}.log`;
  const load = ['-t1', `-c${String(connections)}`, `-m${String(streams)}`, '-D', String(seconds), `--log-file=${log}`];
  const text = await output('h2load', [...load, `http://127.0.0.1:${String(port)}/`]);
  const [, succeeded = '0', failed = '1'] = /(\d+) succeeded, (\d+) failed/.exec(text) ?? [];
  if (failed !== '0' || succeeded === '0') throw new Error(`h2load saw errors:\n${text}`);
  const micros = durations(log);
  return {
    requests: Number(succeeded),
    requestsPerSecond: Number(/, ([\d.]+) req\/s/.exec(text)?.[1] ?? 0),
    p50Ms: at(micros, 0.5),
    p99Ms: at(micros, 0.99),
  };
}

/** Each line of the log is when a request began, its status, and how long it took, µs. */
function durations(log: string): number[] {
  const lines = readFileSync(log, 'utf8').split('\n');
  rmSync(log);
  return lines.flatMap((line) => (line === '' ? [] : [Number(line.split('\t')[2])])).sort((a, b) => a - b);
}

function at(sorted: readonly number[], share: number): number {
  return (sorted[Math.floor((sorted.length - 1) * share)] ?? 0) / 1_000;
}
