import { createServer, type Socket } from 'node:net';

/**
 * app.ts: an application that bears any number of connections and has no timeouts. Answers a request with `ok` as soon as its head is complete.
 * Prints its port, and how many connections it has with every line that it is told.
 */
const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
const sockets = new Set<Socket>();

const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  socket.on('error', () => {});
  let tail = '';
  socket.on('data', (bytes: Buffer) => {
    const text = tail + bytes.toString('latin1');
    const heads = text.split('\r\n\r\n');
    for (let count = heads.length - 1; count > 0; count -= 1) socket.write(answer);
    tail = (heads.at(-1) ?? '').slice(-3);
  });
  socket.on('end', () => socket.end());
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify(typeof address === 'object' ? address?.port : 0)}\n`);
});
process.stdin.on('data', () => process.stdout.write(`${JSON.stringify(sockets.size)}\n`));
