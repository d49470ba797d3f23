import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { pattern } from '../pattern.ts';

/**
 * A server in another network namespace: `server.ts KIND [PORT [KEY CERT]]`. Prints its port when it listens, and ends with its parent.
 */
const [kind = '', port = '0', key = '', cert = ''] = process.argv.slice(2);

function answer(request: IncomingMessage, response: ServerResponse): void {
  const [, what, count] = (request.url ?? '').split(/[/?]/);
  if (what === 'bytes') {
    response.end(pattern(Number(count)));
    return;
  }
  if (what === 'slow') {
    setTimeout(() => response.end('slow\n'), Number(count));
    return;
  }
  const hash = createHash('sha256');
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  request.on('end', () => response.end(`${bytes} ${hash.digest('hex')} from ${request.socket.remoteAddress}\n`));
}

const sockets: Record<string, (socket: Socket) => void> = {
  echo: (socket) => socket.pipe(socket),
  banner: (socket) => {
    socket.write('220 ready\r\n');
    socket.on('data', (bytes) => socket.write(String(bytes).toUpperCase()));
    socket.on('end', () => socket.end());
  },
  half: (socket) => {
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    socket.on('end', () => setTimeout(() => socket.end(`got ${bytes}\n`), 100));
  },
  reset: (socket) => socket.once('data', () => socket.resetAndDestroy()),
  silent: () => {},
};

function create(): Server {
  if (kind === 'http') return createHttp(answer);
  if (kind === 'https') return createHttps({ key: readFileSync(key), cert: readFileSync(cert) }, answer);
  const serve = sockets[kind];
  if (serve === undefined) throw new Error(`no such server: ${kind}`);
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
}

const server = create();
server.listen(Number(port), '::', () => console.log((server.address() as AddressInfo).port));
process.stdin.on('end', () => process.exit(0)).resume();
