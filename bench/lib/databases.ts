import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startPostgres, startRedis } from '../../e2e/support/servers.ts';
import { output } from './process.ts';
import type { CaseName } from './types.ts';
import type { WrkResult } from './wrk.ts';

/** A server that is asked in its own protocol. */
export interface Database {
  port: number;
  /** Asks the one behind `port` for some seconds. Throws when an answer was an error. */
  load(port: number, seconds: number): Promise<WrkResult>;
  stop(): Promise<void>;
}

/** What a case needs that is not about HTTP; null for all others. */
export async function startDatabase(name: CaseName): Promise<Database | null> {
  if (name === 'redis') return startRedisDatabase();
  return name === 'postgres' ? startPostgresDatabase() : null;
}

/** Commands per second of load: the benchmark of Redis is told a count, and this is what most machines do in less. */
const REDIS_COMMANDS = 20_000;

/** `GET` of small values, 32 connections, one command at a time on each. */
async function startRedisDatabase(): Promise<Database> {
  const server = await startRedis();
  return {
    port: server.port,
    stop: () => server.stop(),
    load: async (port, seconds) => {
      const commands = REDIS_COMMANDS * seconds;
      const text = await output('redis-benchmark', ['-p', String(port), '-c', '32', '-n', String(commands), '-t', 'get', '--csv']);
      // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
      const [, perSecond, , , p50, , p99] = /^"GET",.*$/m.exec(text)?.[0].replaceAll('"', '').split(',') ?? [];
      if (perSecond === undefined) throw new Error(`redis-benchmark measured nothing:\n${text}`);
      return { requests: commands, requestsPerSecond: Number(perSecond), p50Ms: Number(p50), p99Ms: Number(p99) };
    },
  };
}

/** `pgbench` select-only: a row by its key, 8 connections. */
async function startPostgresDatabase(): Promise<Database> {
  const server = await startPostgres();
  await output('pgbench', [...who(server.port), '-i', '-q', '-s', '1', 'postgres']);
  return {
    port: server.port,
    stop: () => server.stop(),
    load: async (port, seconds) => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'sidetap-pgbench-'));
      try {
        const args = [
          ...who(port),
          '-n',
          '-S',
          '-c',
          '8',
          '-j',
          '1',
          '-T',
          String(seconds),
          '-l',
          '--log-prefix',
          path.join(folder, 'log'),
        ];
        const text = await output('pgbench', [...args, 'postgres']);
        const requests = Number(/number of transactions actually processed: (\d+)/.exec(text)?.[1] ?? 0);
        const failed = Number(/number of failed transactions: (\d+)/.exec(text)?.[1] ?? 0);
        if (requests === 0 || failed > 0) throw new Error(`pgbench saw errors:\n${text}`);
        const micros = durations(folder);
        return {
          requests,
          requestsPerSecond: Number(/^tps = ([\d.]+)/m.exec(text)?.[1] ?? 0),
          p50Ms: (micros[Math.floor(micros.length * 0.5)] ?? 0) / 1000,
          p99Ms: (micros[Math.floor(micros.length * 0.99)] ?? 0) / 1000,
        };
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

function who(port: number): string[] {
  return ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres'];
}

/** Of each transaction, in order, µs: the third field of a line of the log. */
function durations(folder: string): Float64Array {
  const lines = readdirSync(folder).flatMap((name) => readFileSync(path.join(folder, name), 'latin1').trim().split('\n'));
  return Float64Array.from(lines, (line) => Number(line.split(' ')[2])).sort();
}
