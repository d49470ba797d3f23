import { limits } from '../limits.ts';
import { isLoopback, readTables } from './socket-tables.ts';

/** State of an established connection in /proc/net/tcp (linux/include/net/tcp_states.h). */
const ESTABLISHED = '01';

/**
 * The connections of a network namespace that were open before anything was redirected: the kernel leaves them alone, so they are not captured for as
 * long as they last. `folder` is where the kernel's tables are.
 */
export class EarlierConnections {
  readonly #folder: string | undefined;
  /** Both ends of each, as the kernel writes them. */
  #open: Set<string> | null = null;
  /** When to look again, monotonic ms. */
  #next = 0;

  constructor(folder?: string) {
    this.#folder = folder;
  }

  /** How many are still open, at the last look; of more than `limits.earlierConnections` the rest is not counted. */
  get count(): number {
    return this.#open?.size ?? 0;
  }

  /** The first look finds them; later ones, each `limits.earlierLookMillis`, see which have gone. */
  async look(now: number): Promise<void> {
    if (now < this.#next || this.#open?.size === 0) return;
    this.#next = now + limits.earlierLookMillis;
    const before = this.#open;
    const found = new Set<string>();
    await readTables(this.#folder, (line) => {
      const ends = endsOf(line);
      if (ends !== null && (before === null || before.has(ends))) found.add(ends);
      return found.size < limits.earlierConnections;
    });
    this.#open = found;
  }
}

/** Both ends of a connection with another host; null for all other lines. */
export function endsOf(line: string): string | null {
  const [slot = '', local = '', remote = '', state] = line.trim().split(/\s+/);
  if (!slot.endsWith(':') || state !== ESTABLISHED) return null;
  const from = local.slice(0, local.lastIndexOf(':'));
  const to = remote.slice(0, remote.lastIndexOf(':'));
  // What a host says to itself is not captured later either; it stands there twice.
  return from === to || isLoopback(from) || isLoopback(to) ? null : `${local} ${remote}`;
}
