import { spawnSync } from 'node:child_process';
import { findProgram } from '../../scripts/lib/debian.ts';
import type { TargetName } from './types.ts';

const required: Readonly<Record<string, string>> = {
  wrk: 'wrk',
  nginx: 'nginx',
  curl: 'curl',
  h2load: 'nghttp2-client',
  'redis-benchmark': 'redis-tools',
  'redis-server': 'redis-server',
  pgbench: 'postgresql',
};

/**
 * Makes sure that the programs the measurement needs are there, installing them when told to. Returns the targets that are left out
 * because they are not installed; throws when a program without which nothing can be measured is missing.
 */
export function ensurePrograms(install: boolean): TargetName[] {
  const wanted = { ...required, mitmdump: 'mitmproxy', nghttpx: 'nghttp2-proxy' };
  const missing = Object.keys(wanted).filter((program) => findProgram(program) === null);
  if (install && missing.length > 0) {
    const packages = missing.map((program) => wanted[program as keyof typeof wanted]);
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'inherit' });
  }
  const still = Object.keys(required).filter((program) => findProgram(program) === null);
  if (still.length > 0)
    throw new Error(`The benchmark needs ${still.join(', ')}: install them, or run it with --install on Debian as root.`);
  const left: TargetName[] = [];
  if (findProgram('mitmdump') === null) left.push('mitmproxy');
  if (findProgram('nghttpx') === null) left.push('nghttpx');
  return left;
}
