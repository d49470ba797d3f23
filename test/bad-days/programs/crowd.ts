import { connect, type Socket } from 'node:net';

/**
 * crowd.ts PORT COUNT BASE64: opens so many connections, sends the bytes on each, and holds them. Prints how many are open once all were tried.
 * Told `drip`, it sends one more byte on each; told `count`, it prints how many are still open. Ends when its stdin does.
 */
const [port = 0, count = 0] = process.argv.slice(2, 4).map(Number);
const first = Buffer.from(process.argv[4] ?? '', 'base64');
const sockets = new Set<Socket>();
/** Connections that are opened at once: more would only fill the queue of the system. */
const atOnce = 500;

function openOne(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.once('connect', () => {
      sockets.add(socket);
      if (first.length > 0) socket.write(first);
      resolve();
    });
    // What it is told counts as held, not read: bytes of answers are dropped.
    socket.on('data', () => {});
    socket.on('error', () => resolve());
    socket.on('end', () => socket.end());
    socket.on('close', () => sockets.delete(socket));
  });
}

for (let opened = 0; opened < count; opened += atOnce) {
  await Promise.all(Array.from({ length: Math.min(atOnce, count - opened) }, openOne));
}
const say = (): void => void process.stdout.write(`${JSON.stringify(sockets.size)}\n`);
say();
process.stdin.on('data', (lines: Buffer) => {
  for (const line of lines.toString().split('\n')) {
    if (line === 'drip') for (const socket of sockets) socket.write('x');
    if (line === 'count') say();
  }
});
process.stdin.on('end', () => process.exit());
