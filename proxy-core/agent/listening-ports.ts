import { isLoopback, readTables } from './socket-tables.ts';

/** State of a listening socket in /proc/net/tcp (linux/include/net/tcp_states.h). */
const LISTEN = '0A';

/** What a line of /proc/net/tcp or /proc/net/tcp6 tells. */
export type TableLine = { kind: 'listening'; port: number; loopback: boolean } | { kind: 'connection' } | { kind: 'heading' };

export function readTableLine(line: string): TableLine {
  const [slot = '', local = '', , state] = line.trim().split(/\s+/);
  if (!slot.endsWith(':')) return { kind: 'heading' };
  if (state !== LISTEN) return { kind: 'connection' };
  const [address = '', port = ''] = local.split(':');
  return { kind: 'listening', port: Number.parseInt(port, 16), loopback: isLoopback(address) };
}

/**
 * Ports on which somebody in this network namespace listens for other hosts, sorted, without `own`. Those bound to loopback are left
 * out: nobody else reaches them.
 *
 * `folder` is where the kernel's tables are.
 */
export async function listeningPorts(own: readonly number[], folder?: string): Promise<number[]> {
  const ports = new Set<number>();
  await readTables(folder, (text) => {
    const line = readTableLine(text);
    if (line.kind === 'listening' && !line.loopback) ports.add(line.port);
    // The kernel writes the listening sockets first. Of the connections behind them there may be tens of thousands.
    return line.kind !== 'connection';
  });
  for (const port of own) ports.delete(port);
  return [...ports].sort((a, b) => a - b);
}
