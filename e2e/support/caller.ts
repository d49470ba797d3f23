import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An application that calls a service for each request that comes in, through the proxy that it is told. */
export interface Caller {
  port: number;
  /** Sends its calls through a proxy from now on. */
  useProxy(url: string): void;
  close(): Promise<void>;
}

/** Alike calls that one request makes. */
export const ALIKE = 4;

export async function startCaller(): Promise<Caller> {
  const service = await listen(createServer((_, response) => response.end('{}')));
  let proxy = '';
  const call = async (path: string, headers: Record<string, string>): Promise<void> => {
    const { hostname, port } = new URL(proxy);
    const sent = request({ host: hostname, port, path: `http://127.0.0.1:${portOf(service)}${path}`, agent: false, headers });
    sent.end();
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    response.resume();
    await once(response, 'end');
  };
  const app = await listen(
    createServer((incoming, response) => {
      const id = incoming.headers['x-request-id'];
      const headers: Record<string, string> = typeof id === 'string' ? { 'x-request-id': id } : {};
      const answer = async (): Promise<void> => {
        await call('/basket', headers);
        for (let item = 1; item <= ALIKE; item += 1) await call(`/items/${item}`, headers);
        response.end('done');
      };
      answer().catch((error: unknown) => response.writeHead(502).end(String(error)));
    }),
  );
  return {
    port: portOf(app),
    useProxy: (url) => {
      proxy = url;
    },
    close: async () => {
      for (const server of [app, service]) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
}

async function listen(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
