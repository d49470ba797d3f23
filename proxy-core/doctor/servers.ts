import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';

/** A server of the doctor's own, on a free port of 127.0.0.1. */
export type LocalServer = {
  readonly port: number;
  /** Ends every connection; resolves when the port is free again. */
  readonly close: () => Promise<void>;
};

/** Answers every request with a text. */
export async function startHttp(answer: string): Promise<LocalServer> {
  return listening(http.createServer((_request, response) => response.end(answer)));
}

/** Answers every request with a text, over TLS with the given certificate. */
export async function startHttps(answer: string, context: tls.SecureContext): Promise<LocalServer> {
  const web = http.createServer((_request, response) => response.end(answer));
  const server = net.createServer((socket) => {
    const secure = new tls.TLSSocket(socket, { isServer: true, secureContext: context });
    secure.on('error', () => {}); // a client that refuses the certificate says so itself
    web.emit('connection', secure);
  });
  return listening(server);
}

/**
 * Stands in for the capture: tunnels to this machine, answers plain requests itself with a text, and keeps the first lines of what it was
 * asked.
 */
export async function startProxy(answer: string): Promise<LocalServer & { readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end(answer);
  });
  server.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
    asked.push(`CONNECT ${request.url}`);
    const port = Number(/:(\d{1,5})$/.exec(request.url ?? '')?.[1] ?? 0);
    const upstream = net.connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    client.on('close', () => upstream.destroy());
  });
  return { ...(await listening(server)), asked };
}

async function listening(server: net.Server): Promise<LocalServer> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // a client that is ended resets its connection
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
