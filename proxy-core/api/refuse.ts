import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from './guard.ts';
import { commonHeaders, inertPolicy } from './static.ts';

/** The form of every refusal is that of an operation's error. */
function refusalBody(refusal: Refusal): string {
  const code = refusal.status === 401 || refusal.status === 403 ? 'unauthorized' : 'bad-usage';
  return JSON.stringify({ defined: false, code, status: refusal.status, message: refusal.message });
}

export function refuse(response: ServerResponse, refusal: Refusal): void {
  const body = refusalBody(refusal);
  response.writeHead(refusal.status, {
    ...commonHeaders,
    'Content-Security-Policy': inertPolicy,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    // What may follow on this connection is a body that nobody will read.
    Connection: 'close',
  });
  response.end(body);
}

export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = refusalBody(refusal);
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n${body}`,
  );
}
