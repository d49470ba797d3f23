import type { Socket } from 'node:net';

/** The system's number of a socket. Node does not tell, but it has not moved since there are sockets; -1 for one that is closed. */
export function descriptorOf(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { _handle?: { fd?: number } | null };
  return handle?.fd ?? -1;
}
