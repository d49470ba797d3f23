import { spawnSync } from 'node:child_process';

/** Two for each of the connections of `idle-10k`, and some. */
const WANTED = 65_536;

/** Raises how many descriptors this process and those that it starts may open, where that is allowed; else what the machine allows holds. */
export function allowManyConnections(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
  const { status } = spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${String(WANTED)}:${String(WANTED)}`]);
  if (status !== 0)
    process.stderr.write(
      'The limit of open files could not be raised, and idle-10k needs two for each connection (`ulimit -Hn`).\n',
    );
}
