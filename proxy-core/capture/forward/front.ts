import type { Socket } from 'node:net';
import { limits } from '../../limits.ts';
import type { ForwardFront, ForwardParts } from '../route.ts';
import { ForwardConnection } from './connection.ts';
import { MitmFront } from './mitm-front.ts';

/** The front for plain absolute-form HTTP requests and CONNECT. It opens no port: sockets are handed to it. */
export function createForwardFront(parts: ForwardParts): ForwardFront {
  const front = new MitmFront();
  const connections = new Set<ForwardConnection>();
  let closing: Promise<void> | null = null;
  let allGone: (() => void) | null = null;

  return {
    accept(socket: Socket): void {
      if (closing !== null) {
        socket.destroy();
        return;
      }
      const connection = new ForwardConnection(socket, parts, front, () => {
        connections.delete(connection);
        if (connections.size === 0) allGone?.();
      });
      connections.add(connection);
      connection.start();
    },

    close(): Promise<void> {
      closing ??= new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          for (const connection of connections) connection.destroy();
        }, limits.drainMillis);
        allGone = () => {
          clearTimeout(timer);
          resolve();
        };
        for (const connection of connections) connection.finish();
        if (connections.size === 0) allGone();
      });
      return closing;
    },
  };
}
