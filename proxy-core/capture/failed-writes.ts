import type { Socket } from 'node:net';

/**
 * Lets a connection to a server, plain or over TLS, outlive a write that finds the server gone, until what it sent before is passed on. Servers answer
 * early (413, 401) and close while the request still comes in, which resets the connection. Node gives a socket up at the failed
 * write, and with it an answer that has arrived already and that a client of the server itself would have got.
 */
export function outliveFailedWrites<T extends Socket>(socket: T): T {
  const destroy = socket.destroy.bind(socket);
  const push = socket.push.bind(socket);
  let failure: NodeJS.ErrnoException | null = null;

  // Node destroys a socket with the error of a write; everything else that destroys it does so at once.
  socket.destroy = (error?: NodeJS.ErrnoException) => {
    const gone = error?.syscall === 'write' && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
    // Where reading has paused, it would not go on: a stream with a failed write reads no more by itself.
    const reads = socket.readableFlowing === true && socket.readableLength === 0 && !socket.readableEnded;
    if (!gone || !reads || socket.destroyed) return destroy(error);
    failure ??= error;
    return socket;
  };

  // The reset has come, so little is left to be read, and then the end. The stream itself would hold it back; and the system tells of a
  // reset once, here to the write, so that to the reads that follow it looks like a proper end.
  socket.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (failure === null) return push(chunk, encoding);
    if (chunk === null) destroy(failure);
    else socket.emit('data', chunk);
    return chunk !== null;
  };
  return socket;
}
