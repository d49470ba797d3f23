import type { Socket } from 'node:net';
import { limits } from '../../limits.ts';
import type { FailureCode } from '../../rrpair/pair.ts';
import { gatewayResponse } from '../refusal.ts';
import type { Target, TunnelRequest } from '../route.ts';

/** What the tunnel needs to know of a client that sent CONNECT, and how the client gets its answer (RFC 9110 9.3.6). */
export function connectRequest(socket: Socket, target: Target, head: Buffer): TunnelRequest {
  return {
    ...target,
    entry: 'connect',
    head,
    onDialed: () => {
      // No Content-Length, no Transfer-Encoding: what follows is the tunnel's.
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    },
    onFailed: (code, message) => refuse(socket, code, message),
  };
}

function refuse(socket: Socket, code: FailureCode, message: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(gatewayResponse({ code, message }, false));
  lingerUntilClosed(socket);
}

/**
 * For a socket that was ended: reads what the client still sends and drops it, until it closes too, because a socket that is closed with
 * unread bytes sends a reset, which may overtake the last answer (RFC 9112 9.6).
 */
export function lingerUntilClosed(socket: Socket): void {
  if (socket.readableEnded) {
    socket.destroySoon();
    return;
  }
  // A client that takes its time to read the answer has it; the clock starts once the answer has left.
  const startTimer = (): void => {
    const timer = setTimeout(() => socket.destroy(), limits.forwardLingerMillis);
    socket.once('close', () => clearTimeout(timer));
  };
  if (socket.writableFinished) startTimer();
  else socket.once('finish', startTimer);
  socket.once('end', () => socket.destroySoon());
  socket.resume();
}
