import type { Socket } from 'node:net';
import { nowMicros } from './clock.ts';
import type { Tap } from './route.ts';

/**
 * Lets a tap see everything that is written to and read from an upstream socket which someone else drives (Node's HTTP client, for
 * one). Only looks on: sits between the socket's own stages, so that neither flow nor errors change.
 */
export function tapSocket(socket: Socket, tap: Tap): void {
  const write = socket._write.bind(socket);
  socket._write = (chunk: Buffer | string, encoding, callback) => {
    write(chunk, encoding, callback);
    tap.data('client', toBuffer(chunk, encoding), nowMicros());
  };
  const writev = socket._writev?.bind(socket);
  if (writev !== undefined) {
    socket._writev = (chunks, callback) => {
      writev(chunks, callback);
      const at = nowMicros();
      for (const { chunk, encoding } of chunks as { chunk: Buffer | string; encoding: BufferEncoding }[]) {
        tap.data('client', toBuffer(chunk, encoding), at);
      }
    };
  }
  const push = socket.push.bind(socket);
  let serverEnded = false;
  socket.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    const at = nowMicros();
    if (chunk !== null) {
      tap.data('server', chunk, at);
    } else if (!serverEnded) {
      serverEnded = true;
      tap.end('server', 'closed', at);
    }
    return push(chunk, encoding);
  };
  socket.once('error', () => {
    if (serverEnded) return;
    serverEnded = true;
    tap.end('server', 'reset', nowMicros());
  });
  socket.once('close', () => {
    const at = nowMicros();
    tap.end('client', 'closed', at);
    if (serverEnded) return;
    serverEnded = true;
    tap.end('server', 'stopped', at);
  });
}

function toBuffer(chunk: Buffer | string, encoding: BufferEncoding): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
}
