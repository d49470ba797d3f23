import type { Socket } from 'node:net';
import { limits } from '../limits.ts';
import type { WayToTls } from '../wire/decoder.ts';

/**
 * Brings a new connection to the point at which TLS may begin, as the two sides were brought there on another one. Resolves with whether it did. The socket is
 * paused afterwards, and nothing that is TLS was read from it.
 */
export function agreeAgain(socket: Socket, { steps }: WayToTls): Promise<boolean> {
  return new Promise((resolve) => {
    let seen = Buffer.alloc(0);
    let step = 0;
    const finish = (agreed: boolean): void => {
      clearTimeout(timer);
      socket.off('data', onData);
      socket.off('error', onEnd);
      socket.off('close', onEnd);
      socket.off('end', onEnd);
      socket.pause();
      resolve(agreed);
    };
    const say = (): void => {
      const bytes = steps[step]?.say;
      if (bytes !== undefined && bytes.length > 0) socket.write(bytes);
    };
    const onEnd = (): void => finish(false);
    const onData = (bytes: Buffer): void => {
      seen = Buffer.concat([seen, bytes]);
      listen();
    };
    const listen = (): void => {
      for (let current = steps[step]; current !== undefined; current = steps[step]) {
        const heard = current.heard(seen);
        if (heard === 'more' && seen.length < limits.sniffBytes) return;
        if (heard === 'more' || heard === 'no') {
          finish(false);
          return;
        }
        seen = seen.subarray(heard);
        step += 1;
        say();
      }
      finish(seen.length === 0);
    };
    const timer = setTimeout(onEnd, limits.tlsHandshakeMillis);
    socket.on('data', onData);
    socket.on('error', onEnd);
    socket.on('close', onEnd);
    socket.on('end', onEnd);
    say();
    socket.resume();
  });
}

/** Resolves with what `shake` says of a connection that was brought to TLS for nothing else; `not shown` when it could not be. It is closed then. */
export async function tryOut<T>(socket: Socket, way: WayToTls, shake: (socket: Socket) => Promise<T>): Promise<T | 'not shown'> {
  try {
    return (await agreeAgain(socket, way)) ? await shake(socket) : 'not shown';
  } finally {
    socket.destroy();
  }
}
